/* SPDX-License-Identifier: Apache-2.0
 *
 * Patterns of nodes that are lowered as one operator, compressed models among
 * them.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "tests/model_cases.h"

/* Bytes from end to end; the last layer makes floats. */
static void qdq(struct build *b)
{
    model_image(b, 3, 6, 5);
    build_qdq(b, "a", "x", "1", 0.07f, 2, 120);
    build_weights(b, "w", LIST(4, 3, 3, 3), 0);
    build_random(b, "b", LIST(4));
    build_attr_ints(b, build_node(b, "Conv", "1 w b", "2"), "pads",
                    LIST(1, 1, 1, 1));
    build_node(b, "Relu", "2", "3");
    build_qdq(b, "c", "3", "4", 0.1f, 2, 5);
    build_attr_ints(b, build_node(b, "MaxPool", "4", "5"), "kernel_shape",
                    LIST(2, 2));
    build_qdq(b, "d", "5", "6", 0.1f, 2, 5);
    build_node(b, "Add", "6 6", "7");
    build_qdq(b, "e", "7", "8", 0.2f, 3, -100);
    build_weights(b, "v", LIST(4, 1, 2, 2), 0);
    build_attr_i(b, build_node(b, "Conv", "8 v", "9"), "group", 4);
    build_qdq(b, "f", "9", "10", 0.3f, 3, 3);
    build_node(b, "Flatten", "10", "11");
    build_qdq(b, "g", "11", "12", 0.3f, 3, 3);
    build_weights(b, "u", LIST(5, 48), 0);
    build_random(b, "c", LIST(5));
    build_attr_i(b, build_node(b, "Gemm", "12 u c", "y"), "transB", 1);
}

static void qdq_mean(struct build *b)
{
    model_image(b, 3, 6, 5);
    build_qdq(b, "a", "x", "1", 0.07f, 3, -3);
    build_node(b, "GlobalAveragePool", "1", "2");
    build_qdq(b, "b", "2", "3", 0.05f, 3, 2);
    build_node(b, "Flatten", "3", "4");
    build_qdq(b, "c", "4", "5", 0.05f, 3, 2);
    build_weights(b, "w", LIST(3, 7), 1);
    build_random(b, "d", LIST(7));
    build_node(b, "MatMul", "5 w", "6");
    build_node(b, "Add", "6 d", "7");
    build_qdq(b, "e", "7", "8", 0.1f, 3, 1);
    build_node(b, "Tanh", "8", "9");
    build_qdq(b, "f", "9", "10", 0.01f, 3, 1);
    build_node(b, "Relu", "10", "11");
    build_qdq(b, "g", "11", "12", 0.01f, 3, -128);
    build_node(b, "Sigmoid", "12", "y");
}

static void low_rank(struct build *b)
{
    model_rows(b, 40);
    build_random(b, "u", LIST(40, 4));
    build_random(b, "v", LIST(4, 30));
    build_random(b, "b", LIST(30));
    build_random(b, "w", LIST(30, 3));
    build_node(b, "MatMul", "x u", "1");
    build_node(b, "Gemm", "1 v b", "2");
    build_node(b, "Relu", "2", "3");
    build_node(b, "MatMul", "3 w", "y"); /* thin, but an activation between */
}

/* All but every eleventh, or every second channel's first ones, are zeros. */
static void thin_out(Onnx__TensorProto *t)
{
    for (size_t i = 0; i < t->raw_data.len / sizeof(float); i++)
        if (i % 11)
            ((float *)(void *)t->raw_data.data)[i] = 0;
}

static void sparse(struct build *b)
{
    model_image(b, 128, 6, 8);
    thin_out(build_random(b, "w", LIST(96, 128, 1, 1)));
    build_random(b, "b", LIST(96));
    build_node(b, "Conv", "x w b", "1");
    build_norm(b, "n", "1", "2", 96);
    build_node(b, "Relu", "2", "3");
    build_node(b, "Flatten", "3", "4");
    thin_out(build_random(b, "v", LIST(4608, 40)));
    build_node(b, "Gemm", "4 v", "y");
}

/* Bytes with zeros in whole blocks of 16 channels, and floats with zeros that
 * a window of more than one tap finds no sparse kernel for. */
