/* SPDX-License-Identifier: Apache-2.0
 *
 * Models with one fault each: refused, by a message that names it. Meant for
 * ASan and UBSan as well.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>
#include <cmocka.h>

#include "suites/model/model.h"
#include "tests/model_cases.h"

static char path[64];

/* model_sound has the nodes Conv_0, BatchNormalization_1, Relu_2,
 * MaxPool_3, Flatten_4, Gemm_5; initializers w, n.s, n.b, n.m, n.v, v, c. */
enum { CONV, NORM, RELU, POOL, FLATTEN, GEMM };
enum { W, SCALE, SHIFT, MEAN, VARIANCE, V, C };

static Onnx__AttributeProto *attr(struct build *b, int node, const char *name)
{
    for (size_t i = 0; i < b->nodes[node]->n_attribute; i++)
        if (strcmp(b->nodes[node]->attribute[i]->name, name) == 0)
            return b->nodes[node]->attribute[i];
    abort();
}

static char *word(struct build *b, const char *text)
{
    return strcpy(build_alloc(b, strlen(text) + 1, 1), text);
}

static Onnx__TensorShapeProto *input_shape(struct build *b)
{
    return b->inputs[0]->type->tensor_type->shape;
}

#define FAULT(name, code)                                                      \
    static void name(struct build *b)                                          \
    {                                                                          \
        code                                                                   \
    }

/* The file as a whole. */
FAULT(no_ir, b->model.has_ir_version = 0;)
FAULT(old_ir, b->model.ir_version = 2;)
FAULT(no_graph, b->model.graph = NULL;)
FAULT(no_opset, b->model.n_opset_import = 0;)
FAULT(opset_6, b->opset.version = 6;)
FAULT(opset_19, b->opset.version = 19;)
FAULT(opset_negative, b->opset.version = INT64_MIN;)
FAULT(other_domain_only, b->opset.domain = word(b, "com.example");)
FAULT(no_nodes, b->graph.n_node = 0;)
FAULT(no_output, b->graph.n_output = 0;)
FAULT(unknown_output, b->outputs[0]->name = word(b, "nobody");)
FAULT(two_outputs, build_output(b, "3");)
FAULT(constant_output, b->outputs[0]->name = word(b, "c");)
FAULT(output_is_input, b->outputs[0]->name = word(b, "x");)

static void opset_twice(struct build *b)
{
    b->model.opset_import = build_alloc(b, 2, sizeof(void *));
    b->model.opset_import[0] = b->model.opset_import[1] = &b->opset;
    b->model.n_opset_import = 2;
}

/* The input. */
FAULT(no_input, b->graph.n_input = 0;)
FAULT(two_inputs, build_input(b, "z", LIST(1, 2));)
FAULT(input_unnamed, b->inputs[0]->name = NULL;)
FAULT(input_untyped, b->inputs[0]->type = NULL;)
FAULT(input_int, b->inputs[0]->type->tensor_type->elem_type = 7;)
FAULT(input_shapeless, b->inputs[0]->type->tensor_type->shape = NULL;)
FAULT(input_rank_0, input_shape(b)->n_dim = 0;)
FAULT(input_zero, input_shape(b)->dim[2]->dim_value = 0;)
FAULT(input_negative, input_shape(b)->dim[2]->dim_value = -6;)
FAULT(input_huge,
      for (size_t i = 1; i < 4; i++) input_shape(b)->dim[i]->dim_value =
          (int64_t)1 << 31;)
FAULT(input_absurd, input_shape(b)->dim[2]->dim_value = INT64_MAX;)
FAULT(input_dynamic, input_shape(b)->dim[3]->value_case =
                         ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE__NOT_SET;)
FAULT(input_dynamic_named,
      Onnx__TensorShapeProto__Dimension *dim = input_shape(b)->dim[3];
      dim->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM;
      dim->dim_param = word(b, "width");)

