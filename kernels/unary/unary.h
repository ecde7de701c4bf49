/* SPDX-License-Identifier: Apache-2.0
 *
 * A function of one number, by element: y[i] = f(x[i]) for `n` elements. `act`
 * names f: an activation of act.h, or one of the functions below, which no
 * kernel fuses. y may be the same array as x; it does not overlap it otherwise.
 *
 * f32, f16: computed in f32. Beyond f's domain as C's functions have it.
 *
 * s8: any f as a table of the 256 values, filled at prepare in double. Real
 * values are s (q - zero) with the zero points x_zero and y_zero and the
 * constant `scales` (f32[2]: s of x, of y; finite, above 0):
 *     y = min(max(rint(f(sx (x - x_zero)) / sy) + y_zero, -128), 127)
 * with rint to nearest, ties to even; y_zero where f is a NaN. Equal to the bit
 * in every row.
 */
#ifndef ASSAY_KERNELS_UNARY_H
#define ASSAY_KERNELS_UNARY_H

#include <stdint.h>

#include "kernels/act.h"

/* Numbered behind enum assay_act; shaders know them by their distance from
 * ASSAY_FUNCTION_FIRST (function.cl, function.glsl), so their order is part of
 * the contract. */
enum assay_function {
    ASSAY_FUNCTION_FIRST = ASSAY_ACTS,
    ASSAY_FUNCTION_IDENTITY = ASSAY_FUNCTION_FIRST, /* of s8: a new scale */
    ASSAY_FUNCTION_ERF,
    ASSAY_FUNCTION_SQRT,
    ASSAY_FUNCTION_EXP,
    ASSAY_FUNCTION_LOG,
    ASSAY_FUNCTION_NEG,
    ASSAY_FUNCTION_ABS,
    ASSAY_FUNCTION_RECIPROCAL,
    ASSAY_FUNCTION_HARDSIGMOID, /* min(max(alpha x + beta, 0), 1) */
    ASSAY_FUNCTION_LEAKYRELU,   /* alpha x below 0 */
    ASSAY_FUNCTION_ELU,         /* alpha (exp(x) - 1) up to 0 */
    ASSAY_FUNCTION_SOFTPLUS,    /* ln(1 + exp x) */
    ASSAY_FUNCTION_CLIP,        /* min(max(x, low), high) */
    ASSAY_FUNCTION_SIGN,        /* -1, 0 or 1 */
    ASSAY_FUNCTION_FLOOR,
    ASSAY_FUNCTION_CEIL,
    ASSAY_FUNCTION_ROUND, /* to nearest, ties to even */
    ASSAY_FUNCTIONS
};

/* By number: the activations, then "identity", "erf", "sqrt" … as above, then
 * NULL. */
extern const char *const assay_function_names[];

struct assay_unary {
    int64_t n;
    int64_t act;        /* enum assay_act but NONE, or enum assay_function */
    double alpha, beta; /* used as floats */
    double low, high;   /* likewise; infinite where there is no bound */
    int64_t x_zero, y_zero;
};

/* f in double precision, as references use it. */
double assay_unary_apply(const struct assay_unary *d, double x);

#endif
