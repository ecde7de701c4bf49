/* SPDX-License-Identifier: Apache-2.0
 *
 * Arithmetic of two inputs by element, with an activation:
 *
 *     y[i0][i1][i2][i3] = act(a[…] kind b[…])
 *
 * y has the dimensions d0 × d1 × d2 × d3, the last one contiguous. Each input
 * has those of them whose flag (a0 … a3, b0 … b3) is 1, in this order, and is
 * repeated along the others: a row b of a matrix y of d2 × d3 has b2 = 0 and
 * b3 = 1, a scalar none. One of the inputs has each dimension above 1.
 *
 * f32, f16: kinds as in enum assay_binary_kind. pow follows C's pow for finite
 * operands: a negative a wants an integer b.
 *
 * s8: add, sub and mul; no activation, since `low` and `high` bound y. Real
 * values are s (q - zero) with the zero points a_zero, b_zero, y_zero and the
 * constant `scales` (f32[3]: s of a, of b, of y; finite, above 0):
 *   mul: v = rint((float)((a - a_zero) (b - b_zero)) * m),
 *        m = (float)((double)sa sb / sy)
 *   add, sub: v = ((a - a_zero) ma ± (b - b_zero) mb) / 2^shift, rounded to
 *        nearest, ties to even, with the integers ma = rint(sa/sy 2^shift), mb
 *        alike and the shift that makes the larger one at least 2^20 and below
 *        2^21 (XNNPACK's scheme of addition, but for its rounding). The larger
 *        of sa/sy and sb/sy lies within [2^-10, 2^8).
 *   y = min(max(v + y_zero, low), high), equal to the bit in every row.
 *
 * y may be the same array as an input that has every dimension; it does not
 * overlap them otherwise.
 */
#ifndef ASSAY_KERNELS_BINARY_H
#define ASSAY_KERNELS_BINARY_H

#include <stdint.h>

enum assay_binary_kind {
    ASSAY_BINARY_ADD,
    ASSAY_BINARY_SUB,
    ASSAY_BINARY_MUL,
    ASSAY_BINARY_DIV,
    ASSAY_BINARY_MIN, /* of a and a NaN: either */
    ASSAY_BINARY_MAX,
    ASSAY_BINARY_POW,
    ASSAY_BINARY_KINDS
};

/* "add", "sub", "mul", "div", "min", "max", "pow", then NULL. */
extern const char *const assay_binary_kind_names[];

struct assay_binary {
    int64_t kind;           /* enum assay_binary_kind */
    int64_t d0, d1, d2, d3; /* 1 where absent */
    int64_t a0, a1, a2, a3; /* 0 or 1 */
    int64_t b0, b1, b2, b3;
    int64_t act; /* enum assay_act */
    int64_t a_zero, b_zero, y_zero, low, high;
};

#endif
