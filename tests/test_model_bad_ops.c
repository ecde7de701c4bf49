/* SPDX-License-Identifier: Apache-2.0
 *
 * One operator with one fault each: refused, by a message that names it. Meant
 * for ASan and UBSan as well.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>
#include <cmocka.h>

#include "suites/model/model.h"
#include "tests/model_cases.h"

static char path[64];

/* A model of one node: image x of 4 x 6 x 6, output y. */
static Onnx__NodeProto *one(struct build *b, const char *op, const char *inputs)
{
    model_image(b, 4, 6, 6);
    return build_node(b, op, inputs, "y");
}

#define FAULT(name, code)                                                      \
    static void name(struct build *b)                                          \
    {                                                                          \
        code                                                                   \
    }

/* Scales and zero points. */
static void quantize(struct build *b, float scale, int type, int zero)
{
    model_image(b, 4, 6, 6);
    build_qdq(b, "q", "x", "y", scale, type, zero);
}

FAULT(scale_zero, quantize(b, 0, 2, 0);)
FAULT(scale_nan, quantize(b, NAN, 2, 0);)
FAULT(scale_negative, quantize(b, -1, 2, 0);)
FAULT(scale_infinite, quantize(b, INFINITY, 2, 0);)
FAULT(scale_tiny, quantize(b, 1e-40f, 2, 0);)
FAULT(zero_float, one(b, "QuantizeLinear", "x s z"); build_number(b, "s", 1);
      build_number(b, "z", 0);)
FAULT(scales_many, one(b, "QuantizeLinear", "x s");
      build_positive(b, "s", LIST(3));)
FAULT(scales_axis, build_attr_i(b, one(b, "QuantizeLinear", "x s"), "axis", 4);
      build_positive(b, "s", LIST(4));)
FAULT(zeros_many, one(b, "QuantizeLinear", "x s z"); build_number(b, "s", 1);
      build_bytes(b, "z", 2, LIST(4));)
FAULT(scale_computed, model_image(b, 4, 6, 6);
      build_node(b, "GlobalAveragePool", "x", "s");
      build_node(b, "QuantizeLinear", "x s", "y");)
FAULT(dequantize_float, one(b, "DequantizeLinear", "x s");
      build_number(b, "s", 1);)

/* QLinear operators, on bytes that x becomes. */
static Onnx__NodeProto *linear(struct build *b, const char *op, float w_scale,
                               const int64_t *dims, size_t rank)
{
    model_image(b, 4, 6, 6);
    build_qdq(b, "q", "x", "d", 0.1f, 2, 3);
    build_bytes(b, "w", 3, dims, rank);
    build_number(b, "ws", w_scale);
    build_byte(b, "wz", 3, 1);
    Onnx__NodeProto *node =
        build_node(b, op, "q.q q.s q.z w ws wz q.s q.z", "r");
    build_node(b, "DequantizeLinear", "r q.s q.z", "y");
    return node;
}

FAULT(linear_scale, linear(b, "QLinearConv", 0, LIST(2, 4, 3, 3));)
FAULT(linear_channels, linear(b, "QLinearConv", 1, LIST(2, 3, 3, 3));)
FAULT(linear_rank, linear(b, "QLinearConv", 1, LIST(2, 4));)
FAULT(linear_group,
      build_attr_i(b, linear(b, "QLinearConv", 1, LIST(2, 4, 3, 3)), "group",
                   0);)
FAULT(linear_window, linear(b, "QLinearConv", 1, LIST(2, 4, 7, 3));)
FAULT(linear_columns, linear(b, "QLinearMatMul", 1, LIST(5, 3));)
FAULT(linear_words, linear(b, "QLinearConv", 1, LIST(2, 4, 3, 3));
      b->tensors[2]->data_type = 6; b->tensors[2]->dims[0] = 1;
      b->tensors[2]->dims[1] = 2;)
FAULT(linear_input, one(b, "QLinearConv", "x s z w s z s z");
      build_number(b, "s", 1); build_byte(b, "z", 2, 0);
      build_bytes(b, "w", 3, LIST(2, 4, 3, 3));)
