/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model_cases.h"

#include <stdio.h>

void model_image(struct build *b, int64_t c, int64_t h, int64_t w)
{
    build_input(b, "x", LIST(-1, c, h, w));
    build_output(b, "y");
}

void model_rows(struct build *b, int64_t n)
{
    build_input(b, "x", LIST(-1, n));
    build_output(b, "y");
}

/* conv NAME: from image `in`, weights [k][c][r][r] and a bias. */
Onnx__NodeProto *model_conv(struct build *b, const char *inputs,
                            const char *output, int64_t k, int64_t c, int64_t r)
{
    char list[8][40];
    int n = sscanf(inputs, "%39s %39s %39s", list[0], list[1], list[2]);
    if (n > 1)
        build_random(b, list[1], LIST(k, c, r, r));
    if (n > 2)
        build_random(b, list[2], LIST(k));
    return build_node(b, "Conv", inputs, output);
}

static void conv_plain(struct build *b)
{
    model_image(b, 1, 7, 6);
    model_conv(b, "x w b", "y", 1, 1, 3);
}

static void conv_one_channel_in(struct build *b)
{
    model_image(b, 1, 7, 6);
    Onnx__NodeProto *node = model_conv(b, "x w b", "y", 4, 1, 3);
    build_attr_ints(b, node, "strides", LIST(2, 1));
    build_attr_ints(b, node, "pads", LIST(1, 0, 2, 1));
    build_attr_ints(b, node, "kernel_shape", LIST(3, 3));
}

static void conv_dilated_groups(struct build *b)
{
    model_image(b, 4, 9, 8);
    Onnx__NodeProto *node = model_conv(b, "x w", "y", 6, 2, 3);
    build_attr_i(b, node, "group", 2);
    build_attr_ints(b, node, "dilations", LIST(2, 1));
}

static void conv_same_upper(struct build *b)
{
    model_image(b, 2, 6, 7);
    Onnx__NodeProto *node = model_conv(b, "x w", "y", 3, 2, 2);
    build_attr_s(b, node, "auto_pad", "SAME_UPPER");
    build_attr_ints(b, node, "strides", LIST(1, 2));
}

static void conv_same_lower(struct build *b)
{
    model_image(b, 2, 6, 7);
    Onnx__NodeProto *node = model_conv(b, "x w", "y", 3, 2, 4);
    build_attr_s(b, node, "auto_pad", "SAME_LOWER");
}

static void conv_valid(struct build *b)
{
    model_image(b, 2, 6, 7);
    Onnx__NodeProto *node = model_conv(b, "x w", "y", 3, 2, 3);
    build_attr_s(b, node, "auto_pad", "VALID");
}

static void conv_norm_relu(struct build *b)
{
    model_image(b, 3, 6, 5);
    model_conv(b, "x w", "1", 4, 3, 3);
    build_attr_f(b, build_norm(b, "n", "1", "2", 4), "epsilon", 0.01f);
    build_node(b, "Relu", "2", "y");
}

static void separable(struct build *b)
{
    model_image(b, 5, 6, 5);
    build_attr_i(b, model_conv(b, "x w b", "1", 5, 1, 3), "group", 5);
    build_norm(b, "n", "1", "2", 5);
    build_number(b, "zero", 0);
    build_number(b, "six", 6);
    build_node(b, "Clip", "2 zero six", "3");
    model_conv(b, "3 v", "4", 7, 5, 1);
    build_node(b, "Sigmoid", "4", "y");
}

/* Two filters a channel: not the depthwise kernel. */
static void conv_multiplier(struct build *b)
{
    model_image(b, 3, 5, 5);
    build_attr_i(b, model_conv(b, "x w b", "1", 6, 1, 3), "group", 3);
    build_norm(b, "n", "1", "y", 6);
}

static void norm_first(struct build *b)
{
    model_image(b, 3, 6, 5);
    build_norm(b, "n", "x", "1", 3);
    build_node(b, "Relu", "1", "2");
    model_conv(b, "2 w", "y", 2, 3, 1);
}

static void clip_old(struct build *b)
{
    model_image(b, 3, 2, 5);
    Onnx__NodeProto *node = build_node(b, "Clip", "x", "1");
    build_attr_f(b, node, "min", 0);
    build_attr_f(b, node, "max", 6);
    node = build_node(b, "Clip", "1", "y");
    build_attr_f(b, node, "min", 0);
}

