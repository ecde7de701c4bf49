/* SPDX-License-Identifier: Apache-2.0
 *
 * Compressed models as their recipes write them.
 */
#include <stdio.h>
#include <string.h>

#include "kernels/half.h"
#include "tests/model_cases.h"

/* Weights of ±1 as bytes with a scale for each of axis 0. */
static void binary_weights(struct build *b, const char *name,
                           const int64_t *dims, size_t rank)
{
    char q[40];
    snprintf(q, sizeof q, "%s.q", name);
    build_weights(b, name, dims, rank, 0);
    for (size_t i = 0; i < b->graph.n_initializer; i++) {
        Onnx__TensorProto *t = b->tensors[i];
        for (size_t j = 0; strcmp(t->name, q) == 0 && j < t->raw_data.len; j++)
            t->raw_data.data[j] = t->raw_data.data[j] & 64 ? 1 : 255;
    }
}

/* Bytes in the first and the last layer, signs between; the pools on either
 * side of normalization. */
static void binarized(struct build *b)
{
    model_image(b, 1, 8, 8);
    build_qdq(b, "a", "x", "1", 0.07f, 3, 0);
    build_weights(b, "u", LIST(32, 1, 3, 3), 0);
    build_random(b, "c", LIST(32));
    build_attr_ints(b, build_node(b, "Conv", "1 u c", "2"), "pads",
                    LIST(1, 1, 1, 1));
    build_norm(b, "n", "2", "3", 32);
    build_node(b, "Sign", "3", "4");
    binary_weights(b, "v", LIST(64, 32, 3, 3));
    build_attr_ints(b, build_node(b, "Conv", "4 v", "5"), "pads",
                    LIST(1, 1, 1, 1));
    Onnx__NodeProto *node = build_node(b, "MaxPool", "5", "6");
    build_attr_ints(b, node, "kernel_shape", LIST(2, 2));
    build_attr_ints(b, node, "strides", LIST(2, 2));
    build_norm(b, "o", "6", "7", 64);
    build_node(b, "Sign", "7", "8");
    binary_weights(b, "w", LIST(64, 64, 3, 3));
    build_attr_ints(b, build_node(b, "Conv", "8 w", "9"), "pads",
                    LIST(1, 1, 1, 1));
    build_norm(b, "p", "9", "10", 64);
    node = build_node(b, "MaxPool", "10", "11");
    build_attr_ints(b, node, "kernel_shape", LIST(2, 2));
    build_attr_ints(b, node, "strides", LIST(2, 2));
    build_node(b, "Sign", "11", "12");
    build_node(b, "Flatten", "12", "13");
    binary_weights(b, "d", LIST(96, 256));
    build_attr_i(b, build_node(b, "Gemm", "13 d", "14"), "transB", 1);
    build_norm(b, "q", "14", "15", 96);
    build_node(b, "Sign", "15", "16");
    binary_weights(b, "e", LIST(32, 96));
    build_attr_i(b, build_node(b, "Gemm", "16 e", "17"), "transB", 1);
    build_norm(b, "r", "17", "18", 32);
    build_qdq(b, "s", "18", "19", 0.02f, 3, 0);
    build_weights(b, "f", LIST(10, 32), 0);
    build_random(b, "g", LIST(10));
    build_attr_i(b, build_node(b, "Gemm", "19 f g", "y"), "transB", 1);
}

