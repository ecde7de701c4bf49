/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/onnx_build.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(int condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "onnx_build: %s\n", what);
        abort();
    }
}

void *build_alloc(struct build *b, size_t count, size_t size)
{
    void *memory = assay_region_alloc(&b->region, count, size);
    must(memory != NULL, "no memory");
    return memory;
}

static char *text(struct build *b, const char *from)
{
    char *copy = assay_region_text(&b->region, from);
    must(copy != NULL, "no memory");
    return copy;
}

void build_init(struct build *b, int opset)
{
    memset(b, 0, sizeof *b);
    b->region.budget = (size_t)1 << 30;
    b->seed = 1;
    onnx__model_proto__init(&b->model);
    onnx__graph_proto__init(&b->graph);
    onnx__operator_set_id_proto__init(&b->opset);
    b->model.has_ir_version = 1;
    b->model.ir_version = 7;
    b->model.graph = &b->graph;
    b->opset.has_version = 1;
    b->opset.version = opset;
    b->opsets[0] = &b->opset;
    b->model.opset_import = b->opsets;
    b->model.n_opset_import = 1;
    b->graph.name = text(b, "test");
    b->graph.node = b->nodes;
    b->graph.initializer = b->tensors;
    b->graph.input = b->inputs;
    b->graph.output = b->outputs;
}

void build_free(struct build *b)
{
    assay_region_free(&b->region);
}

static Onnx__ValueInfoProto *info(struct build *b, const char *name,
                                  const int64_t *dims, size_t rank)
{
    Onnx__ValueInfoProto *value = build_alloc(b, 1, sizeof *value);
    Onnx__TypeProto *type = build_alloc(b, 1, sizeof *type);
    Onnx__TypeProto__Tensor *tensor = build_alloc(b, 1, sizeof *tensor);
    Onnx__TensorShapeProto *shape = build_alloc(b, 1, sizeof *shape);
    onnx__value_info_proto__init(value);
    onnx__type_proto__init(type);
    onnx__type_proto__tensor__init(tensor);
    onnx__tensor_shape_proto__init(shape);
    value->name = text(b, name);
    value->type = type;
    type->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
    type->tensor_type = tensor;
    tensor->has_elem_type = 1;
    tensor->elem_type = 1;
    if (dims)
        tensor->shape = shape;
    shape->dim = build_alloc(b, rank, sizeof(void *));
    for (size_t i = 0; i < rank; i++) {
        Onnx__TensorShapeProto__Dimension *dim = build_alloc(b, 1, sizeof *dim);
        onnx__tensor_shape_proto__dimension__init(dim);
        dim->value_case =
            dims[i] == -1 && i == 0
                ? ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM
                : ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
        if (dims[i] == -1 && i == 0)
            dim->dim_param = text(b, "N");
        else
            dim->dim_value = dims[i];
        shape->dim[shape->n_dim++] = dim;
    }
    return value;
}

void build_input(struct build *b, const char *name, const int64_t *dims,
                 size_t rank)
{
    b->inputs[b->graph.n_input++] = info(b, name, dims, rank);
}

void build_output(struct build *b, const char *name)
{
    b->outputs[b->graph.n_output++] = info(b, name, NULL, 0);
}

static Onnx__TensorProto *tensor(struct build *b, const char *name, int type,
                                 const int64_t *dims, size_t rank, size_t bytes)
{
    must(b->graph.n_initializer < BUILD_MAX, "too many initializers");
    Onnx__TensorProto *t = build_alloc(b, 1, sizeof *t);
    onnx__tensor_proto__init(t);
    t->name = text(b, name);
    t->has_data_type = 1;
    t->data_type = type;
    t->n_dims = rank;
    t->dims = build_alloc(b, rank, sizeof *t->dims);
    size_t count = 1;
    for (size_t i = 0; i < rank; i++) {
        t->dims[i] = dims[i];
        count *= (size_t)dims[i];
    }
    t->has_raw_data = 1;
    t->raw_data.len = count * bytes;
    t->raw_data.data = build_alloc(b, count, bytes);
    b->tensors[b->graph.n_initializer++] = t;
    return t;
}