static void pools(struct build *b)
{
    model_image(b, 3, 11, 10);
    Onnx__NodeProto *node = build_node(b, "MaxPool", "x", "1");
    build_attr_ints(b, node, "kernel_shape", LIST(3, 2));
    build_attr_ints(b, node, "strides", LIST(2, 1));
    build_attr_ints(b, node, "pads", LIST(1, 1, 0, 1));
    node = build_node(b, "AveragePool", "1", "2");
    build_attr_ints(b, node, "kernel_shape", LIST(2, 3));
    build_attr_ints(b, node, "pads", LIST(1, 1, 1, 1));
    node = build_node(b, "AveragePool", "2", "3");
    build_attr_ints(b, node, "kernel_shape", LIST(2, 2));
    build_attr_ints(b, node, "pads", LIST(0, 1, 1, 0));
    build_attr_i(b, node, "count_include_pad", 1);
    node = build_node(b, "MaxPool", "3", "y");
    build_attr_ints(b, node, "kernel_shape", LIST(2, 2));
    build_attr_ints(b, node, "dilations", LIST(2, 1));
}

static void pool_up(struct build *b)
{
    model_image(b, 2, 8, 9);
    Onnx__NodeProto *node = build_node(b, "MaxPool", "x", "1");
    build_attr_ints(b, node, "kernel_shape", LIST(3, 3));
    build_attr_ints(b, node, "strides", LIST(2, 3));
    build_attr_ints(b, node, "pads", LIST(1, 0, 1, 0));
    build_attr_i(b, node, "ceil_mode", 1);
    node = build_node(b, "AveragePool", "1", "y");
    build_attr_ints(b, node, "kernel_shape", LIST(2, 2));
    build_attr_ints(b, node, "strides", LIST(2, 2));
    build_attr_i(b, node, "ceil_mode", 1);
}

/* The padding on the right is more than any window reaches. */
static void pool_loose(struct build *b)
{
    model_image(b, 2, 7, 7);
    Onnx__NodeProto *node = build_node(b, "MaxPool", "x", "y");
    build_attr_ints(b, node, "kernel_shape", LIST(2, 2));
    build_attr_ints(b, node, "strides", LIST(4, 4));
    build_attr_ints(b, node, "pads", LIST(0, 0, 2, 2));
}

static void globals(struct build *b)
{
    model_image(b, 3, 4, 5);
    model_conv(b, "x w", "1", 4, 3, 1);
    build_node(b, "GlobalAveragePool", "1", "2");
    build_node(b, "GlobalMaxPool", "1", "3");
    build_node(b, "Add", "2 3", "y");
}

static void means(struct build *b)
{
    model_image(b, 3, 4, 5);
    model_conv(b, "x w", "1", 4, 3, 1);
    build_attr_ints(b, build_node(b, "ReduceMean", "1", "2"), "axes",
                    LIST(2, -1));
    Onnx__NodeProto *node = build_node(b, "ReduceMean", "1", "3");
    build_attr_ints(b, node, "axes", LIST(3, 2));
    build_attr_i(b, node, "keepdims", 0);
    build_attr_i(b, build_node(b, "Flatten", "2", "4"), "axis", 1);
    build_node(b, "Add", "3 4", "y");
}

static void mean_input(struct build *b)
{
    build_input(b, "x", LIST(-1, 6, 4));
    build_output(b, "y");
    build_ints(b, "axes", LIST(1));
    build_attr_i(b, build_node(b, "ReduceMean", "x axes", "y"), "keepdims", 0);
}

static void mlp(struct build *b)
{
    model_image(b, 1, 4, 5);
    build_random(b, "w", LIST(6, 20));
    build_random(b, "b", LIST(6));
    build_random(b, "v", LIST(6, 3));
    build_node(b, "Flatten", "x", "1");
    build_attr_i(b, build_node(b, "Gemm", "1 w b", "2"), "transB", 1);
    build_norm(b, "n", "2", "3", 6);
    build_node(b, "Relu", "3", "4");
    build_node(b, "Dropout", "4", "5");
    Onnx__NodeProto *node = build_node(b, "Gemm", "5 v", "y");
    build_attr_f(b, node, "alpha", 0.5f);
}