/* Initializers. */
FAULT(weights_unnamed, b->tensors[W]->name = NULL;)
FAULT(weights_twice, b->tensors[C]->name = word(b, "v");)
FAULT(weights_short, b->tensors[W]->raw_data.len -= 4;)
FAULT(weights_odd, b->tensors[W]->raw_data.len -= 1;)
FAULT(weights_long, b->tensors[W]->dims[1] = 1;)
FAULT(weights_negative, b->tensors[W]->dims[0] = -3;)
FAULT(weights_empty, b->tensors[W]->dims[0] = 0;)
FAULT(weights_overflow,
      for (size_t i = 0; i < 4; i++) b->tensors[W]->dims[i] = (int64_t)1 << 62;)
FAULT(weights_wrap, b->tensors[W]->dims[0] = 4;
      b->tensors[W]->dims[1] = (int64_t)1 << 62; b->tensors[W]->dims[2] = 1;
      b->tensors[W]->dims[3] = 1;)
FAULT(weights_typeless, b->tensors[W]->has_data_type = 0;)
FAULT(weights_double, b->tensors[W]->data_type = 11;)
FAULT(weights_unknown, b->tensors[W]->data_type = -1;)
FAULT(weights_int, b->tensors[C]->data_type = 6;)
FAULT(weights_missing, b->tensors[W]->has_raw_data = 0;)
FAULT(weights_segment,
      b->tensors[W]->segment = build_alloc(b, 1,
                                           sizeof *b->tensors[W]->segment);
      onnx__tensor_proto__segment__init(b->tensors[W]->segment);)
FAULT(
    weights_elsewhere, b->tensors[W]->has_data_location = 1;
    b->tensors[W]->data_location = ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL;)

static void weights_rank_9(struct build *b)
{
    b->tensors[W]->n_dims = 9;
    b->tensors[W]->dims = build_alloc(b, 9, sizeof(int64_t));
    for (int i = 0; i < 9; i++)
        b->tensors[W]->dims[i] = 1;
}

static void external_path(struct build *b)
{
    Onnx__StringStringEntryProto *entry = build_alloc(b, 1, sizeof *entry);
    onnx__string_string_entry_proto__init(entry);
    entry->key = word(b, "location");
    entry->value = word(b, "../../etc/passwd");
    b->tensors[W]->external_data = build_alloc(b, 1, sizeof(void *));
    b->tensors[W]->external_data[0] = entry;
    b->tensors[W]->n_external_data = 1;
}

static void weights_two_fields(struct build *b)
{
    b->tensors[C]->float_data = build_alloc(b, 4, sizeof(float));
    b->tensors[C]->n_float_data = 4;
}

static void weights_few_floats(struct build *b)
{
    weights_two_fields(b);
    b->tensors[C]->has_raw_data = 0;
    b->tensors[C]->n_float_data = 3;
}

static void weights_other_field(struct build *b)
{
    b->tensors[C]->has_raw_data = 0;
    b->tensors[C]->int64_data = build_alloc(b, 4, sizeof(int64_t));
    b->tensors[C]->n_int64_data = 4;
}

/* Names and order. */
FAULT(undefined, b->nodes[RELU]->input[0] = word(b, "nobody");)
FAULT(self, b->nodes[RELU]->input[0] = word(b, "3");)
FAULT(cycle, b->nodes[NORM]->input[0] = word(b, "3");)
FAULT(unsorted, Onnx__NodeProto *n = b->nodes[NORM];
      b->nodes[NORM] = b->nodes[RELU]; b->nodes[RELU] = n;)
FAULT(made_twice, b->nodes[POOL]->output[0] = word(b, "2");)
FAULT(overwrites, b->nodes[POOL]->output[0] = word(b, "w");)
FAULT(no_outputs, b->nodes[POOL]->n_output = 0;)
FAULT(output_nameless, b->nodes[POOL]->output[0] = word(b, "");)
FAULT(input_left_out, b->nodes[CONV]->input[1] = word(b, "");)
FAULT(few_inputs, b->nodes[CONV]->n_input = 1;)
FAULT(many_inputs, b->nodes[RELU]->n_input = 2;
      b->nodes[RELU]->input[1] = word(b, "x");)
