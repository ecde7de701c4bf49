/* SPDX-License-Identifier: Apache-2.0
 *
 * ONNX models made by hand, for tests: a builder that owns everything it
 * hands out, and an evaluator that shares nothing with the product: it walks
 * the same protobuf structs, in double precision and ONNX's own layouts.
 * Failures end the test.
 */
#ifndef ASSAY_TESTS_ONNX_BUILD_H
#define ASSAY_TESTS_ONNX_BUILD_H

#include <stdbool.h>

#include "onnx.pb-c.h"
#include "suites/model/region.h"

enum { BUILD_MAX = 64 };

struct build {
    struct assay_region region;
    Onnx__ModelProto model;
    Onnx__GraphProto graph;
    Onnx__OperatorSetIdProto opset;
    Onnx__OperatorSetIdProto *opsets[1];
    Onnx__NodeProto *nodes[BUILD_MAX];
    Onnx__TensorProto *tensors[BUILD_MAX];
    Onnx__ValueInfoProto *inputs[4], *outputs[4];
    uint64_t seed;
};

/* A list of numbers, and how many they are. */
#define LIST(...)                                                              \
    (const int64_t[]){__VA_ARGS__},                                            \
        sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t)

void build_init(struct build *b, int opset);
void build_free(struct build *b);
void *build_alloc(struct build *b, size_t count, size_t size);

/* dims[0] = -1: dynamic. */
void build_input(struct build *b, const char *name, const int64_t *dims,
                 size_t rank);
void build_output(struct build *b, const char *name);

/* An initializer of seeded numbers in [-1, 1), or [0.5, 1.5). */
Onnx__TensorProto *build_random(struct build *b, const char *name,
                                const int64_t *dims, size_t rank);
Onnx__TensorProto *build_positive(struct build *b, const char *name,
                                  const int64_t *dims, size_t rank);
/* An initializer that is one number (rank 0), or a list of integers. */
Onnx__TensorProto *build_number(struct build *b, const char *name, float value);
Onnx__TensorProto *build_ints(struct build *b, const char *name,
                              const int64_t *values, size_t n);

/* Random int8 or uint8 (ONNX's data types 3 and 2), and one of them alone. */
Onnx__TensorProto *build_bytes(struct build *b, const char *name, int type,
                               const int64_t *dims, size_t rank);
Onnx__TensorProto *build_byte(struct build *b, const char *name, int type,
                              int value);

/* QuantizeLinear and DequantizeLinear of one scale, named NAME.s and NAME.z;
 * the bytes are NAME.q. build_weights makes the bytes themselves, with a scale
 * for each of axis `axis`. */
void build_qdq(struct build *b, const char *name, const char *input,
               const char *output, float scale, int type, int zero);
void build_weights(struct build *b, const char *name, const int64_t *dims,
                   size_t rank, int axis);

/* A node; names in `inputs` and `outputs` are parted by spaces, "-" is an
 * absent one. It is called OP_number. */
Onnx__NodeProto *build_node(struct build *b, const char *op, const char *inputs,
                            const char *outputs);
Onnx__AttributeProto *build_attr_i(struct build *b, Onnx__NodeProto *node,
                                   const char *name, int64_t value);
Onnx__AttributeProto *build_attr_f(struct build *b, Onnx__NodeProto *node,
                                   const char *name, float value);
Onnx__AttributeProto *build_attr_s(struct build *b, Onnx__NodeProto *node,
                                   const char *name, const char *value);
Onnx__AttributeProto *build_attr_ints(struct build *b, Onnx__NodeProto *node,
                                      const char *name, const int64_t *values,
                                      size_t n);

/* Scale, shift, mean and variance named NAME.s, .b, .m and .v, and the node. */
Onnx__NodeProto *build_norm(struct build *b, const char *name,
                            const char *input, const char *output, int64_t c);

/* The serialized model (of the builder), and as a file. */
const uint8_t *build_pack(struct build *b, size_t *size);
void build_write(const char *path, const uint8_t *bytes, size_t size);

/* Whether Dropout of that rate, a multiple of 1/65536, keeps an element
 * (kernels/dropout/dropout.h, but from another source). */
bool build_keeps(int64_t seed, double rate, int64_t element);

/* The model's output for an input of that batch; *n is its length. The result
 * belongs to the builder. */
const double *build_evaluate(struct build *b, const float *input, int64_t batch,
                             size_t *n);

#endif