FAULT(integer_range, one(b, "Add", "x f");
      Onnx__TensorProto *t = build_byte(b, "z", 2, 0); t->has_raw_data = 0;
      t->int32_data = build_alloc(b, 1, 4); t->int32_data[0] = 300;
      t->n_int32_data = 1; build_number(b, "f", 1);)

/* What takes parts, joins and enlarges. */
static void slice(struct build *b, int64_t start, int64_t end, int64_t axis,
                  int64_t step)
{
    one(b, "Slice", "x s e a t");
    build_ints(b, "s", LIST(start));
    build_ints(b, "e", LIST(end));
    build_ints(b, "a", LIST(axis));
    build_ints(b, "t", LIST(step));
}

FAULT(slice_step, slice(b, 0, 2, 1, 0);)
FAULT(slice_nothing, slice(b, 3, 3, 1, 1);)
FAULT(slice_backwards, slice(b, 1, 3, 1, -1);)
FAULT(slice_axis, slice(b, 0, 2, 4, 1);)
FAULT(slice_axis_low, slice(b, 0, 2, INT64_MIN, 1);)
FAULT(slice_uneven, one(b, "Slice", "x s e"); build_ints(b, "s", LIST(0, 0));
      build_ints(b, "e", LIST(1));)
FAULT(slice_twice, one(b, "Slice", "x s e a"); build_ints(b, "s", LIST(0, 0));
      build_ints(b, "e", LIST(1, 1)); build_ints(b, "a", LIST(1, -3));)
FAULT(slice_many, one(b, "Slice", "x s e");
      build_ints(b, "s", LIST(0, 0, 0, 0, 0));
      build_ints(b, "e", LIST(1, 1, 1, 1, 1));)

static void split(struct build *b, int64_t first, int64_t second)
{
    model_image(b, 4, 6, 6);
    build_ints(b, "s", LIST(first, second));
    build_attr_i(b, build_node(b, "Split", "x s", "y z"), "axis", 1);
}

FAULT(split_negative, split(b, 5, -1);)
FAULT(split_short, split(b, 1, 2);)
FAULT(split_long, split(b, 3, INT64_MAX);)
FAULT(split_count, model_image(b, 4, 6, 6); build_ints(b, "s", LIST(1, 1, 2));
      build_node(b, "Split", "x s", "y z");)
FAULT(gather_far, one(b, "Gather", "x i"); build_ints(b, "i", LIST(INT64_MAX));)
FAULT(gather_float, one(b, "Gather", "x i"); build_number(b, "i", 0);)
FAULT(gather_axis, build_attr_i(b, one(b, "Gather", "x i"), "axis", -5);
      build_ints(b, "i", LIST(0));)

static void pad(struct build *b, int64_t first, const char *mode)
{
    Onnx__NodeProto *node = one(b, "Pad", "x p");
    build_ints(b, "p", LIST(0, 0, first, 0, 0, 0, 0, 0));
    if (mode)
        build_attr_s(b, node, "mode", mode);
}

FAULT(pad_negative, pad(b, -1, NULL);)
FAULT(pad_huge, pad(b, INT64_MAX, NULL);)
FAULT(pad_large, pad(b, INT32_MAX, NULL);)
FAULT(pad_mode, pad(b, 1, "wrap");)
FAULT(pad_reflect, pad(b, 6, "reflect");)
FAULT(pad_count, one(b, "Pad", "x p"); build_ints(b, "p", LIST(0, 1));)
FAULT(concat_shapes, build_attr_i(b, one(b, "Concat", "x w"), "axis", 1);
      build_random(b, "w", LIST(1, 4, 6, 5));)
FAULT(expand_shape, one(b, "Expand", "x s");
      build_ints(b, "s", LIST(1, 3, 6, 6));)
FAULT(expand_negative, one(b, "Expand", "x s");
      build_ints(b, "s", LIST(-2, 1, 1, 1, 1));)
FAULT(fill_huge, one(b, "Add", "x c");
      build_ints(b, "s", LIST(INT64_MAX, INT64_MAX));
      b->nodes[0] = build_node(b, "ConstantOfShape", "s", "c");
      b->nodes[1] = build_node(b, "Add", "x c", "y"); b->graph.n_node = 2;)