static void gemm_bias(struct build *b)
{
    model_rows(b, 4);
    build_random(b, "w", LIST(4, 3));
    build_random(b, "b", LIST(1, 3));
    build_number(b, "c", 0.25f);
    build_random(b, "v", LIST(2, 3));
    Onnx__NodeProto *node = build_node(b, "Gemm", "x w b", "1");
    build_attr_f(b, node, "alpha", 0.5f);
    build_attr_f(b, node, "beta", 2);
    build_attr_i(b, build_node(b, "Gemm", "1 v c", "y"), "transB", 1);
}

static void matmul_add(struct build *b)
{
    build_input(b, "x", LIST(-1, 3, 4));
    build_output(b, "y");
    build_random(b, "w", LIST(4, 5));
    build_random(b, "b", LIST(5));
    build_node(b, "MatMul", "x w", "1");
    build_node(b, "Add", "b 1", "2");
    build_node(b, "Relu", "2", "y");
}

static void gelu(struct build *b)
{
    model_rows(b, 4);
    build_random(b, "w", LIST(4, 5));
    build_number(b, "root", 1.41421356f);
    build_number(b, "one", 1);
    build_number(b, "half", 0.5f);
    build_node(b, "MatMul", "x w", "1");
    build_node(b, "Div", "1 root", "2");
    build_node(b, "Erf", "2", "3");
    build_node(b, "Add", "3 one", "4");
    build_node(b, "Mul", "1 4", "5");
    build_node(b, "Mul", "5 half", "y");
}

static void gelu_other_way(struct build *b)
{
    model_rows(b, 4);
    build_number(b, "root", 0.707106781f);
    build_number(b, "one", 1);
    build_number(b, "half", 0.5f);
    build_node(b, "Mul", "half x", "1");
    build_node(b, "Mul", "root x", "2");
    build_node(b, "Erf", "2", "3");
    build_node(b, "Add", "one 3", "4");
    build_node(b, "Mul", "4 1", "y");
}

static void residual(struct build *b)
{
    model_image(b, 3, 5, 4);
    build_attr_ints(b, model_conv(b, "x w b", "1", 3, 3, 3), "pads",
                    LIST(1, 1, 1, 1));
    build_node(b, "Relu", "1", "2");
    build_attr_ints(b, model_conv(b, "2 v", "3", 3, 3, 3), "pads",
                    LIST(1, 1, 1, 1));
    build_norm(b, "n", "3", "4", 3);
    build_node(b, "Add", "4 x", "5");
    build_node(b, "Relu", "5", "6");
    build_node(b, "Add", "6 6", "y");
}

/* Nothing may be fused into a run that somebody else reads, too. */
static void read_twice(struct build *b)
{
    model_image(b, 1, 5, 4);
    model_conv(b, "x w", "1", 2, 1, 1);
    build_node(b, "Relu", "1", "2");
    build_norm(b, "n", "1", "3", 2);
    build_node(b, "Add", "2 3", "4");
    build_node(b, "Sigmoid", "4", "5");
    build_node(b, "Relu", "5", "y");
}

static void flatten_gemm(struct build *b)
{
    model_image(b, 1, 6, 5);
    model_conv(b, "x w b", "1", 4, 1, 3);
    build_node(b, "Relu", "1", "2");
    build_node(b, "Flatten", "2", "3");
    build_random(b, "v", LIST(5, 48));
    build_attr_i(b, build_node(b, "Gemm", "3 v", "4"), "transB", 1);
    build_attr_i(b, build_node(b, "Softmax", "4", "y"), "axis", 1);
}

/* Flattened images that no matrix product takes must be put in order. */
static void flatten_out(struct build *b)
{
    model_image(b, 1, 6, 5);
    model_conv(b, "x w b", "1", 4, 1, 3);
    build_node(b, "Flatten", "1", "2");
    build_node(b, "Softmax", "2", "y");
}

static void shape_arithmetic(struct build *b)
{
    model_image(b, 1, 6, 5);
    model_conv(b, "x w b", "1", 4, 1, 3);
    build_node(b, "Shape", "1", "2");
    build_ints(b, "zero", LIST(0));
    b->tensors[b->graph.n_initializer - 1]->n_dims = 0;
    build_ints(b, "rest", LIST(-1));
    build_attr_i(b, build_node(b, "Gather", "2 zero", "3"), "axis", 0);
    build_attr_ints(b, build_node(b, "Unsqueeze", "3", "4"), "axes", LIST(0));
    build_attr_i(b, build_node(b, "Concat", "4 rest", "5"), "axis", 0);
    build_node(b, "Reshape", "1 5", "6");
    build_random(b, "v", LIST(48, 5));
    build_node(b, "Gemm", "6 v", "y");
}

