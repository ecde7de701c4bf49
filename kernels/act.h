/* SPDX-License-Identifier: Apache-2.0
 *
 * The activations that a kernel can fuse. A shader knows them by number
 * (kernels/act.glsl, kernels/act.cl), so the values are part of the contract.
 */
#ifndef ASSAY_KERNELS_ACT_H
#define ASSAY_KERNELS_ACT_H

enum assay_act {
    ASSAY_ACT_NONE = 0,
    ASSAY_ACT_RELU = 1,    /* max(x, 0) */
    ASSAY_ACT_RELU6 = 2,   /* min(max(x, 0), 6) */
    ASSAY_ACT_GELU = 3,    /* x/2 (1 + erf(x/sqrt 2)), the exact form */
    ASSAY_ACT_SIGMOID = 4, /* 1/(1 + exp(-x)) */
    /* x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), the approximation */
    ASSAY_ACT_GELU_TANH = 5,
    ASSAY_ACT_TANH = 6,
    ASSAY_ACT_HARDSWISH = 7, /* x min(max(x + 3, 0), 6)/6 */
    ASSAY_ACTS
};

#define ASSAY_ACT_NAMES                                                        \
    "none", "relu", "relu6", "gelu", "sigmoid", "gelu_tanh", "tanh", "hardswish"

/* "none", "relu", "relu6", "gelu", "sigmoid", "gelu_tanh" …, then NULL. */
extern const char *const assay_act_names[];

/* The activation in double precision, as references use it. */
double assay_act_apply(enum assay_act act, double x);

#endif