/* Bytes whose largest signs are asked for, in windows that reach outside. */
static void binarized_pool(struct build *b)
{
    model_image(b, 3, 7, 7);
    build_qdq(b, "a", "x", "1", 0.07f, 2, 120);
    build_weights(b, "u", LIST(64, 3, 3, 3), 0);
    build_random(b, "c", LIST(64));
    build_node(b, "Conv", "1 u c", "2");
    build_norm(b, "n", "2", "3", 64);
    Onnx__NodeProto *node = build_node(b, "MaxPool", "3", "4");
    build_attr_ints(b, node, "kernel_shape", LIST(3, 3));
    build_attr_ints(b, node, "strides", LIST(2, 2));
    build_attr_ints(b, node, "pads", LIST(1, 1, 1, 1));
    build_node(b, "Sign", "4", "5");
    build_node(b, "Flatten", "5", "6");
    binary_weights(b, "d", LIST(96, 576));
    build_attr_i(b, build_node(b, "Gemm", "6 d", "7"), "transB", 1);
    build_norm(b, "o", "7", "8", 96);
    build_node(b, "Sign", "8", "9");
    binary_weights(b, "e", LIST(10, 96));
    build_attr_i(b, build_node(b, "Gemm", "9 e", "y"), "transB", 1);
}

/* Sums of few small integers, so that thresholds lie between them; channels
 * that are never, and that are always below 0, among them. */
static void binarized_rows(struct build *b)
{
    model_rows(b, 4);
    build_qdq(b, "a", "x", "1", 3, 3, 0);
    build_weights(b, "u", LIST(96, 4), 0);
    build_attr_i(b, build_node(b, "Gemm", "1 u", "2"), "transB", 1);
    build_norm(b, "n", "2", "3", 96);
    for (size_t i = 0; i < b->graph.n_initializer; i++) {
        Onnx__TensorProto *t = b->tensors[i];
        float *v = (float *)(void *)t->raw_data.data;
        for (size_t j = 0; strcmp(t->name, "u.q") == 0 && j < 96 * 4; j++)
            t->raw_data.data[j] &= 1;
        for (size_t j = 0; t->name[0] == 'n' && j < 96; j++)
            v[j] *= strchr("bm", t->name[2]) ? 0.1f : 1;
        if (strcmp(t->name, "n.b") == 0)
            v[0] = 1e9f, v[1] = -1e9f, v[2] = 0.5f, v[3] = -0.5f;
        if (strcmp(t->name, "n.s") == 0)
            v[2] = v[3] = 0;
    }
    build_node(b, "Sign", "3", "4");
    binary_weights(b, "v", LIST(64, 96));
    build_attr_i(b, build_node(b, "Gemm", "4 v", "5"), "transB", 1);
    build_norm(b, "o", "5", "6", 64);
    for (size_t i = 0; i < b->graph.n_initializer; i++)
        if (strcmp(b->tensors[i]->name, "o.b") == 0) {
            float *v = (float *)(void *)b->tensors[i]->raw_data.data;
            v[0] = 1e9f, v[1] = -1e9f;
        }
    build_node(b, "Sign", "6", "7");
    binary_weights(b, "w", LIST(10, 64));
    build_attr_i(b, build_node(b, "Gemm", "7 w", "y"), "transB", 1);
}

/* Signs of sums with a bias between two of them, and no normalization. */
static void binarized_bias(struct build *b)
{
    model_rows(b, 3);
    build_qdq(b, "a", "x", "1", 6, 3, 0);
    build_weights(b, "u", LIST(96, 3), 0);
    build_random(b, "c", LIST(96));
    for (size_t i = 0; i < b->graph.n_initializer; i++) {
        Onnx__TensorProto *t = b->tensors[i];
        for (size_t j = 0; strcmp(t->name, "u.q") == 0 && j < 96 * 3; j++)
            t->raw_data.data[j] &= 1;
        for (size_t j = 0; strcmp(t->name, "c") == 0 && j < 96; j++)
            ((float *)(void *)t->raw_data.data)[j] *= 0.1f;
    }
    build_attr_i(b, build_node(b, "Gemm", "1 u c", "2"), "transB", 1);
    build_node(b, "Sign", "2", "3");
    binary_weights(b, "v", LIST(64, 96));
    build_attr_i(b, build_node(b, "Gemm", "3 v", "y"), "transB", 1);
}