/* 0 (as it is), 1 and -1 by the divisor's sign, 3 and 4 by the dividend's. */
static void shape_remainders(struct build *b)
{
    model_rows(b, 12);
    build_random(b, "w", LIST(12, 12));
    build_node(b, "MatMul", "x w", "1");
    build_ints(b, "p", LIST(8, -7, 7));
    build_ints(b, "q", LIST(4, 4, -2));
    build_ints(b, "r", LIST(7, 9));
    build_ints(b, "s", LIST(-4, 5));
    build_node(b, "Mod", "p q", "2");
    build_attr_i(b, build_node(b, "Mod", "r s", "3"), "fmod", 1);
    build_attr_i(b, build_node(b, "Concat", "2 3", "4"), "axis", 0);
    build_node(b, "Reshape", "1 4", "5");
    build_node(b, "Softmax", "5", "y");
}

static void reshape_kept(struct build *b)
{
    model_rows(b, 12);
    build_random(b, "w", LIST(12, 12));
    build_ints(b, "s", LIST(0, 3, 2, -1));
    build_node(b, "MatMul", "x w", "1");
    build_node(b, "Reshape", "1 s", "2");
    build_norm(b, "n", "2", "3", 3);
    model_conv(b, "3 v", "y", 2, 3, 1);
}

static void softmax_old(struct build *b)
{
    build_input(b, "x", LIST(-1, 3, 4));
    build_output(b, "y");
    build_node(b, "Softmax", "x", "y");
}

static void softmax_channels(struct build *b)
{
    model_image(b, 3, 4, 5);
    model_conv(b, "x w", "1", 4, 3, 1);
    build_attr_i(b, build_node(b, "Softmax", "1", "y"), "axis", 1);
}

/* As TensorFlow's exporter writes it: the file's image is NHWC. */
static void channels_last(struct build *b)
{
    build_input(b, "x", LIST(-1, 5, 4, 3));
    build_output(b, "y");
    build_attr_ints(b, build_node(b, "Transpose", "x", "1"), "perm",
                    LIST(0, 3, 1, 2));
    model_conv(b, "1 w b", "2", 4, 3, 3);
    build_attr_ints(b, build_node(b, "Transpose", "2", "3"), "perm",
                    LIST(0, 2, 3, 1));
    build_random(b, "v", LIST(4, 6));
    build_node(b, "MatMul", "3 v", "y");
}

static void permutations(struct build *b)
{
    model_image(b, 3, 4, 5);
    build_attr_ints(b, build_node(b, "Transpose", "x", "1"), "perm",
                    LIST(0, 3, 2, 1));
    build_node(b, "Relu", "1", "2");
    build_attr_ints(b, build_node(b, "Transpose", "2", "3"), "perm",
                    LIST(3, 0, 2, 1));
    build_node(b, "Transpose", "3", "y");
}

static void constants(struct build *b)
{
    model_image(b, 3, 4, 5);
    build_random(b, "mean", LIST(3, 1, 1));
    build_positive(b, "deviation", LIST(1, 3, 1, 1));
    build_random(b, "row", LIST(4, 1));
    build_random(b, "all", LIST(4, 4, 5));
    build_number(b, "two", 2);
    build_node(b, "Sub", "x mean", "1");
    build_node(b, "Div", "1 deviation", "2");
    model_conv(b, "2 w", "3", 4, 3, 1);
    build_node(b, "Mul", "3 two", "4");
    build_node(b, "Sub", "two 4", "5");
    build_node(b, "Add", "5 row", "6");
    build_node(b, "Mul", "6 all", "y");
}

static void renamed(struct build *b)
{
    model_rows(b, 4);
    build_random(b, "w", LIST(4, 5));
    build_input(b, "w", LIST(4, 5)); /* as IR version 3 has it */
    build_ints(b, "one", LIST(1));
    build_node(b, "Identity", "x", "1");
    build_node(b, "MatMul", "1 w", "2");
    build_node(b, "Unsqueeze", "2 one", "3");
    build_node(b, "Squeeze", "3 one", "4");
    build_node(b, "Relu", "4", "5");
    build_node(b, "Identity", "5", "y");
    build_node(b, "Sigmoid", "5", "unused");
}