FAULT(fill_many, one(b, "Add", "x c");
      build_ints(b, "s", LIST(1 << 15, 1 << 15));
      b->nodes[0] = build_node(b, "ConstantOfShape", "s", "c");
      b->nodes[1] = build_node(b, "Add", "x c", "y"); b->graph.n_node = 2;)
FAULT(reshape_zero, one(b, "Reshape", "x s");
      build_ints(b, "s", LIST(0, -1, 0));
      build_attr_i(b, b->nodes[0], "allowzero", 1);)

/* Windows of other kinds. */
static Onnx__NodeProto *transposed(struct build *b, const char *name,
                                   int64_t first, int64_t second)
{
    Onnx__NodeProto *node = one(b, "ConvTranspose", "x w");
    build_random(b, "w", LIST(4, 2, 3, 3));
    if (name)
        build_attr_ints(b, node, name, LIST(first, second));
    return node;
}

FAULT(transposed_stride, transposed(b, "strides", 0, 1);)
FAULT(transposed_padding, transposed(b, "output_padding", -1, 0);)
FAULT(transposed_shape, transposed(b, "output_shape", INT64_MAX, 1);)
FAULT(transposed_pads,
      build_attr_ints(b, transposed(b, NULL, 0, 0), "pads", LIST(9, 0, 9, 0));)
FAULT(transposed_group,
      build_attr_i(b, transposed(b, NULL, 0, 0), "group", INT64_MAX);)
FAULT(transposed_group_3,
      build_attr_i(b, transposed(b, NULL, 0, 0), "group", 3);)
FAULT(transposed_huge, transposed(b, "strides", INT32_MAX, INT32_MAX);)
FAULT(transposed_rank, one(b, "ConvTranspose", "x w");
      build_random(b, "w", LIST(4, 2, 3));)
FAULT(pool_order, Onnx__NodeProto *node = one(b, "MaxPool", "x");
      build_attr_ints(b, node, "kernel_shape", LIST(2, 2));
      build_attr_i(b, node, "storage_order", 2);)
FAULT(pool_rank, one(b, "MaxPool", "x");
      build_attr_ints(b, b->nodes[0], "kernel_shape", LIST(2, 2, 2));)

/* Normalization, reduction, products, functions. */
static Onnx__NodeProto *layer_norm(struct build *b, int64_t scale)
{
    b->opset.version = 17;
    build_random(b, "s", LIST(scale));
    return one(b, "LayerNormalization", "x s");
}

FAULT(layer_axis, build_attr_i(b, layer_norm(b, 6), "axis", 4);)
FAULT(layer_scale, layer_norm(b, 5);)
FAULT(layer_epsilon, build_attr_f(b, layer_norm(b, 6), "epsilon", NAN);)
FAULT(layer_stash, build_attr_i(b, layer_norm(b, 6), "stash_type", 11);)
FAULT(reduce_axis,
      build_attr_ints(b, one(b, "ReduceMean", "x"), "axes", LIST(4));)
FAULT(reduce_twice,
      build_attr_ints(b, one(b, "ReduceMean", "x"), "axes", LIST(1, -3));)
FAULT(reduce_input, one(b, "ReduceMax", "x a"); build_ints(b, "a", LIST(1));)
FAULT(matmul_columns, one(b, "MatMul", "x w");
      build_random(b, "w", LIST(5, 3));)
FAULT(matmul_batch, one(b, "MatMul", "x w");
      build_random(b, "w", LIST(3, 6, 3));)
FAULT(matmul_list, one(b, "MatMul", "x w"); build_random(b, "w", LIST(6));)
FAULT(add_shapes, one(b, "Add", "x w"); build_random(b, "w", LIST(5));)
FAULT(add_types, one(b, "Add", "x w"); build_ints(b, "w", LIST(1));)
FAULT(clip_types, one(b, "Clip", "x w"); build_ints(b, "w", LIST(1));)
FAULT(function_alpha, build_attr_f(b, one(b, "LeakyRelu", "x"), "alpha", NAN);)
FAULT(cast_text, build_attr_i(b, one(b, "Cast", "x"), "to", 8);)
FAULT(cast_beyond, build_attr_i(b, one(b, "Cast", "x"), "to", INT64_MIN);)
FAULT(cast_integer, build_attr_i(b, one(b, "Cast", "x"), "to", 7);)

