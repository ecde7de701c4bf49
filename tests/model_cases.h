/* SPDX-License-Identifier: Apache-2.0
 *
 * Small models, and what they must be lowered to.
 */
#ifndef ASSAY_TESTS_MODEL_CASES_H
#define ASSAY_TESTS_MODEL_CASES_H

#include "tests/onnx_build.h"

struct model_case {
    const char *name;
    int opset;
    void (*build)(struct build *b);
    const char *steps; /* the ops of the lowering, parted by spaces */
    double tolerance;  /* of the largest result; 0: 2e-5 */
};

extern const struct model_case model_cases[];
extern const size_t model_case_count;
/* Those of model_cases_patterns.c. */
extern const struct model_case model_pattern_cases[];
extern const size_t model_pattern_case_count;
/* Those of model_cases_compressed.c. */
extern const struct model_case model_compressed_cases[];
extern const size_t model_compressed_case_count;

/* A dynamic batch of images, or rows, x; and the output y. */
void model_image(struct build *b, int64_t c, int64_t h, int64_t w);
void model_rows(struct build *b, int64_t n);

/* Conv of "image weights bias", with random weights [k][c][r][r] and bias. */
Onnx__NodeProto *model_conv(struct build *b, const char *inputs,
                            const char *output, int64_t k, int64_t c,
                            int64_t r);

/* A sound model of opset 13 to spoil: convolution (x, w), normalization (n.s,
 * n.b, n.m, n.v), ReLU, pool, flatten, Gemm (v, c); input x, output y. The
 * builder is initialized here. */
void model_sound(struct build *b);

#endif
