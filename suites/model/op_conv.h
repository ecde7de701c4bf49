/* SPDX-License-Identifier: Apache-2.0
 *
 * What convolutions of floats and of quantized integers have in common.
 */
#ifndef ASSAY_SUITES_MODEL_OP_CONV_H
#define ASSAY_SUITES_MODEL_OP_CONV_H

#include "suites/model/op_window.h"

struct assay_conv_plan {
    enum assay_dtype dtype;
    double zero;         /* what padding holds */
    struct assay_dims x; /* [n][c][…] */
    struct assay_window win;
    int64_t k, groups;
};

/* The kernel's problem: images in n, depth in c. */
struct assay_conv_shape {
    int64_t n, h, w, c, k;
};

/* Check channels, groups and the bias [k] of Conv and its like. */
enum assay_status assay_conv_check(const struct assay_lowering *lowering,
                                   const struct assay_node *node,
                                   const struct assay_dims *x,
                                   const struct assay_dims *w,
                                   const struct assay_dims *bias);

/* Input 0 as the kernel wants it; or what lies in *tensor as [n][…][c]. */
enum assay_status assay_conv_input(struct assay_lowering *lowering,
                                   const struct assay_node *node,
                                   const struct assay_conv_plan *plan,
                                   unsigned *tensor);
enum assay_status assay_conv_unfold(struct assay_lowering *lowering,
                                    const struct assay_node *node,
                                    const struct assay_conv_plan *plan,
                                    unsigned *tensor);

/* Whether the kernel is the depthwise one. */
bool assay_conv_is_depthwise(const struct assay_conv_plan *plan);

/* Weights [k][c/groups][…] of elements of `size` bytes in the kernel's order.
 */
void assay_conv_permute(const struct assay_conv_plan *plan, const char *from,
                        size_t size, char *to);

/* The problem, without what belongs to a dtype. */
void assay_conv_problem(const struct assay_conv_plan *plan, bool bias,
                        struct assay_problem *problem);

/* The parameters of s8 or b1 in a problem. */
void assay_conv_set_quantized(const struct assay_quantized *q,
                              struct assay_problem *problem);

/* The convolution of what assay_conv_input or _unfold gave, with weights in
 * ONNX's order [k][c/groups][…] and a bias [k] or NULL. */
enum assay_status assay_conv_append(struct assay_lowering *lowering,
                                    const struct assay_node *node,
                                    const struct assay_conv_plan *plan,
                                    unsigned x, const float *weights,
                                    const float *bias);

/* How its output lies. */
struct assay_order assay_conv_order(const struct assay_conv_plan *plan);

#endif