const struct model_case model_cases[] = {
    {"conv plain", 13, conv_plain, "conv2d", 0},
    {"conv from one channel", 13, conv_one_channel_in, "conv2d transpose", 0},
    {"conv dilated groups", 13, conv_dilated_groups,
     "transpose conv2d transpose", 0},
    {"conv same upper", 13, conv_same_upper, "transpose conv2d transpose", 0},
    {"conv same lower", 13, conv_same_lower, "transpose conv2d transpose", 0},
    {"conv valid", 13, conv_valid, "transpose conv2d transpose", 0},
    {"conv norm relu", 13, conv_norm_relu, "transpose conv2d transpose", 0},
    {"separable", 13, separable, "transpose depthwise conv2d transpose", 0},
    {"conv multiplier", 9, conv_multiplier, "transpose conv2d transpose", 0},
    {"norm first", 15, norm_first, "transpose depthwise conv2d transpose", 0},
    {"clip old", 10, clip_old, "unary unary", 0},
    {"pools", 13, pools, "transpose pool pool pool pool transpose", 0},
    {"pool up", 13, pool_up, "transpose pool pool transpose", 0},
    {"pool loose", 13, pool_loose, "transpose pool transpose", 0},
    {"globals", 13, globals, "transpose conv2d pool pool binary", 0},
    {"means", 13, means, "transpose conv2d reduce reduce binary", 0},
    {"mean of a list", 18, mean_input, "reduce", 0},
    {"mlp", 13, mlp, "dense dense", 0},
    {"gemm bias", 13, gemm_bias, "dense dense", 0},
    {"matmul add", 13, matmul_add, "dense", 0},
    {"gelu", 13, gelu, "dense", 0},
    {"gelu the other way", 13, gelu_other_way, "unary", 0},
    {"residual", 13, residual,
     "transpose conv2d conv2d binary binary transpose", 0},
    {"read twice", 13, read_twice,
     "conv2d unary depthwise binary unary transpose", 0},
    {"flatten gemm", 13, flatten_gemm, "conv2d dense softmax", 0},
    {"flatten out", 13, flatten_out, "conv2d transpose softmax", 0},
    {"shape arithmetic", 11, shape_arithmetic, "conv2d dense", 0},
    {"shape remainders", 13, shape_remainders, "dense softmax", 0},
    {"reshape kept", 13, reshape_kept,
     "dense transpose depthwise conv2d transpose", 0},
    {"softmax old", 11, softmax_old, "softmax", 0},
    {"softmax channels", 13, softmax_channels,
     "transpose conv2d softmax transpose", 0},
    {"channels last", 13, channels_last, "conv2d dense", 0},
    {"permutations", 13, permutations, NULL, 0},
    {"constants", 13, constants, NULL, 0},
    {"renamed", 13, renamed, "dense", 0},
};
const size_t model_case_count = sizeof model_cases / sizeof *model_cases;

void model_sound(struct build *b)
{
    build_init(b, 13);
    build_input(b, "x", LIST(-1, 2, 6, 6));
    build_output(b, "y");
    build_random(b, "w", LIST(3, 2, 3, 3));
    Onnx__NodeProto *node = build_node(b, "Conv", "x w", "1");
    build_attr_i(b, node, "group", 1);
    build_attr_ints(b, node, "pads", LIST(1, 1, 1, 1));
    build_attr_ints(b, node, "strides", LIST(1, 1));
    build_attr_ints(b, node, "dilations", LIST(1, 1));
    build_attr_ints(b, node, "kernel_shape", LIST(3, 3));
    build_norm(b, "n", "1", "2", 3);
    build_node(b, "Relu", "2", "3");
    node = build_node(b, "MaxPool", "3", "4");
    build_attr_ints(b, node, "kernel_shape", LIST(2, 2));
    build_attr_ints(b, node, "strides", LIST(2, 2));
    build_attr_i(b, build_node(b, "Flatten", "4", "5"), "axis", 1);
    build_random(b, "v", LIST(4, 27));
    build_random(b, "c", LIST(4));
    build_attr_i(b, build_node(b, "Gemm", "5 v c", "y"), "transB", 1);
}