static void sparse_bytes(struct build *b)
{
    model_image(b, 8, 4, 4);
    thin_out(build_random(b, "u", LIST(64, 8, 3, 3)));
    build_node(b, "Conv", "x u", "0");
    build_qdq(b, "a", "0", "1", 0.07f, 3, 0);
    build_weights(b, "w", LIST(64, 64, 1, 1), 0);
    build_weights(b, "v", LIST(64, 256), 0);
    for (size_t t = 0; t < b->graph.n_initializer; t++) {
        Onnx__TensorProto *w = b->tensors[t];
        const int64_t k = w->data_type == 3 && w->n_dims > 1 ? w->dims[1] : 0;
        for (int64_t i = 0; i < 64 * k; i++)
            if ((i / (16 * k) + i % k) % 5)
                w->raw_data.data[i] = 0;
    }
    build_node(b, "Conv", "1 w", "2");
    build_qdq(b, "c", "2", "3", 0.1f, 3, 0);
    build_node(b, "Flatten", "3", "4");
    build_qdq(b, "d", "4", "5", 0.1f, 3, 0);
    build_attr_i(b, build_node(b, "Gemm", "5 v", "y"), "transB", 1);
}

static void to_signs(Onnx__TensorProto *t, float size)
{
    float *w = (float *)(void *)t->raw_data.data;
    for (size_t i = 0; i < t->raw_data.len / sizeof *w; i++)
        w[i] = w[i] < 0 ? -size : size;
}

/* Numbers that are not zero, so that Sign means the same everywhere. */
static void signs(struct build *b)
{
    model_image(b, 32, 5, 4);
    build_number(b, "half", 0.123f);
    build_node(b, "Add", "x half", "1");
    build_node(b, "Sign", "1", "2");
    to_signs(build_random(b, "w", LIST(64, 32, 3, 3)), 0.25f);
    build_attr_ints(b, build_node(b, "Conv", "2 w", "3"), "pads",
                    LIST(1, 1, 1, 1));
    build_norm(b, "n", "3", "4", 64);
    build_node(b, "Sign", "4", "5");
    build_node(b, "Flatten", "5", "6");
    to_signs(build_random(b, "v", LIST(7, 1280)), 1);
    build_random(b, "c", LIST(7));
    build_attr_i(b, build_node(b, "Gemm", "6 v c", "y"), "transB", 1);
}

/* [n][tokens][8] of two heads, as an exporter writes it; what is not seen gets
 * `hidden` added. */
static void heads(struct build *b, int64_t tokens, float hidden,
                  bool (*sees)(int64_t i, int64_t j))
{
    static const char *const names[] = {"q", "k", "v"};
    build_input(b, "x", LIST(-1, tokens, 8));
    build_output(b, "y");
    build_ints(b, "split", LIST(0, tokens, 2, 4));
    build_ints(b, "joined", LIST(0, tokens, 8));
    build_number(b, "root", 2);
    for (int i = 0; i < 3; i++) {
        char w[8], p[24], r[24], in[40];
        snprintf(w, sizeof w, "w%s", names[i]);
        snprintf(p, sizeof p, "p%s", names[i]);
        snprintf(r, sizeof r, "r%s", names[i]);
        build_random(b, w, LIST(8, 8));
        snprintf(in, sizeof in, "x %s", w);
        build_node(b, "MatMul", in, p);
        snprintf(in, sizeof in, "%s split", p);
        build_node(b, "Reshape", in, r);
        Onnx__NodeProto *node = build_node(b, "Transpose", r, names[i]);
        if (i == 1)
            build_attr_ints(b, node, "perm", LIST(0, 2, 3, 1));
        else
            build_attr_ints(b, node, "perm", LIST(0, 2, 1, 3));
    }
    build_node(b, "MatMul", "q k", "1");
    build_node(b, "Div", "1 root", "2");
    if (sees) {
        float *m =
            (float *)(void *)build_random(b, "mask", LIST(1, 1, tokens, tokens))
                ->raw_data.data;
        for (int64_t i = 0; i < tokens * tokens; i++)
            m[i] = sees(i / tokens, i % tokens) ? 0 : hidden;
        build_node(b, "Add", tokens % 2 ? "2 mask" : "mask 2", "3");
    }
    build_node(b, "Softmax", sees ? "3" : "2", "4");
    build_node(b, "MatMul", "4 v", "5");
    build_attr_ints(b, build_node(b, "Transpose", "5", "6"), "perm",
                    LIST(0, 2, 1, 3));
    build_node(b, "Reshape", "6 joined", "y");
}

static void attention(struct build *b)
{
    heads(b, 6, 0, NULL);
}

static bool sees_before(int64_t i, int64_t j)
{
    return j <= i;
}

static bool sees_near(int64_t i, int64_t j)
{
    return i - j < 3 && j - i < 3;
}

static bool sees_near_before(int64_t i, int64_t j)
{
    return j <= i && i - j < 4;
}

/* Its own row of a 7 x 7 grid and the one above. */
static bool sees_rows(int64_t i, int64_t j)
{
    return j / 7 == i / 7 || j / 7 == i / 7 - 1;
}

/* Later keys hidden, and blocks of 5 of a sequence that ends within one. */
static bool sees_blocks_before(int64_t i, int64_t j)
{
    return j <= i && (j / 5 == i / 5 || j < 5);
}

