/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/model/onnx.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kernels/shape.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "raw_data is little-endian and copied as it is");

static enum assay_status read_dims(const char *path, const char *owner,
                                   const Onnx__TensorProto *proto, bool empty,
                                   struct assay_dims *dims)
{
    struct assay_dims filled;
    if (proto->n_dims > ASSAY_RANK_MAX)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s: %s has %zu dimensions; at most %d are supported",
                          path, owner, proto->n_dims, ASSAY_RANK_MAX);
    dims->rank = (int)proto->n_dims;
    for (size_t i = 0; i < proto->n_dims; i++) {
        dims->size[i] = proto->dims[i];
        if (dims->size[i] < 0)
            return assay_fail(ASSAY_INVALID,
                              "%s: %s: dimension %zu is negative (%" PRId64
                              "); export the model anew",
                              path, owner, i, dims->size[i]);
        if (dims->size[i] == 0 && !empty)
            return assay_fail(ASSAY_UNSUPPORTED,
                              "%s: %s is empty (dimension %zu is 0)", path,
                              owner, i);
    }
    filled = *dims;
    for (size_t i = 0; i < proto->n_dims; i++)
        if (filled.size[i] == 0)
            filled.size[i] = 1;
    if (assay_product(filled.size, proto->n_dims) < 0)
        return assay_fail(ASSAY_INVALID, "%s: %s has more than 2^31 elements",
                          path, owner);
    return ASSAY_OK;
}

/* The one field that holds the values: its elements, and whether it is the
 * field for this type. */
static enum assay_status find_field(const char *path, const char *owner,
                                    const Onnx__TensorProto *proto,
                                    size_t *count, bool *raw, bool empty)
{
    const size_t counts[] = {
        proto->n_float_data,  proto->n_int32_data,  proto->n_int64_data,
        proto->n_string_data, proto->n_double_data, proto->n_uint64_data,
    };
    size_t fields = proto->has_raw_data ? 1 : 0;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        fields += counts[i] > 0;
    *raw = proto->has_raw_data;
    *count = 0;
    if (fields == 0 && empty)
        return ASSAY_OK;
    if (fields != 1)
        return assay_fail(ASSAY_INVALID,
                          "%s: %s has %s; exactly one of raw_data, float_data, "
                          "int32_data and int64_data must hold its values",
                          path, owner,
                          fields ? "several value fields" : "no values");
    switch (proto->data_type) {
    case ASSAY_ELEMENT_FLOAT:
        *count = proto->n_float_data;
        break;
    case ASSAY_ELEMENT_INT64:
        *count = proto->n_int64_data;
        break;
    default:
        *count = proto->n_int32_data;
    }
    if (!*raw && *count == 0)
        return assay_fail(ASSAY_INVALID,
                          "%s: %s: its values are in the field of another "
                          "type than %s",
                          path, owner, assay_element_name(proto->data_type));
    return ASSAY_OK;
}

static enum assay_status check_storage(const char *path, const char *owner,
                                       const Onnx__TensorProto *proto)
{
    if (proto->n_external_data ||
        (proto->has_data_location &&
         proto->data_location != ONNX__TENSOR_PROTO__DATA_LOCATION__DEFAULT))
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s: %s keeps its values in another file; external "
                          "data is not read: save the model as one file",
                          path, owner);
    if (proto->segment)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s: %s is stored in segments; save it whole", path,
                          owner);
    if (!proto->has_data_type || proto->data_type == 0)
        return assay_fail(ASSAY_INVALID, "%s: %s has no data type", path,
                          owner);
    if (!assay_element_bytes(proto->data_type))
        return assay_fail(
            ASSAY_UNSUPPORTED,
            "%s: %s is of %s (data type %d); float, float16, int8, "
            "uint8, int32, int64 and bool are supported",
            path, owner, assay_element_name(proto->data_type),
            proto->data_type);
    return ASSAY_OK;
}

/* Types of less than 32 bits stand in int32_data, one in each. Booleans are
 * bytes here, 0 or 1, whatever the file holds. */
static void copy_narrow(const Onnx__TensorProto *proto, size_t count,
                        void *data)
{
    for (size_t i = 0; i < count; i++) {
        const int32_t value = proto->int32_data[i];
        if (proto->data_type == ASSAY_ELEMENT_FLOAT16)
            ((uint16_t *)data)[i] = (uint16_t)value;
        else if (proto->data_type == ASSAY_ELEMENT_BOOL)
            ((uint8_t *)data)[i] = value != 0;
        else
            ((uint8_t *)data)[i] = (uint8_t)value;
    }
}