FAULT(unknown_op, b->nodes[RELU]->op_type = word(b, "Frobnicate");)
FAULT(no_op, b->nodes[RELU]->op_type = NULL;)
FAULT(unknown_domain, b->nodes[RELU]->domain = word(b, "com.example");)

/* Attributes. */
FAULT(group_0, attr(b, CONV, "group")->i = 0;)
FAULT(group_negative, attr(b, CONV, "group")->i = -1;)
FAULT(group_2, attr(b, CONV, "group")->i = 2;)
FAULT(group_huge, attr(b, CONV, "group")->i = INT64_MAX;)
FAULT(stride_0, attr(b, CONV, "strides")->ints[1] = 0;)
FAULT(stride_huge, attr(b, CONV, "strides")->ints[1] = INT64_MAX;)
FAULT(dilation_0, attr(b, CONV, "dilations")->ints[0] = 0;)
FAULT(dilation_9, attr(b, CONV, "dilations")->ints[0] = 9;)
FAULT(strides_3, attr(b, CONV, "strides")->n_ints = 1;)
FAULT(kernel_rank, attr(b, CONV, "kernel_shape")->n_ints = 1;)
FAULT(kernel_differs, attr(b, CONV, "kernel_shape")->ints[0] = 2;)
FAULT(pads_rank, attr(b, CONV, "pads")->n_ints = 2;)
FAULT(pads_negative, attr(b, CONV, "pads")->ints[0] = -1;)
FAULT(pads_huge, attr(b, CONV, "pads")->ints[0] = INT64_MAX;)
FAULT(pads_wide, attr(b, CONV, "pads")->ints[0] = 5; b->graph.n_node = 1;
      b->outputs[0]->name = word(b, "1");)
FAULT(window_missing, b->nodes[POOL]->n_attribute = 0;)
FAULT(window_large, attr(b, POOL, "kernel_shape")->ints[0] = 9;)
FAULT(auto_pad, build_attr_s(b, b->nodes[CONV], "auto_pad", "SOME");)
FAULT(auto_and_pads, build_attr_s(b, b->nodes[CONV], "auto_pad", "SAME_UPPER");)
FAULT(attr_twice, build_attr_i(b, b->nodes[CONV], "group", 1);)
FAULT(attr_unknown, build_attr_i(b, b->nodes[CONV], "colour", 1);)
FAULT(attr_type, attr(b, CONV, "group")->type =
                     ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT;)
FAULT(attr_typeless, attr(b, CONV, "group")->has_type = 0;)
FAULT(attr_two_values, attr(b, CONV, "group")->has_f = 1;)
FAULT(axis_far, attr(b, FLATTEN, "axis")->i = 7;)
FAULT(trans_a, build_attr_i(b, b->nodes[GEMM], "transA", 1);
      attr(b, GEMM, "transB")->i = 1;)
FAULT(training, build_attr_i(b, b->nodes[NORM], "training_mode", 1);
      b->opset.version = 15;)
FAULT(epsilon, build_attr_f(b, b->nodes[NORM], "epsilon", -2);)
FAULT(epsilon_nan, build_attr_f(b, b->nodes[NORM], "epsilon", NAN);)

static void subgraph(struct build *b)
{
    attr(b, CONV, "group")->g = build_alloc(b, 1, sizeof(Onnx__GraphProto));
    onnx__graph_proto__init(attr(b, CONV, "group")->g);
}