/* Weights of 255 less their zero point, and shifts that only sums beyond those
 * of bytes reach. */
static void binarized_zero(struct build *b)
{
    model_rows(b, 3);
    build_qdq(b, "a", "x", "1", 1.0f / 255, 3, -128);
    Onnx__TensorProto *q = build_bytes(b, "u.q", 3, LIST(96, 3));
    Onnx__TensorProto *z = build_bytes(b, "u.z", 3, LIST(96));
    Onnx__TensorProto *s = build_random(b, "u.s", LIST(96));
    memset(q->raw_data.data, 127, q->raw_data.len);
    memset(z->raw_data.data, 128, z->raw_data.len);
    for (size_t j = 0; j < 96; j++)
        ((float *)(void *)s->raw_data.data)[j] = 1.0f / 255;
    build_attr_i(b, build_node(b, "DequantizeLinear", "u.q u.s u.z", "u"),
                 "axis", 0);
    build_attr_i(b, build_node(b, "Gemm", "1 u", "2"), "transB", 1);
    build_norm(b, "n", "2", "3", 96);
    for (size_t i = 0; i < b->graph.n_initializer; i++) {
        float *v = (float *)(void *)b->tensors[i]->raw_data.data;
        for (size_t j = 0; strcmp(b->tensors[i]->name, "n.b") == 0 && j < 96;
             j++)
            v[j] = -1.3f - 0.01001f * (float)j;
        for (size_t j = 0; strcmp(b->tensors[i]->name, "n.m") == 0 && j < 96;
             j++)
            v[j] = 0;
    }
    build_node(b, "Sign", "3", "4");
    binary_weights(b, "v", LIST(64, 96));
    build_attr_i(b, build_node(b, "Gemm", "4 v", "y"), "transB", 1);
}

/* Somebody reads more than the signs. */
static void binarized_twice(struct build *b)
{
    model_rows(b, 20);
    build_qdq(b, "a", "x", "1", 0.07f, 3, 0);
    build_weights(b, "u", LIST(32, 20), 0);
    build_attr_i(b, build_node(b, "Gemm", "1 u", "2"), "transB", 1);
    build_norm(b, "n", "2", "3", 32);
    build_node(b, "Sign", "3", "4");
    binary_weights(b, "v", LIST(32, 32));
    build_attr_i(b, build_node(b, "Gemm", "4 v", "5"), "transB", 1);
    build_node(b, "Add", "5 3", "y");
}

/* Weights as one byte each, places in a list of sixteen. */
static void shared_weights(struct build *b, const char *name,
                           const int64_t *dims, size_t rank)
{
    char code[40], index[40], wide[40], inputs[100];
    snprintf(code, sizeof code, "%s.c", name);
    snprintf(index, sizeof index, "%s.i", name);
    snprintf(wide, sizeof wide, "%s.w", name);
    snprintf(inputs, sizeof inputs, "%s %s", code, wide);
    build_random(b, code, LIST(16));
    Onnx__TensorProto *t = build_bytes(b, index, 2, dims, rank);
    for (size_t i = 0; i < t->raw_data.len; i++)
        t->raw_data.data[i] %= 16;
    build_attr_i(b, build_node(b, "Cast", index, wide), "to", 7);
    build_node(b, "Gather", inputs, name);
}

static void shared(struct build *b)
{
    model_image(b, 3, 6, 5);
    shared_weights(b, "w", LIST(4, 3, 3, 3));
    shared_weights(b, "v", LIST(5, 48));
    build_random(b, "c", LIST(5));
    build_node(b, "Conv", "x w", "1");
    build_norm(b, "n", "1", "2", 4);
    build_node(b, "Relu", "2", "3");
    build_node(b, "Flatten", "3", "4");
    build_attr_i(b, build_node(b, "Gemm", "4 v c", "y"), "transB", 1);
}