static enum assay_status check_narrow(const char *path, const char *owner,
                                      const Onnx__TensorProto *proto)
{
    int32_t low = 0, high = 255;
    switch (proto->data_type) {
    case ASSAY_ELEMENT_INT8:
        low = INT8_MIN, high = INT8_MAX;
        break;
    case ASSAY_ELEMENT_FLOAT16:
        high = UINT16_MAX;
        break;
    case ASSAY_ELEMENT_UINT8:
        break;
    default:
        return ASSAY_OK;
    }
    for (size_t i = 0; i < proto->n_int32_data; i++)
        if (proto->int32_data[i] < low || proto->int32_data[i] > high)
            return assay_fail(ASSAY_INVALID,
                              "%s: %s: value %zu is %" PRId32 ", which is no "
                              "%s",
                              path, owner, i, proto->int32_data[i],
                              assay_element_name(proto->data_type));
    return ASSAY_OK;
}

static void copy_values(const Onnx__TensorProto *proto, bool raw, size_t count,
                        size_t element_bytes, void *data)
{
    if (count == 0)
        return;
    if (raw && proto->data_type == ASSAY_ELEMENT_BOOL) {
        for (size_t i = 0; i < count; i++)
            ((uint8_t *)data)[i] = proto->raw_data.data[i] != 0;
        return;
    }
    if (!raw && element_bytes < sizeof(int32_t)) {
        copy_narrow(proto, count, data);
        return;
    }
    const void *from = raw ? (const void *)proto->raw_data.data
                       : proto->data_type == ASSAY_ELEMENT_FLOAT
                           ? (const void *)proto->float_data
                       : proto->data_type == ASSAY_ELEMENT_INT64
                           ? (const void *)proto->int64_data
                           : (const void *)proto->int32_data;
    memcpy(data, from, count * element_bytes);
}

enum assay_status assay_onnx_tensor(struct assay_region *region,
                                    const char *path, const char *owner,
                                    const Onnx__TensorProto *proto, bool empty,
                                    struct assay_tensor *tensor)
{
    size_t count;
    bool raw;
    enum assay_status status = check_storage(path, owner, proto);
    if (!status)
        status = read_dims(path, owner, proto, empty, &tensor->dims);
    if (!status)
        status = find_field(path, owner, proto, &count, &raw,
                            assay_dims_count(&tensor->dims) == 0);
    if (!status && !raw)
        status = check_narrow(path, owner, proto);
    if (status)
        return status;
    const size_t wanted = (size_t)assay_dims_count(&tensor->dims);
    const size_t size = assay_element_bytes(proto->data_type);
    if (raw ? proto->raw_data.len != wanted * size : count != wanted) {
        char shape[160];
        assay_dims_text(&tensor->dims, shape, sizeof shape);
        return assay_fail(ASSAY_INVALID,
                          "%s: %s: %zu %s do not fill its shape %s of %s "
                          "(%zu expected)",
                          path, owner, raw ? proto->raw_data.len : count,
                          raw ? "bytes" : "values", shape,
                          assay_element_name(proto->data_type),
                          raw ? wanted * size : wanted);
    }
    void *data = assay_region_alloc(region, wanted, size);
    if (!data)
        return ASSAY_NOMEM;
    copy_values(proto, raw, wanted, size, data);
    tensor->element = (enum assay_element)proto->data_type;
    tensor->data = data;
    return ASSAY_OK;
}

static enum assay_status find_rule(const struct assay_model *model,
                                   const struct assay_node *node,
                                   const Onnx__AttributeProto *proto,
                                   const struct assay_attribute_rule **rule)
{
    char name[64];
    assay_text_clean(name, sizeof name, proto->name ? proto->name : "");
    if (proto->g || proto->n_graphs)
        return assay_node_fail(model, node, ASSAY_UNSUPPORTED,
                               "attribute '%s' is a subgraph, which is not "
                               "supported",
                               name);
    for (*rule = node->op->rules; (*rule)->name; (*rule)++)
        if (proto->name && strcmp((*rule)->name, proto->name) == 0)
            break;
    if (!(*rule)->name)
        return assay_node_fail(model, node, ASSAY_INVALID,
                               "has no attribute '%s' in opset %d", name,
                               model->opset);
    if (assay_node_find(node, (*rule)->name))
        return assay_node_fail(model, node, ASSAY_INVALID,
                               "attribute '%s' is given twice", name);
    return ASSAY_OK;
}