static void nested(struct build *b)
{
    Onnx__AttributeProto *a = attr(b, CONV, "group");
    for (int i = 0; i < 40; i++) {
        Onnx__GraphProto *g = build_alloc(b, 1, sizeof *g);
        Onnx__NodeProto *n = build_alloc(b, 1, sizeof *n);
        Onnx__AttributeProto *inner = build_alloc(b, 1, sizeof *inner);
        onnx__graph_proto__init(g);
        onnx__node_proto__init(n);
        onnx__attribute_proto__init(inner);
        a->g = g;
        g->node = build_alloc(b, 1, sizeof(void *));
        g->node[g->n_node++] = n;
        n->attribute = build_alloc(b, 1, sizeof(void *));
        n->attribute[n->n_attribute++] = inner;
        a = inner;
    }
}

/* Shapes that do not fit each other. */
FAULT(channels, b->tensors[W]->dims[1] = 1; b->tensors[W]->dims[0] = 6;)
FAULT(filters_rank, b->tensors[W]->n_dims = 2; b->tensors[W]->dims[0] = 54;
      b->tensors[W]->dims[1] = 1;)
FAULT(norm_channels, b->tensors[MEAN]->dims[0] = 1;
      b->tensors[MEAN]->raw_data.len = 4;)
FAULT(columns, b->tensors[V]->dims[0] = 27; b->tensors[V]->dims[1] = 4;)
FAULT(bias_length, b->tensors[C]->dims[0] = 2; b->tensors[C]->raw_data.len = 8;)
FAULT(computed_weights, b->nodes[GEMM]->input[1] = word(b, "5");
      b->nodes[GEMM]->input[0] = word(b, "v");)

static void fixed_batch(struct build *b)
{
    build_ints(b, "shape", LIST(2, 27));
    b->nodes[FLATTEN]->op_type = word(b, "Reshape");
    b->nodes[FLATTEN]->n_attribute = 0;
    b->nodes[FLATTEN]->n_input = 2;
    b->nodes[FLATTEN]->input[1] = word(b, "shape");
}

static void permutation(struct build *b)
{
    b->nodes[RELU]->op_type = word(b, "Transpose");
    build_attr_ints(b, b->nodes[RELU], "perm", LIST(0, 1, 2, 2));
}

static void clip_bounds(struct build *b)
{
    b->nodes[RELU]->op_type = word(b, "Clip");
    b->nodes[RELU]->n_input = 3;
    b->nodes[RELU]->input[1] = b->nodes[RELU]->input[2] = word(b, "one");
    build_number(b, "one", NAN);
}

static void reshape_open(struct build *b)
{
    fixed_batch(b);
    int64_t *shape = (int64_t *)(void *)b->tensors[C + 1]->raw_data.data;
    shape[0] = shape[1] = -1;
}

/* A list that doubles with every node must run into the budget. */
static void doubling(struct build *b)
{
    char in[8] = "d0", both[20], out[8];
    build_ints(b, "d0", LIST(1, 2, 3, 4, 5, 6, 7, 8));
    for (int i = 1; i < 40; i++) {
        snprintf(both, sizeof both, "%s %s", in, in);
        snprintf(out, sizeof out, "d%d", i);
        build_attr_i(b, build_node(b, "Concat", both, out), "axis", 0);
        memcpy(in, out, sizeof in);
    }
}

/* As if written for batch 1 only: what it means must not depend on it. */
static void divides_by_zero(struct build *b)
{
    build_ints(b, "seven", LIST(7));
    build_ints(b, "zero", LIST(0));
    build_node(b, "Div", "seven zero", "q");
}

static void index_far(struct build *b)
{
    build_ints(b, "list", LIST(7, 8));
    build_ints(b, "far", LIST(-3));
    build_node(b, "Gather", "list far", "q");
}