/* Flattened between DequantizeLinear and the product. */
static void flatten_bytes(struct build *b)
{
    model_image(b, 3, 4, 5);
    build_qdq(b, "a", "x", "1", 0.07f, 3, 3);
    build_weights(b, "w", LIST(4, 3, 3, 3), 0);
    build_node(b, "Conv", "1 w", "2");
    build_qdq(b, "c", "2", "3", 0.1f, 2, 100);
    build_node(b, "Flatten", "3", "4");
    build_weights(b, "v", LIST(5, 24), 0);
    build_attr_i(b, build_node(b, "Gemm", "4 v", "y"), "transB", 1);
}

/* The largest and a transposition between DequantizeLinear and the next layer;
 * the zero point is not that of the padding. */
static void pool_bytes(struct build *b)
{
    model_image(b, 3, 4, 6);
    build_qdq(b, "a", "x", "1", 0.07f, 3, 3);
    build_weights(b, "w", LIST(4, 3, 3, 3), 0);
    build_node(b, "Conv", "1 w", "2");
    build_qdq(b, "c", "2", "3", 0.1f, 2, 100);
    Onnx__NodeProto *pool = build_node(b, "MaxPool", "3", "4");
    build_attr_ints(b, pool, "kernel_shape", LIST(2, 2));
    build_attr_ints(b, pool, "pads", LIST(1, 1, 0, 0));
    build_weights(b, "u", LIST(5, 4, 2, 3), 0);
    build_node(b, "Conv", "4 u", "5");
    build_qdq(b, "d", "5", "6", 0.2f, 3, -7);
    build_attr_ints(b, build_node(b, "Transpose", "6", "7"), "perm",
                    LIST(0, 2, 3, 1));
    build_node(b, "Flatten", "7", "8");
    build_weights(b, "v", LIST(5, 10), 0);
    build_attr_i(b, build_node(b, "Gemm", "8 v", "y"), "transB", 1);
}

/* Somebody else reads the floats, too. */
static void flatten_twice(struct build *b)
{
    model_image(b, 3, 4, 5);
    build_qdq(b, "a", "x", "1", 0.07f, 3, 3);
    build_node(b, "Flatten", "1", "2");
    build_weights(b, "v", LIST(5, 60), 0);
    build_attr_i(b, build_node(b, "Gemm", "2 v", "3"), "transB", 1);
    build_node(b, "GlobalMaxPool", "1", "4");
    build_node(b, "Flatten", "4", "5");
    build_random(b, "w", LIST(3, 5));
    build_node(b, "MatMul", "5 w", "6");
    build_node(b, "Add", "3 6", "y");
}

/* All floats of the initializers as float16. */
static void to_halves(struct build *b)
{
    for (size_t i = 0; i < b->graph.n_initializer; i++) {
        Onnx__TensorProto *t = b->tensors[i];
        const float *from = (const float *)(const void *)t->raw_data.data;
        const size_t n = t->raw_data.len / sizeof *from;
        if (t->data_type != 1)
            continue;
        uint16_t *to = build_alloc(b, n, sizeof *to);
        for (size_t j = 0; j < n; j++)
            to[j] = assay_half_from_float(from[j]);
        t->data_type = 10;
        t->raw_data.len = n * sizeof *to;
        t->raw_data.data = (uint8_t *)to;
    }
}

/* A model of float16 between two casts. */
static void half(struct build *b)
{
    model_image(b, 3, 6, 5);
    build_attr_i(b, build_node(b, "Cast", "x", "1"), "to", 10);
    build_random(b, "w", LIST(4, 3, 3, 3));
    build_random(b, "b", LIST(4));
    build_node(b, "Conv", "1 w b", "2");
    build_node(b, "Relu", "2", "3");
    build_node(b, "Add", "3 3", "4");
    build_node(b, "Flatten", "4", "5");
    build_random(b, "v", LIST(48, 5));
    build_random(b, "c", LIST(5));
    build_node(b, "MatMul", "5 v", "6");
    build_node(b, "Add", "6 c", "7");
    build_node(b, "Add", "7 7", "8");
    build_node(b, "Mul", "8 c", "9");
    build_attr_i(b, build_node(b, "Cast", "9", "y"), "to", 1);
    to_halves(b);
}