/* Dropout in training mode. */
static Onnx__NodeProto *training(struct build *b, float ratio,
                                 const char *outputs)
{
    model_image(b, 4, 6, 6);
    build_number(b, "r", ratio);
    build_byte(b, "t", 9, 1);
    return build_node(b, "Dropout", "x r t", outputs);
}

FAULT(training_all, training(b, 1, "y");)
FAULT(training_negative, training(b, -0.5f, "y");)
FAULT(training_nan, training(b, NAN, "y");)
FAULT(training_near, training(b, 0.999999f, "y");)
FAULT(training_mask, training(b, 0.5f, "z m");
      build_attr_i(b, build_node(b, "Cast", "m", "y"), "to", 1);)
FAULT(training_seed, build_attr_i(b, training(b, 0.5f, "y"), "seed", -1);)
FAULT(training_ratio, one(b, "Dropout", "x r t"); build_ints(b, "r", LIST(1));
      build_byte(b, "t", 9, 1);)
FAULT(training_ratios, one(b, "Dropout", "x r t");
      build_random(b, "r", LIST(2)); build_byte(b, "t", 9, 1);)
FAULT(training_mode, one(b, "Dropout", "x r t"); build_number(b, "r", 0.5f);
      build_number(b, "t", 1);)
FAULT(shared_index, model_rows(b, 4); build_random(b, "c", LIST(16));
      memset(build_bytes(b, "i", 2, LIST(4, 5))->raw_data.data, 16, 1);
      build_attr_i(b, build_node(b, "Cast", "i", "w"), "to", 7);
      build_node(b, "Gather", "c w", "v"); build_node(b, "MatMul", "x v", "y");)
FAULT(output_bytes, one(b, "QuantizeLinear", "x s"); build_number(b, "s", 1);)