static bool sees_even(int64_t i, int64_t j)
{
    return i == j || j % 2 == 0;
}

static bool sees_none_at_3(int64_t i, int64_t j)
{
    return i != 3 && j <= i;
}

static void attention_causal(struct build *b)
{
    heads(b, 6, -1e9f, sees_before);
}

static void attention_window(struct build *b)
{
    heads(b, 11, -INFINITY, sees_near);
}

static void attention_causal_window(struct build *b)
{
    heads(b, 10, -1e4f, sees_near_before);
}

static void attention_blocks(struct build *b)
{
    heads(b, 49, -1e9f, sees_rows);
}

static void attention_causal_blocks(struct build *b)
{
    heads(b, 13, -1e9f, sees_blocks_before);
}

static void attention_pairs(struct build *b)
{
    heads(b, 9, -1e9f, sees_even);
}

/* No mask: one query sees nothing; small numbers hide nothing. */
static void attention_blind(struct build *b)
{
    heads(b, 6, -1e4f, sees_none_at_3);
}

static void attention_bias(struct build *b)
{
    heads(b, 7, -3, sees_near);
}

/* Without heads, and the keys transposed alone. */
static void attention_single(struct build *b)
{
    build_input(b, "x", LIST(-1, 6, 8));
    build_output(b, "y");
    build_number(b, "scale", 0.25f);
    build_attr_ints(b, build_node(b, "Transpose", "x", "1"), "perm",
                    LIST(0, 2, 1));
    build_node(b, "Mul", "x scale", "2");
    build_node(b, "MatMul", "2 1", "3");
    build_node(b, "Softmax", "3", "4");
    build_node(b, "MatMul", "4 x", "y");
}

/* Scores that somebody else reads, too: nothing is fused. */
static void attention_open(struct build *b)
{
    build_input(b, "x", LIST(-1, 6, 8));
    build_output(b, "y");
    build_attr_ints(b, build_node(b, "Transpose", "x", "1"), "perm",
                    LIST(0, 2, 1));
    build_node(b, "MatMul", "x 1", "2");
    build_attr_i(b, build_node(b, "Softmax", "2", "3"), "axis", 1);
    build_node(b, "MatMul", "3 x", "y");
}

static void layer_norm(struct build *b)
{
    build_input(b, "x", LIST(-1, 6, 8));
    build_output(b, "y");
    build_number(b, "two", 2);
    build_number(b, "epsilon", 1e-5f);
    build_random(b, "s", LIST(8));
    build_random(b, "b", LIST(8));
    build_attr_ints(b, build_node(b, "ReduceMean", "x", "1"), "axes", LIST(-1));
    build_node(b, "Sub", "x 1", "2");
    build_node(b, "Pow", "2 two", "3");
    build_attr_ints(b, build_node(b, "ReduceMean", "3", "4"), "axes", LIST(-1));
    build_node(b, "Add", "4 epsilon", "5");
    build_node(b, "Sqrt", "5", "6");
    build_node(b, "Div", "2 6", "7");
    build_node(b, "Mul", "7 s", "8");
    build_node(b, "Add", "8 b", "y");
}

static void gelu_tanh(struct build *b)
{
    model_rows(b, 4);
    build_random(b, "w", LIST(4, 5));
    build_number(b, "three", 3);
    build_number(b, "small", 0.044715f);
    build_number(b, "root", 0.797884561f);
    build_number(b, "one", 1);
    build_number(b, "half", 0.5f);
    build_node(b, "MatMul", "x w", "1");
    build_node(b, "Pow", "1 three", "2");
    build_node(b, "Mul", "2 small", "3");
    build_node(b, "Add", "1 3", "4");
    build_node(b, "Mul", "4 root", "5");
    build_node(b, "Tanh", "5", "6");
    build_node(b, "Add", "6 one", "7");
    build_node(b, "Mul", "1 half", "8");
    build_node(b, "Mul", "8 7", "y");
}

/* Each pixel times a number of its image and channel; then joined. */
static void squeeze_excite(struct build *b)
{
    model_image(b, 3, 5, 4);
    model_conv(b, "x w", "1", 4, 3, 1);
    build_node(b, "GlobalAveragePool", "1", "2");
    build_node(b, "Sigmoid", "2", "3");
    build_node(b, "Mul", "1 3", "4");
    build_attr_i(b, build_node(b, "Concat", "4 1", "y"), "axis", 1);
}

/* Dropout that samples: of eight copies that become samples where a whole batch
 * of 8 numbers is a row, and then of what came of them. */
