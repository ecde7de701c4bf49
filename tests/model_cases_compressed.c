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

const struct model_case model_compressed_cases[] = {
    {"shared weights", 13, shared, "transpose conv2d dense", 0},
    {"flatten bytes", 13, flatten_bytes, "quantize transpose conv2d dense",
     2e-2},
    {"binarized", 13, binarized,
     "quantize conv2d binary binary signpack conv2d pool binary binary "
     "signpack conv2d pool signpack dense dense quantize dense",
     2e-3},
};
const size_t model_compressed_case_count =
    sizeof model_compressed_cases / sizeof *model_compressed_cases;
