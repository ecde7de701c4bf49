/* SPDX-License-Identifier: Apache-2.0
 *
 * What the ops with weights (dense, conv2d, depthwise, sparse, lowrank) have in
 * common in their dtypes s8 and b1: parameters, constants and mathematics.
 *
 * Constants, in this order: w, bias [n], scale [n], wzero [n], threshold [n],
 * flip [n/32]; n is the number of output channels and j numbers them.
 *
 * s8, in exact int32 arithmetic (x, w: s8; x_zero, wzero: of the elements'
 * range; wzero is absent without the parameter of that name, and then 0):
 *
 *     acc = sum (x - x_zero) (w - wzero[j]) + bias[j]     bias: s32
 *
 * b1, where x and w are ±1 and a sum has K terms, by words of 32 channels:
 *
 *     acc = sum x w = K - 2 popcount(x xor w)
 *
 * The output, by the parameter `out`, v = (float)acc * scale[j], rounded once;
 * rint is to nearest, ties to even:
 *
 *     same   s8 for s8, b1 for b1
 *     s8     y = clamp(rint(v) + y_zero, low, high); a fused relu is low =
 * y_zero f32    s8: y = v; b1: y = v + bias[j], a second rounding (bias: f32)
 *     s32    y = acc (s8 only); no scale
 *     b1     y = -1, a set bit, if (acc < threshold[j]) xor bit j of flip: the
 *            sign of a batch-normalized acc, flip where its factor is negative
 *            (b1 only; no scale, no bias; n a multiple of 32)
 *
 * Every row gives the same bits. scale is a normal float, of either sign; a
 * subnormal y may be 0. |acc| and any part of it stay below 2^31, or the
 * problem is refused. y_zero, low and high have no meaning unless y is s8.
 */
#ifndef ASSAY_KERNELS_QUANTIZED_H
#define ASSAY_KERNELS_QUANTIZED_H

#include <stdint.h>

enum assay_out {
    ASSAY_OUT_SAME,
    ASSAY_OUT_F32,
    ASSAY_OUT_S8,
    ASSAY_OUT_S32,
    ASSAY_OUT_B1,
    ASSAY_OUTS
};

extern const char *const assay_out_names[]; /* "same", … then NULL */

struct assay_quantized {
    int64_t out;       /* enum assay_out */
    int64_t x_zero;    /* s8; -128 to 127 */
    int64_t y_zero;    /* of y as s8, as are the next two */
    int64_t low, high; /* low <= high */
    int64_t wzero;     /* s8: 0 or 1: the constant wzero is there */
};

#endif