static const struct {
    const char *name;
    void (*fault)(struct build *b);
    const char *says;
} faults[] = {
#define ROW(fault, says)                                                       \
    {                                                                          \
#fault, fault, says                                                    \
    }
    ROW(scale_zero, "scale 0 is 0; it must be positive"),
    ROW(scale_nan, "scale 0 is nan"),
    ROW(scale_negative, "scale 0 is -1"),
    ROW(scale_infinite, "scale 0 is inf"),
    ROW(scale_tiny, "scale 0 is 9.99995e-41"),
    ROW(zero_float, "from float to float"),
    ROW(scales_many, "one for each of axis 1"),
    ROW(scales_axis, "axis 4 is not within 4"),
    ROW(zeros_many, "not as many as its scales"),
    ROW(scale_computed, "QuantizeLinear"),
    ROW(dequantize_float, "from float is not possible"),
    ROW(linear_scale, "scale 0 is 0"),
    ROW(linear_channels, "do not fit weights for 3"),
    ROW(linear_rank, "weights have 2 dimensions"),
    ROW(linear_group, "group is 0"),
    ROW(linear_window, "exceeds the padded height"),
    ROW(linear_columns, "matrices of these shapes"),
    ROW(linear_words, "uint8 and int32 instead of bytes"),
    ROW(linear_input, "float and int8 instead of bytes"),
    ROW(integer_range, "value 0 is 300, which is no uint8"),
    ROW(slice_step, "its step is zero"),
    ROW(slice_nothing, "selects nothing"),
    ROW(slice_backwards, "selects nothing"),
    ROW(slice_axis, "axis 4 is not within 4"),
    ROW(slice_axis_low, "axis -9223372036854775808 is not within 4"),
    ROW(slice_uneven, "not equally many"),
    ROW(slice_twice, "an axis is given twice"),
    ROW(slice_many, "not equally many"),
    ROW(split_negative, "part 0 is 5 of the 4"),
    ROW(split_short, "leave 1 over"),
    ROW(split_long, "part 1 is 9223372036854775807 of the 1"),
    ROW(split_count, "not a constant list of 2"),
    ROW(gather_far, "index 9223372036854775807 is not within"),
    ROW(gather_float, "indices are of float"),
    ROW(gather_axis, "axis -5 is not within 4"),
    ROW(pad_negative, "pads of -1"),
    ROW(pad_huge, "pads of 9223372036854775807"),
    ROW(pad_large, "more than 2^31"),
    ROW(pad_mode, "none of constant, edge and reflect"),
    ROW(pad_reflect, "no kernel for it"),
    ROW(pad_count, "not 8 constant integers"),
    ROW(concat_shapes, "input 1 is of another type or shape"),
    ROW(expand_shape, "4 elements of dimension 1 are not repeated to 3"),
    ROW(expand_negative, "its result has no elements"),
    ROW(fill_huge, "its result has no elements, more than 2^31"),
    ROW(fill_many, "budget"),
    ROW(reshape_zero, "its shape has 0 at dimension 0"),
    ROW(transposed_stride, "'strides' holds 0"),
    ROW(transposed_padding, "'output_padding' holds -1"),
    ROW(transposed_shape, "'output_shape' holds 9223372036854775807"),
    ROW(transposed_pads, "its result has no elements"),
    ROW(transposed_group, "its weights or groups (9223372036854775807)"),
    ROW(transposed_group_3, "its weights or groups (3)"),
    ROW(transposed_huge, "more than 2^31"),
    ROW(transposed_rank, "its weights or groups"),
    ROW(pool_order, "storage_order is 2"),
    ROW(pool_rank, "'kernel_shape' has 3 numbers instead of 2"),
    ROW(layer_axis, "axis 4 is not within 4"),
    ROW(layer_scale, "input 1 does not have one number for each"),
    ROW(layer_epsilon, "its epsilon is negative or not a number"),
    ROW(layer_stash, "stash_type is not 1"),
    ROW(reduce_axis, "axis 4 is not within 4"),
    ROW(reduce_twice, "axis 1 is given twice"),
    ROW(reduce_input, "axes are an attribute in opset 13"),
    ROW(matmul_columns, "6 columns do not fit weights of 5 rows"),
    ROW(matmul_batch, "batches that differ"),
    ROW(matmul_list, "inputs of 4 and 1 dimensions"),
    ROW(add_shapes, "operands whose dimensions 3 are 6 and 5"),
    ROW(add_types, "operands of float and int64"),
    ROW(clip_types, "its bounds are not of its input's type"),
    ROW(function_alpha, "alpha nan"),
    ROW(cast_text, "to type 8"),
    ROW(cast_beyond, "to type -9223372036854775808"),
    ROW(cast_integer, "only to float and float16"),
    ROW(training_all, "its ratio is 1; it must be 0 to below 1"),
    ROW(training_negative, "its ratio is -0.5"),
    ROW(training_nan, "its ratio is nan"),
    ROW(training_near, "keeps nothing"),
    ROW(training_mask, "its mask is used"),
    ROW(training_seed, "dropout: seed"),
    ROW(training_ratio, "its ratio is not one constant float"),
    ROW(training_ratios, "its ratio is not one constant float"),
    ROW(training_mode, "its training mode is not one constant"),
    ROW(shared_index, "is not within the 16 of axis 0"),
    ROW(output_bytes, "the output is of uint8"),
};

/* Whether a fault is refused as it should be; else it is reported. */
static bool is_refused(size_t i)
{
    struct build b;
    struct assay_model *model;
    size_t size;
    build_init(&b, 13);
    faults[i].fault(&b);
    const uint8_t *bytes = build_pack(&b, &size);
    build_write(path, bytes, size);
    const enum assay_status status = assay_model_load(path, &model);
    const char *message = status ? assay_message() : "accepted";
    const bool right = status && !model && strstr(message, faults[i].says) &&
                       (strstr(message, path) || status == ASSAY_NOMEM);
    if (!right)
        print_error("%s: '%s' does not say '%s', or names no file\n",
                    faults[i].name, message, faults[i].says);
    assay_model_free(&model);
    build_free(&b);
    return right;
}

static void refused(void **state)
{
    size_t wrong = 0;
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        wrong += !is_refused(i);
    assert_int_equal(wrong, 0);
    printf("%zu faults refused by name\n", sizeof faults / sizeof *faults);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused),
    };
    snprintf(path, sizeof path, "/tmp/assay-bad-op-%ld.onnx", (long)getpid());
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed != 0;
}