static const struct {
    const char *name;
    void (*fault)(struct build *b);
    const char *says;
} faults[] = {
#define ROW(fault, says)                                                       \
    {                                                                          \
#fault, fault, says                                                    \
    }
    ROW(no_ir, "not an ONNX model"),
    ROW(old_ir, "IR version 2"),
    ROW(no_graph, "not an ONNX model"),
    ROW(no_opset, "no opset"),
    ROW(opset_6, "opset 6"),
    ROW(opset_19, "opset 19"),
    ROW(opset_negative, "opset -9223372036854775808"),
    ROW(opset_twice, "twice"),
    ROW(other_domain_only, "no opset"),
    ROW(no_nodes, "no nodes"),
    ROW(no_output, "0 outputs"),
    ROW(unknown_output, "'nobody'"),
    ROW(two_outputs, "2 outputs"),
    ROW(constant_output, "nothing to compute"),
    ROW(output_is_input, "nothing to compute"),
    ROW(no_input, "no input"),
    ROW(two_inputs, "more than one input ('x', 'z')"),
    ROW(input_unnamed, "input 0 has no name"),
    ROW(input_untyped, "not a tensor"),
    ROW(input_int, "int64"),
    ROW(input_shapeless, "shape is unknown"),
    ROW(input_rank_0, "shape is unknown"),
    ROW(input_zero, "dimension 2 is 0"),
    ROW(input_negative, "dimension 2 is -6"),
    ROW(input_huge, "2^31"),
    ROW(input_absurd, "dimension 2 is 9223372036854775807"),
    ROW(input_dynamic, "dimension 3 is dynamic; only the first may be"),
    ROW(input_dynamic_named, "dimension 3 ('width') is dynamic; only"),
    ROW(weights_unnamed, "initializer 0 has no name"),
    ROW(weights_twice, "two initializers are named 'v'"),
    ROW(weights_short, "'w': 212 bytes do not fill"),
    ROW(weights_odd, "'w': 215 bytes do not fill"),
    ROW(weights_long, "'w': 216 bytes do not fill"),
    ROW(weights_negative, "'w': dimension 0 is negative (-3)"),
    ROW(weights_empty, "'w' is empty"),
    ROW(weights_overflow, "'w' has more than 2^31 elements"),
    ROW(weights_wrap, "'w' has more than 2^31 elements"),
    ROW(weights_typeless, "'w' has no data type"),
    ROW(weights_double, "'w' is of double"),
    ROW(weights_unknown, "'w' is of an unknown type"),
    ROW(weights_int, "input 2 is of int32"),
    ROW(weights_missing, "'w' has no values"),
    ROW(weights_segment, "'w' is stored in segments"),
    ROW(weights_elsewhere, "'w' keeps its values in another file"),
    ROW(weights_rank_9, "'w' has 9 dimensions"),
    ROW(external_path, "'w' keeps its values in another file"),
    ROW(weights_two_fields, "'c' has several value fields"),
    ROW(weights_few_floats, "'c': 3 values do not fill"),
    ROW(weights_other_field, "field of another type"),
    ROW(undefined, "node 'Relu_2' (Relu): input 'nobody' is defined nowhere"),
    ROW(self, "node 'Relu_2' (Relu): input '3' is made by this node"),
    ROW(cycle, "cycle"),
    ROW(unsorted, "not in order"),
    ROW(made_twice, "two values are named '2'"),
    ROW(overwrites, "two values are named 'w'"),
    ROW(no_outputs, "node 'MaxPool_3' (MaxPool): 0 outputs"),
    ROW(output_nameless, "node 'MaxPool_3'"),
    ROW(input_left_out, "node 'Conv_0' (Conv): input 1 is missing"),
    ROW(few_inputs, "node 'Conv_0' (Conv): 1 inputs"),
    ROW(many_inputs, "node 'Relu_2' (Relu): 2 inputs"),
    ROW(unknown_op, "operator 'Frobnicate' of domain 'ai.onnx' in opset 13"),
    ROW(no_op, "operator ''"),
    ROW(unknown_domain, "operator 'Relu' of domain 'com.example'"),
    ROW(group_0, "group is 0"),
    ROW(group_negative, "group is -1"),
    ROW(group_2, "group is 2"),
    ROW(group_huge, "group is 9223372036854775807"),
    ROW(stride_0, "'strides' holds 0"),
    ROW(stride_huge, "'strides' holds 9223372036854775807"),
    ROW(dilation_0, "'dilations' holds 0"),
    ROW(dilation_9, "exceeds the padded height"),
    ROW(strides_3, "'strides' has 1 numbers"),
    ROW(kernel_rank, "'kernel_shape' has 1 numbers"),
    ROW(kernel_differs, "kernel_shape says 2 where the weights have 3"),
    ROW(pads_rank, "'pads' has 2 numbers"),
    ROW(pads_negative, "'pads' holds -1"),
    ROW(pads_huge, "'pads' holds 9223372036854775807"),
    ROW(pads_wide, "padding is not smaller"),
    ROW(window_missing, "'kernel_shape' is missing"),
    ROW(window_large, "exceeds the padded height"),
    ROW(auto_pad, "auto_pad 'SOME'"),
    ROW(auto_and_pads, "exclude each other"),
    ROW(attr_twice, "'group' is given twice"),
    ROW(attr_unknown, "no attribute 'colour'"),
    ROW(attr_type, "'group' is not an integer"),
    ROW(attr_typeless, "'group' is not an integer"),
    ROW(attr_two_values, "'group' has values of another type"),
    ROW(axis_far, "axis 7 is not within 4"),
    ROW(trans_a, "node 'Gemm_5' (Gemm)"),
    ROW(training, "training mode"),
    ROW(epsilon, "variance + epsilon of channel 0 is not positive"),
    ROW(epsilon_nan, "variance + epsilon of channel 0 is not positive"),
    ROW(subgraph, "'group' is a subgraph"),
    ROW(nested, "nested too deeply"),
    ROW(channels, "do not fit weights for 1"),
    ROW(filters_rank, "weights have 2 dimensions"),
    ROW(norm_channels, "input 3 does not have one float for each of 3"),
    ROW(columns, "27 columns do not fit weights of 4 rows"),
    ROW(bias_length, "bias of shape 2 does not fit 1x4"),
    ROW(computed_weights, "node 'Gemm_5' (Gemm)"),
    ROW(fixed_batch, "its shape does not hold the 27 elements"),
    ROW(permutation, "perm is not a permutation"),
    ROW(clip_bounds, "bounds nan and nan"),
    ROW(reshape_open, "its shape has -1 at dimension 1"),
    ROW(doubling, "budget"),
    ROW(divides_by_zero, "divided by zero"),
    ROW(index_far, "index -3 is not within the 2"),
};

