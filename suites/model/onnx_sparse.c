/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "kernels/shape.h"
#include "suites/model/onnx.h"

/* A sparse tensor in the making. */
struct sparse {
    const char *path, *owner;
    struct assay_tensor values, indices;
    struct assay_dims dims;
    int64_t n; /* of the values */
};

static enum assay_status read_dims(struct sparse *s,
                                   const Onnx__SparseTensorProto *proto)
{
    if (proto->n_dims < 1 || proto->n_dims > ASSAY_RANK_MAX)
        return assay_fail(ASSAY_INVALID,
                          "%s: %s has %zu dimensions instead of 1 to %d",
                          s->path, s->owner, proto->n_dims, ASSAY_RANK_MAX);
    s->dims.rank = (int)proto->n_dims;
    for (size_t i = 0; i < proto->n_dims; i++) {
        s->dims.size[i] = proto->dims[i];
        if (proto->dims[i] < 1)
            return assay_fail(ASSAY_INVALID,
                              "%s: %s: dimension %zu is %" PRId64
                              "; it must be positive",
                              s->path, s->owner, i, proto->dims[i]);
    }
    if (assay_product(s->dims.size, proto->n_dims) < 0)
        return assay_fail(ASSAY_INVALID, "%s: %s has more than 2^31 elements",
                          s->path, s->owner);
    return ASSAY_OK;
}

static enum assay_status check_indices(const struct sparse *s)
{
    const struct assay_dims *d = &s->indices.dims;
    if (s->indices.element != ASSAY_ELEMENT_INT64)
        return assay_fail(
            ASSAY_INVALID, "%s: %s: its indices are of %s instead of int64",
            s->path, s->owner, assay_element_name(s->indices.element));
    if (s->values.dims.rank != 1 || (d->rank != 1 && d->rank != 2) ||
        d->size[0] != s->n || (d->rank == 2 && d->size[1] != s->dims.rank))
        return assay_fail(ASSAY_INVALID,
                          "%s: %s: its values are no list, or its indices are "
                          "not one, or one for each dimension, for each of "
                          "%" PRId64 " values",
                          s->path, s->owner, s->n);
    return ASSAY_OK;
}

/* Where value `i` lies in the dense tensor; -1: outside. */
static int64_t place_of(const struct sparse *s, int64_t i)
{
    const int64_t *indices = s->indices.data;
    int64_t place = 0;
    if (s->indices.dims.rank == 1) {
        place = indices[i];
        return place < assay_dims_count(&s->dims) ? place : -1;
    }
    for (int j = 0; j < s->dims.rank; j++) {
        const int64_t at = indices[i * s->dims.rank + j];
        if (at < 0 || at >= s->dims.size[j])
            return -1;
        place = place * s->dims.size[j] + at;
    }
    return place;
}

static enum assay_status fill(const struct sparse *s, char *to)
{
    const size_t size = assay_element_bytes(s->values.element);
    int64_t last = -1;
    for (int64_t i = 0; i < s->n; i++) {
        const int64_t place = place_of(s, i);
        if (place < 0)
            return assay_fail(ASSAY_INVALID,
                              "%s: %s: index %" PRId64 " is outside of its "
                              "shape",
                              s->path, s->owner, i);
        if (place <= last)
            return assay_fail(ASSAY_INVALID,
                              "%s: %s: index %" PRId64 " is not above the one "
                              "before",
                              s->path, s->owner, i);
        memcpy(to + (size_t)place * size,
               (const char *)s->values.data + (size_t)i * size, size);
        last = place;
    }
    return ASSAY_OK;
}

static enum assay_status expand(struct assay_region *region,
                                struct assay_region *scratch, struct sparse *s,
                                const Onnx__SparseTensorProto *proto,
                                struct assay_tensor *tensor)
{
    enum assay_status status = read_dims(s, proto);
    if (!status && !proto->indices)
        status = assay_fail(ASSAY_INVALID, "%s: %s has no indices", s->path,
                            s->owner);
    if (!status)
        status = assay_onnx_tensor(scratch, s->path, s->owner, proto->values,
                                   true, &s->values);
    if (!status)
        status = assay_onnx_tensor(scratch, s->path, s->owner, proto->indices,
                                   true, &s->indices);
    if (status)
        return status;
    s->n = assay_dims_count(&s->values.dims);
    status = check_indices(s);
    if (status)
        return status;
    char *data = assay_region_alloc(region, (size_t)assay_dims_count(&s->dims),
                                    assay_element_bytes(s->values.element));
    if (!data)
        return ASSAY_NOMEM;
    *tensor = (struct assay_tensor){
        .element = s->values.element, .dims = s->dims, .data = data};
    return fill(s, data);
}

enum assay_status assay_onnx_sparse(struct assay_region *region,
                                    const char *path, const char *owner,
                                    const Onnx__SparseTensorProto *proto,
                                    struct assay_tensor *tensor)
{
    struct assay_region scratch = {.budget = region->budget};
    struct sparse s = {.path = path, .owner = owner};
    enum assay_status status = expand(region, &scratch, &s, proto, tensor);
    assay_region_free(&scratch);
    return status;
}