/* Which value fields are set, one bit each, in the order of `types`. */
static unsigned fields_of(const Onnx__AttributeProto *p)
{
    unsigned other = p->sparse_tensor || p->tp || p->n_strings ||
                     p->n_tensors || p->n_sparse_tensors || p->n_type_protos ||
                     (p->ref_attr_name && *p->ref_attr_name);
    return (p->has_i ? 1u : 0) | (p->has_f ? 2u : 0) | (p->has_s ? 4u : 0) |
           (p->n_ints ? 8u : 0) | (p->n_floats ? 16u : 0) | (p->t ? 32u : 0) |
           (other ? 64u : 0);
}

static enum assay_status check_type(const struct assay_model *model,
                                    const struct assay_node *node,
                                    const Onnx__AttributeProto *proto,
                                    const struct assay_attribute_rule *rule)
{
    static const char types[] = "ifsIFt";
    static const int kinds[] = {
        ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT,
        ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT,
        ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING,
        ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS,
        ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS,
        ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR,
    };
    static const char *const names[] = {
        "an integer", "a float",        "a string",
        "integers",   "floating-point", "a tensor",
    };
    const size_t at = (size_t)(strchr(types, rule->type) - types);
    if (!proto->has_type || (int)proto->type != kinds[at])
        return assay_node_fail(
            model, node, ASSAY_INVALID, "attribute '%s' is not %s (type %d)",
            rule->name, names[at], proto->has_type ? (int)proto->type : 0);
    if (fields_of(proto) & ~(1u << at))
        return assay_node_fail(model, node, ASSAY_INVALID,
                               "attribute '%s' has values of another type than "
                               "its own",
                               rule->name);
    if (rule->type == 't' && !proto->t)
        return assay_node_fail(model, node, ASSAY_INVALID,
                               "attribute '%s' has no tensor", rule->name);
    return ASSAY_OK;
}

static void *copy_array(struct assay_region *region, const void *from, size_t n,
                        size_t size)
{
    void *copy = assay_region_alloc(region, n, size);
    if (copy && n)
        memcpy(copy, from, n * size);
    return copy;
}

static enum assay_status copy_value(struct assay_model *model,
                                    const struct assay_node *node,
                                    const Onnx__AttributeProto *proto,
                                    struct assay_attribute *a)
{
    char name[80], owner[128];
    switch (a->type) {
    case 'i':
        a->i = proto->has_i ? proto->i : 0;
        return ASSAY_OK;
    case 'f':
        a->f = proto->has_f ? proto->f : 0;
        return ASSAY_OK;
    case 's': {
        char *s = assay_region_alloc(&model->region, proto->s.len + 1, 1);
        if (s && proto->has_s && proto->s.len)
            memcpy(s, proto->s.data, proto->s.len);
        a->s = s;
        return s ? ASSAY_OK : ASSAY_NOMEM;
    }
    case 'I':
        a->n = proto->n_ints;
        a->ints =
            copy_array(&model->region, proto->ints, a->n, sizeof *a->ints);
        return a->ints ? ASSAY_OK : ASSAY_NOMEM;
    case 'F':
        a->n = proto->n_floats;
        a->floats =
            copy_array(&model->region, proto->floats, a->n, sizeof *a->floats);
        return a->floats ? ASSAY_OK : ASSAY_NOMEM;
    default:
        assay_text_clean(name, sizeof name, node->name);
        snprintf(owner, sizeof owner, "node '%s' (%s): the tensor '%s'", name,
                 node->op->name, a->name);
        return assay_onnx_tensor(&model->region, model->path, owner, proto->t,
                                 false, &a->tensor);
    }
}

enum assay_status assay_onnx_attributes(struct assay_model *model,
                                        struct assay_node *node,
                                        const Onnx__NodeProto *proto)
{
    node->attributes = assay_region_alloc(&model->region, proto->n_attribute,
                                          sizeof *node->attributes);
    if (!node->attributes)
        return ASSAY_NOMEM;
    for (size_t i = 0; i < proto->n_attribute; i++) {
        const struct assay_attribute_rule *rule = NULL;
        const Onnx__AttributeProto *from = proto->attribute[i];
        enum assay_status status = find_rule(model, node, from, &rule);
        if (!status)
            status = check_type(model, node, from, rule);
        if (status)
            return status;
        struct assay_attribute *a = &node->attributes[node->n_attributes];
        a->name = rule->name;
        a->type = rule->type;
        status = copy_value(model, node, from, a);
        if (status)
            return status;
        node->n_attributes++;
    }
    return ASSAY_OK;
}