static void monte_carlo(struct build *b)
{
    model_rows(b, 8);
    build_random(b, "w", LIST(8, 12));
    build_random(b, "v", LIST(12, 10));
    build_random(b, "c", LIST(10));
    build_number(b, "ratio", 0.25f);
    build_number(b, "half", 0.5f);
    build_byte(b, "on", 9, 1);
    build_ints(b, "split", LIST(4, -1, 10));
    build_attr_i(b, build_node(b, "Concat", "x x x x", "1"), "axis", 0);
    build_attr_i(b, build_node(b, "Dropout", "1 ratio on", "2"), "seed", 7);
    build_node(b, "MatMul", "2 w", "3");
    build_node(b, "Relu", "3", "4");
    build_node(b, "Dropout", "4 half on", "5");
    build_node(b, "Gemm", "5 v c", "6");
    build_node(b, "Softmax", "6", "7");
    build_node(b, "Reshape", "7 split", "8");
    Onnx__NodeProto *node = build_node(b, "ReduceMean", "8", "9");
    build_attr_ints(b, node, "axes", LIST(0));
    build_attr_i(b, node, "keepdims", 0);
    build_node(b, "Log", "9", "y");
}

/* Rows of 3: the samples of a batch of 1 or 7 would not begin where the copies
 * do. */
static void monte_carlo_odd(struct build *b)
{
    model_rows(b, 3);
    build_byte(b, "on", 9, 1);
    build_attr_i(b, build_node(b, "Concat", "x x", "1"), "axis", 0);
    Onnx__NodeProto *node = build_node(b, "Dropout", "1 - on", "2");
    build_attr_i(b, node, "seed", INT64_C(0x123456789a));
    build_ints(b, "split", LIST(2, -1, 3));
    build_node(b, "Reshape", "2 split", "3");
    node = build_node(b, "ReduceMean", "3", "y");
    build_attr_ints(b, node, "axes", LIST(0));
    build_attr_i(b, node, "keepdims", 0);
}

/* Elements are numbered as ONNX lays them, not as the device does; what is off
 * or drops nothing is left out. */
static void dropout_image(struct build *b)
{
    model_image(b, 3, 4, 5);
    build_number(b, "ratio", 0.25f);
    build_number(b, "none", 0);
    build_byte(b, "on", 9, 1);
    build_byte(b, "off", 9, 0);
    model_conv(b, "x w", "1", 4, 3, 1);
    build_node(b, "Dropout", "1 none on", "2");
    build_node(b, "Dropout", "2 ratio off", "3");
    build_attr_i(b, build_node(b, "Dropout", "3 ratio on", "4"), "seed", 3);
    model_conv(b, "4 v", "y", 2, 4, 1);
}

const struct model_case model_pattern_cases[] = {
    {"low rank", 13, low_rank, "lowrank dense", 0},
    {"sparse", 13, sparse, "transpose conv2d dense", 0},
    {"sparse bytes", 13, sparse_bytes, "transpose conv2d quantize conv2d dense",
     3e-2},
    {"signs", 13, signs, "binary transpose signpack conv2d dense", 0},
    {"attention", 13, attention, "dense dense dense attention", 0},
    {"attention causal", 13, attention_causal, "dense dense dense attention",
     0},
    {"attention window", 13, attention_window, "dense dense dense attention",
     0},
    {"attention causal window", 13, attention_causal_window,
     "dense dense dense attention", 0},
    {"attention blocks", 13, attention_blocks, "dense dense dense attention",
     0},
    {"attention causal blocks", 13, attention_causal_blocks,
     "dense dense dense attention", 0},
    {"attention pairs", 13, attention_pairs, "dense dense dense attention", 0},
    {"attention blind", 13, attention_blind,
     "dense transpose dense dense transpose transpose transpose matmul "
     "depthwise depthwise softmax matmul transpose transpose",
     5e-3},
    {"attention bias", 13, attention_bias,
     "dense transpose dense dense transpose transpose transpose matmul "
     "depthwise depthwise softmax matmul transpose transpose",
     0},
    {"attention single", 13, attention_single, "attention", 0},
    {"attention open", 13, attention_open,
     "matmul transpose softmax transpose matmul", 0},
    {"layer norm", 13, layer_norm, "layernorm", 0},
    {"gelu tanh", 13, gelu_tanh, "dense", 0},
    {"squeeze excite", 13, squeeze_excite,
     "transpose conv2d pool unary binary concat transpose", 0},
    {"monte carlo", 13, monte_carlo,
     "dropout dense dropout dense softmax reduce unary", 0},
    {"monte carlo odd", 13, monte_carlo_odd, "concat dropout reduce", 0},
    {"dropout image", 13, dropout_image,
     "transpose conv2d transpose dropout transpose conv2d transpose", 0},
    {"qdq", 13, qdq, "quantize transpose conv2d pool binary depthwise dense",
     2e-2},
    {"qdq mean", 13, qdq_mean,
     "quantize transpose pool dense unary unary dequantize unary", 2e-2},
};
const size_t model_pattern_case_count =
    sizeof model_pattern_cases / sizeof *model_pattern_cases;
