/* SPDX-License-Identifier: Apache-2.0
 *
 * Quantized operators. Bytes are s8 on the device, so uint8 and its zero
 * points are less 128; scales are constants.
 *
 * The nodes of QLinearConv and QLinearMatMul also stand for what QDQ models
 * write as DequantizeLinear, an operator, and QuantizeLinear (simplify_qdq.c):
 * then input 8 may be a float bias, the output's scale (input 6) may be absent,
 * which makes y float, node->act is fused, and the weights of a matrix product
 * are [n][k] if node->transposed.
 */
#ifndef ASSAY_SUITES_MODEL_OP_QUANT_H
#define ASSAY_SUITES_MODEL_OP_QUANT_H

#include "suites/model/op_conv.h"

/* The inputs of QLinearConv, QLinearMatMul and the sum of two. */
enum {
    ASSAY_Q_X,
    ASSAY_Q_X_SCALE,
    ASSAY_Q_X_ZERO,
    ASSAY_Q_W,
    ASSAY_Q_W_SCALE,
    ASSAY_Q_W_ZERO,
    ASSAY_Q_Y_SCALE,
    ASSAY_Q_Y_ZERO,
    ASSAY_Q_BIAS,
    ASSAY_Q_INPUTS
};

/* Scales and zero points: one, or one for each channel; the zero points as s8.
 */
struct assay_scaling {
    int64_t n;
    const float *scale;
    const int32_t *zero;
};

/* From inputs `scale` and `zero` (may be absent: 0); INVALID unless each scale
 * is positive and normal, and the zero points are constants of `element` and
 * as many. */
enum assay_status assay_scaling_read(struct assay_lowering *lowering,
                                     const struct assay_node *node,
                                     uint32_t scale, uint32_t zero,
                                     enum assay_element element,
                                     struct assay_scaling *scaling);

/* Lowered nodes of patterns. */
extern const struct assay_operator assay_operator_q_conv;
extern const struct assay_operator assay_operator_q_matmul;
extern const struct assay_operator assay_operator_q_add;
extern const struct assay_operator assay_operator_q_sub;
extern const struct assay_operator assay_operator_q_mul;
extern const struct assay_operator assay_operator_q_pool;
extern const struct assay_operator assay_operator_q_function;
extern const struct assay_operator assay_operator_q_global;

#endif