static void half_norm(struct build *b)
{
    model_image(b, 3, 6, 5);
    build_attr_i(b, build_node(b, "Cast", "x", "1"), "to", 10);
    build_norm(b, "m", "1", "2", 3);
    model_conv(b, "2 w", "3", 4, 3, 3);
    build_norm(b, "n", "3", "4", 4);
    build_node(b, "Relu", "4", "5");
    build_attr_ints(b, build_node(b, "MaxPool", "5", "6"), "kernel_shape",
                    LIST(2, 2));
    build_node(b, "Flatten", "6", "7");
    build_random(b, "v", LIST(5, 24));
    build_random(b, "c", LIST(5));
    build_attr_i(b, build_node(b, "Gemm", "7 v c", "8"), "transB", 1);
    build_attr_i(b, build_node(b, "Cast", "8", "y"), "to", 1);
    to_halves(b);
}

/* y = layer normalization of x, both named, over the last of 8. */
static void layer_norm(struct build *b, const char *x, const char *y)
{
    char list[120], d[40], m[40], v[40], s[40], q[40];
    snprintf(d, sizeof d, "%s.d", y);
    snprintf(m, sizeof m, "%s.m", y);
    snprintf(v, sizeof v, "%s.v", y);
    snprintf(s, sizeof s, "%s.s", y);
    snprintf(q, sizeof q, "%s.q", y);
    build_attr_ints(b, build_node(b, "ReduceMean", x, m), "axes", LIST(-1));
    snprintf(list, sizeof list, "%s %s", x, m);
    build_node(b, "Sub", list, d);
    snprintf(list, sizeof list, "%s two", d);
    build_node(b, "Pow", list, s);
    build_attr_ints(b, build_node(b, "ReduceMean", s, v), "axes", LIST(-1));
    snprintf(list, sizeof list, "%s epsilon", v);
    snprintf(s, sizeof s, "%s.e", y);
    build_node(b, "Add", list, s);
    build_node(b, "Sqrt", s, q);
    snprintf(list, sizeof list, "%s %s", d, q);
    snprintf(s, sizeof s, "%s.n", y);
    build_node(b, "Div", list, s);
    snprintf(list, sizeof list, "%s scale", s);
    snprintf(q, sizeof q, "%s.t", y);
    build_node(b, "Mul", list, q);
    snprintf(list, sizeof list, "%s shift", q);
    build_node(b, "Add", list, y);
    if (b->graph.n_node > 12)
        return;
    build_number(b, "two", 2);
    build_number(b, "epsilon", 1e-5f);
    build_random(b, "scale", LIST(8));
    build_random(b, "shift", LIST(8));
}

/* Neighbours alone see each other. */
static void add_mask(struct build *b, float hidden)
{
    float *m =
        (float *)(void *)build_random(b, "mask", LIST(6, 6))->raw_data.data;
    for (int i = 0; i < 36; i++)
        m[i] = i / 6 - i % 6 < 2 && i % 6 - i / 6 < 2 ? 0 : hidden;
}

static void half_attention(struct build *b)
{
    build_input(b, "x", LIST(-1, 6, 8));
    build_output(b, "y");
    build_attr_i(b, build_node(b, "Cast", "x", "1"), "to", 10);
    layer_norm(b, "1", "2");
    build_number(b, "root", 0.353553f);
    build_attr_ints(b, build_node(b, "Transpose", "2", "3"), "perm",
                    LIST(0, 2, 1));
    build_node(b, "MatMul", "2 3", "4");
    build_node(b, "Mul", "4 root", "5");
    add_mask(b, -65504);
    build_node(b, "Add", "5 mask", "6");
    build_node(b, "Softmax", "6", "7");
    build_node(b, "MatMul", "7 2", "8");
    build_node(b, "Add", "8 1", "9");
    build_attr_i(b, build_node(b, "Cast", "9", "y"), "to", 1);
    to_halves(b);
}