static enum assay_status load(const uint8_t *bytes, size_t size)
{
    struct assay_model *model;
    build_write(path, bytes, size);
    enum assay_status status = assay_model_load(path, &model);
    assert_int_equal(status == ASSAY_OK, model != NULL);
    assay_model_free(&model);
    return status;
}

static void refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct build b;
        size_t size;
        model_sound(&b);
        faults[i].fault(&b);
        const uint8_t *bytes = build_pack(&b, &size);
        const enum assay_status status = load(bytes, size);
        if (status == ASSAY_OK)
            fail_msg("%s: accepted", faults[i].name);
        if (!strstr(assay_message(), faults[i].says))
            fail_msg("%s: '%s' does not say '%s'", faults[i].name,
                     assay_message(), faults[i].says);
        if (!strstr(assay_message(), path) && status != ASSAY_NOMEM)
            fail_msg("%s: '%s' names no file", faults[i].name, assay_message());
        build_free(&b);
    }
    printf("%zu faults refused by name\n", sizeof faults / sizeof *faults);
}

static void accepted(void **state)
{
    (void)state;
    struct build b;
    size_t size;
    model_sound(&b);
    const uint8_t *bytes = build_pack(&b, &size);
    if (load(bytes, size))
        fail_msg("%s", assay_message());
    build_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepted),
        cmocka_unit_test(refused),
    };
    snprintf(path, sizeof path, "/tmp/assay-bad-%ld.onnx", (long)getpid());
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed != 0;
}
