/* SPDX-License-Identifier: Apache-2.0
 *
 * Weights with many zeros become sparse initializers, where that makes the file
 * smaller: the elements that are not zero, and an int64 for the place of each.
 * Of floats a third may be left, of float16 a fifth, of bytes a ninth.
 */
#include <string.h>

#include "suites/model/compress_work.h"

/* Sparse initializers are of IR version 6. */
enum { IR_VERSION = 6 };

/* An input of the same name may give another value at run time. */
static bool is_input(const Onnx__GraphProto *graph, const char *name)
{
    for (size_t i = 0; i < graph->n_input; i++)
        if (strcmp(graph->input[i]->name, name) == 0)
            return true;
    return false;
}

/* -0 is none. */
static bool is_zero(const char *element, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (element[i])
            return false;
    return true;
}

static Onnx__TensorProto *make_list(struct assay_work *work, const char *name,
                                    enum assay_element element, int64_t n)
{
    struct assay_region *region = &work->region;
    const size_t bytes = (size_t)n * assay_element_bytes(element);
    Onnx__TensorProto *list = assay_region_alloc(region, 1, sizeof *list);
    if (!list)
        return NULL;
    onnx__tensor_proto__init(list);
    list->name = name ? assay_region_text(region, name) : NULL;
    list->dims = assay_region_alloc(region, 1, sizeof *list->dims);
    list->raw_data.data = assay_region_alloc(region, bytes, 1);
    if ((name && !list->name) || !list->dims || !list->raw_data.data)
        return NULL;
    list->dims[0] = n;
    list->n_dims = 1;
    list->has_data_type = list->has_raw_data = 1;
    list->data_type = element;
    list->raw_data.len = bytes;
    return list;
}

/* The same tensor by its n elements that are not zero, or the first one alone
 * if all are. NULL: no memory. */
static Onnx__SparseTensorProto *make_sparse(struct assay_work *work,
                                            const char *name,
                                            const struct assay_tensor *t,
                                            int64_t n)
{
    const size_t size = assay_element_bytes(t->element);
    const int64_t all = assay_dims_count(&t->dims);
    int64_t at = 0;
    Onnx__SparseTensorProto *sparse =
        assay_region_alloc(&work->region, 1, sizeof *sparse);
    if (!sparse)
        return NULL;
    onnx__sparse_tensor_proto__init(sparse);
    sparse->n_dims = (size_t)t->dims.rank;
    sparse->dims =
        assay_region_alloc(&work->region, sparse->n_dims, sizeof *sparse->dims);
    sparse->values = make_list(work, name, t->element, n);
    sparse->indices = make_list(work, NULL, ASSAY_ELEMENT_INT64, n);
    if (!sparse->dims || !sparse->values || !sparse->indices)
        return NULL;
    memcpy(sparse->dims, t->dims.size, sparse->n_dims * sizeof *sparse->dims);
    int64_t *places = (int64_t *)(void *)sparse->indices->raw_data.data;
    char *values = (char *)sparse->values->raw_data.data;
    for (int64_t i = 0; i < all; i++) {
        const char *from = (const char *)t->data + (size_t)i * size;
        if (is_zero(from, size))
            continue;
        places[at] = i;
        memcpy(values + (size_t)at++ * size, from, size);
    }
    return sparse;
}

/* The initializer as a sparse one if that is smaller; else *sparse is NULL. */
static enum assay_status shrink(struct assay_work *work, size_t i,
                                Onnx__SparseTensorProto **sparse)
{
    const Onnx__GraphProto *graph = work->proto->graph;
    const Onnx__TensorProto *dense = graph->initializer[i];
    const struct assay_tensor *t = &work->model->values[i].tensor;
    const size_t size = assay_element_bytes(t->element);
    const int64_t all = assay_dims_count(&t->dims);
    int64_t n = 0;
    *sparse = NULL;
    if ((!assay_element_is_float(t->element) &&
         !assay_element_is_byte(t->element)) ||
        t->dims.rank < 2 || is_input(graph, dense->name))
        return ASSAY_OK;
    for (int64_t j = 0; j < all; j++)
        n += !is_zero((const char *)t->data + (size_t)j * size, size);
    n = n ? n : 1;
    if ((size_t)n * (size + sizeof(int64_t)) >= (size_t)all * size)
        return ASSAY_OK;
    *sparse = make_sparse(work, dense->name, t, n);
    if (!*sparse)
        return ASSAY_NOMEM;
    if (onnx__sparse_tensor_proto__get_packed_size(*sparse) >=
        onnx__tensor_proto__get_packed_size(dense))
        *sparse = NULL;
    return ASSAY_OK;
}

enum assay_status assay_compress_sparse(struct assay_work *work)
{
    Onnx__GraphProto *graph = work->proto->graph;
    size_t kept = 0, n = 0;
    Onnx__SparseTensorProto **all =
        assay_region_alloc(&work->region, graph->n_initializer, sizeof(void *));
    if (!all)
        return ASSAY_NOMEM;
    for (size_t i = 0; i < graph->n_initializer; i++) {
        enum assay_status status = shrink(work, i, &all[n]);
        if (status)
            return status;
        if (all[n])
            n++;
        else
            graph->initializer[kept++] = graph->initializer[i];
    }
    if (!n)
        return ASSAY_OK;
    graph->n_initializer = kept;
    graph->sparse_initializer = all;
    graph->n_sparse_initializer = n;
    if (work->proto->ir_version < IR_VERSION)
        work->proto->ir_version = IR_VERSION;
    return assay_work_refresh(work);
}