/* output NAME: bytes NAME.x times weights NAME.w [8][n], which make floats. */
static void linear(struct build *b, const char *name, const char *input,
                   int64_t n)
{
    char w[40], c[40], p[40], list[120];
    snprintf(w, sizeof w, "%s.w", name);
    snprintf(c, sizeof c, "%s.c", name);
    snprintf(p, sizeof p, "%s.p", name);
    build_weights(b, w, LIST(8, n), 1);
    build_random(b, c, LIST(n));
    snprintf(list, sizeof list, "%s %s", input, w);
    build_node(b, "MatMul", list, p);
    snprintf(list, sizeof list, "%s %s", c, p);
    build_node(b, "Add", list, name);
}

/* A transformer whose linear layers alone are of bytes; three read the same. */
static void bytes_between(struct build *b)
{
    build_input(b, "x", LIST(-1, 6, 8));
    build_output(b, "y");
    layer_norm(b, "x", "1");
    build_qdq(b, "a", "1", "2", 0.02f, 3, 0);
    linear(b, "q", "2", 8);
    linear(b, "k", "2", 8);
    linear(b, "v", "2", 8);
    build_attr_ints(b, build_node(b, "Transpose", "k", "3"), "perm",
                    LIST(0, 2, 1));
    build_node(b, "MatMul", "q 3", "4");
    add_mask(b, -1e9f);
    build_node(b, "Add", "4 mask", "5");
    build_node(b, "Softmax", "5", "6");
    build_node(b, "MatMul", "6 v", "7");
    build_qdq(b, "b", "7", "8", 0.05f, 3, 0);
    linear(b, "o", "8", 8);
    build_node(b, "Add", "x o", "9");
    build_qdq(b, "d", "9", "10", 0.1f, 3, 0);
    linear(b, "f", "10", 16);
    build_node(b, "Relu", "f", "y");
}

const struct model_case model_compressed_cases[] = {
    {"half", 13, half,
     "cast transpose conv2d binary dense binary depthwise cast", 2e-3},
    {"half norm", 13, half_norm,
     "cast transpose depthwise conv2d pool dense cast", 5e-3},
    {"half attention", 13, half_attention,
     "cast layernorm attention binary cast", 5e-3},
    {"bytes between", 13, bytes_between,
     "layernorm quantize dense dense dense attention quantize dense binary "
     "quantize dense unary",
     2e-2},
    {"flatten twice", 13, flatten_twice, NULL, 2e-2},
    {"shared weights", 13, shared, "transpose conv2d dense", 0},
    {"flatten bytes", 13, flatten_bytes, "quantize transpose conv2d dense",
     2e-2},
    {"pool bytes", 13, pool_bytes,
     "quantize transpose conv2d pool conv2d dense", 2e-2},
    {"binarized", 13, binarized,
     "quantize conv2d signpack conv2d pool binary binary signpack conv2d pool "
     "signpack dense dense quantize dense",
     2e-3},
    {"binarized pool", 13, binarized_pool,
     "quantize transpose conv2d pool signpack dense dense", 2e-3},
    {"binarized rows", 13, binarized_rows,
     "quantize dense signpack dense dense", 2e-3},
    {"binarized bias", 13, binarized_bias, "quantize dense signpack dense",
     1e-5},
    {"binarized zero", 13, binarized_zero,
     "quantize dense binary binary signpack dense", 1e-5},
    {"binarized twice", 13, binarized_twice,
     "quantize dense binary binary signpack dense binary", 2e-3},
};
const size_t model_compressed_case_count =
    sizeof model_compressed_cases / sizeof *model_compressed_cases;