static double next(struct build *b)
{
    b->seed = b->seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(b->seed >> 40) * 0x1p-24;
}

static Onnx__TensorProto *spread(struct build *b, const char *name,
                                 const int64_t *dims, size_t rank, double low,
                                 double width)
{
    Onnx__TensorProto *t = tensor(b, name, 1, dims, rank, sizeof(float));
    for (size_t i = 0; i < t->raw_data.len / sizeof(float); i++)
        ((float *)(void *)t->raw_data.data)[i] = (float)(low + width * next(b));
    return t;
}

Onnx__TensorProto *build_random(struct build *b, const char *name,
                                const int64_t *dims, size_t rank)
{
    return spread(b, name, dims, rank, -1, 2);
}

Onnx__TensorProto *build_positive(struct build *b, const char *name,
                                  const int64_t *dims, size_t rank)
{
    return spread(b, name, dims, rank, 0.5, 1);
}

Onnx__TensorProto *build_number(struct build *b, const char *name, float value)
{
    Onnx__TensorProto *t = tensor(b, name, 1, NULL, 0, sizeof value);
    memcpy(t->raw_data.data, &value, sizeof value);
    return t;
}

Onnx__TensorProto *build_ints(struct build *b, const char *name,
                              const int64_t *values, size_t n)
{
    Onnx__TensorProto *t =
        tensor(b, name, 7, (const int64_t[]){(int64_t)n}, 1, sizeof *values);
    memcpy(t->raw_data.data, values, n * sizeof *values);
    return t;
}

Onnx__TensorProto *build_bytes(struct build *b, const char *name, int type,
                               const int64_t *dims, size_t rank)
{
    Onnx__TensorProto *t = tensor(b, name, type, dims, rank, 1);
    for (size_t i = 0; i < t->raw_data.len; i++)
        t->raw_data.data[i] = (uint8_t)(int)(256 * next(b) - 128);
    return t;
}

Onnx__TensorProto *build_byte(struct build *b, const char *name, int type,
                              int value)
{
    Onnx__TensorProto *t = tensor(b, name, type, NULL, 0, 1);
    t->raw_data.data[0] = (uint8_t)value;
    return t;
}

void build_qdq(struct build *b, const char *name, const char *input,
               const char *output, float scale, int type, int zero)
{
    char s[40], z[40], q[40], inputs[160];
    snprintf(s, sizeof s, "%s.s", name);
    snprintf(z, sizeof z, "%s.z", name);
    snprintf(q, sizeof q, "%s.q", name);
    build_number(b, s, scale);
    build_byte(b, z, type, zero);
    snprintf(inputs, sizeof inputs, "%s %s %s", input, s, z);
    build_node(b, "QuantizeLinear", inputs, q);
    snprintf(inputs, sizeof inputs, "%s %s %s", q, s, z);
    build_node(b, "DequantizeLinear", inputs, output);
}

void build_weights(struct build *b, const char *name, const int64_t *dims,
                   size_t rank, int axis)
{
    char s[40], q[40], inputs[100];
    snprintf(s, sizeof s, "%s.s", name);
    snprintf(q, sizeof q, "%s.q", name);
    build_bytes(b, q, 3, dims, rank);
    Onnx__TensorProto *t =
        build_positive(b, s, (const int64_t[]){dims[axis]}, 1);
    for (int64_t i = 0; i < dims[axis]; i++)
        ((float *)(void *)t->raw_data.data)[i] *= 0.01f;
    snprintf(inputs, sizeof inputs, "%s %s", q, s);
    build_attr_i(b, build_node(b, "DequantizeLinear", inputs, name), "axis",
                 axis);
}

