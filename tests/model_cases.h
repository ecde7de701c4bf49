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

/* A sound model of opset 13 to spoil: convolution (x, w), normalization (n.s,
 * n.b, n.m, n.v), ReLU, pool, flatten, Gemm (v, c); input x, output y. The
 * builder is initialized here. */
void model_sound(struct build *b);

#endif