static char **names(struct build *b, const char *list, size_t *n)
{
    char **array = build_alloc(b, 8, sizeof(char *)), *rest = text(b, list);
    *n = 0;
    for (char *word = strtok(rest, " "); word; word = strtok(NULL, " ")) {
        must(*n < 8, "too many names");
        array[(*n)++] = strcmp(word, "-") == 0 ? text(b, "") : word;
    }
    return array;
}

Onnx__NodeProto *build_node(struct build *b, const char *op, const char *inputs,
                            const char *outputs)
{
    must(b->graph.n_node < BUILD_MAX, "too many nodes");
    Onnx__NodeProto *node = build_alloc(b, 1, sizeof *node);
    char name[80];
    onnx__node_proto__init(node);
    snprintf(name, sizeof name, "%s_%zu", op, b->graph.n_node);
    node->op_type = text(b, op);
    node->name = text(b, name);
    node->input = names(b, inputs, &node->n_input);
    node->output = names(b, outputs, &node->n_output);
    node->attribute = build_alloc(b, 12, sizeof(void *));
    b->nodes[b->graph.n_node++] = node;
    return node;
}

static Onnx__AttributeProto *attribute(struct build *b, Onnx__NodeProto *node,
                                       const char *name, int type)
{
    Onnx__AttributeProto *a = build_alloc(b, 1, sizeof *a);
    onnx__attribute_proto__init(a);
    must(node->n_attribute < 12, "too many attributes");
    a->name = text(b, name);
    a->has_type = 1;
    a->type = (Onnx__AttributeProto__AttributeType)type;
    node->attribute[node->n_attribute++] = a;
    return a;
}

Onnx__AttributeProto *build_attr_i(struct build *b, Onnx__NodeProto *node,
                                   const char *name, int64_t value)
{
    Onnx__AttributeProto *a = attribute(b, node, name, 2);
    a->has_i = 1;
    a->i = value;
    return a;
}

Onnx__AttributeProto *build_attr_f(struct build *b, Onnx__NodeProto *node,
                                   const char *name, float value)
{
    Onnx__AttributeProto *a = attribute(b, node, name, 1);
    a->has_f = 1;
    a->f = value;
    return a;
}

Onnx__AttributeProto *build_attr_s(struct build *b, Onnx__NodeProto *node,
                                   const char *name, const char *value)
{
    Onnx__AttributeProto *a = attribute(b, node, name, 3);
    a->has_s = 1;
    a->s.data = (uint8_t *)text(b, value);
    a->s.len = strlen(value);
    return a;
}

Onnx__AttributeProto *build_attr_ints(struct build *b, Onnx__NodeProto *node,
                                      const char *name, const int64_t *values,
                                      size_t n)
{
    Onnx__AttributeProto *a = attribute(b, node, name, 7);
    a->n_ints = n;
    a->ints = build_alloc(b, n, sizeof *values);
    memcpy(a->ints, values, n * sizeof *values);
    return a;
}

Onnx__NodeProto *build_norm(struct build *b, const char *name,
                            const char *input, const char *output, int64_t c)
{
    char p[4][40], inputs[240];
    for (int i = 0; i < 4; i++) {
        snprintf(p[i], sizeof p[i], "%s.%c", name, "sbmv"[i]);
        if (i == 3)
            build_positive(b, p[i], LIST(c));
        else
            build_random(b, p[i], LIST(c));
    }
    snprintf(inputs, sizeof inputs, "%s %s %s %s %s", input, p[0], p[1], p[2],
             p[3]);
    return build_node(b, "BatchNormalization", inputs, output);
}

const uint8_t *build_pack(struct build *b, size_t *size)
{
    *size = onnx__model_proto__get_packed_size(&b->model);
    uint8_t *bytes = build_alloc(b, *size, 1);
    onnx__model_proto__pack(&b->model, bytes);
    return bytes;
}

void build_write(const char *path, const uint8_t *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    must(file != NULL, "cannot write");
    must(fwrite(bytes, 1, size, file) == size, "cannot write");
    must(fclose(file) == 0, "cannot write");
}
