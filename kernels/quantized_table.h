/* SPDX-License-Identifier: Apache-2.0
 *
 * What the table entries of the ops of quantized.h share. They have the
 * constants of that header in its order, and a field `q` of struct
 * assay_quantized in their shape struct, whose parameters
 * ASSAY_QUANTIZED_PARAMS lists.
 */
#ifndef ASSAY_KERNELS_QUANTIZED_TABLE_H
#define ASSAY_KERNELS_QUANTIZED_TABLE_H

#include "kernels/kernel.h"

/* In an array of struct assay_param; `type` is the shape struct. */
#define ASSAY_QUANTIZED_PARAMS(type)                                            \
    {"out", offsetof(type, q.out), 0,    ASSAY_OUTS - 1, ASSAY_OUT_SAME,        \
     false, assay_out_names,       false},                                      \
        {"x_zero", offsetof(type, q.x_zero), -128, 127, 0, false, NULL, false}, \
        {"y_zero", offsetof(type, q.y_zero), -128, 127, 0, false, NULL, false}, \
        {"low", offsetof(type, q.low), -128, 127, -128, false, NULL, false},    \
        {"high", offsetof(type, q.high), -128, 127, 127, false, NULL, false},   \
    {                                                                           \
        "wzero", offsetof(type, q.wzero), 0, 1, 0, false, NULL, false           \
    }

/* The constants by their place in the op's list of them. */
enum assay_quantized_constant {
    ASSAY_QUANTIZED_W,
    ASSAY_QUANTIZED_BIAS,
    ASSAY_QUANTIZED_SCALE,
    ASSAY_QUANTIZED_WZERO,
    ASSAY_QUANTIZED_THRESHOLD,
    ASSAY_QUANTIZED_FLIP,
    ASSAY_QUANTIZED_CONSTANTS
};

/* A problem of such an op, of any dtype. */
struct assay_quantized_view {
    const char *name; /* of the op */
    enum assay_dtype dtype;
    const struct assay_quantized *q;
    int64_t terms;   /* of the longest sum: K; b1: in channels */
    int64_t columns; /* n, outputs of a position */
    int64_t bias;    /* 0 or 1 */
    int64_t act;     /* enum assay_act */
};

/* Element type of the output: `same` is resolved. */
enum assay_dtype
assay_quantized_output(const struct assay_quantized_view *view);

/* Type and number of elements of each constant but w, 0 if absent (f32 and f16:
 * bias alone). */
enum assay_dtype assay_quantized_type(const struct assay_quantized_view *view,
                                      enum assay_quantized_constant constant);
size_t assay_quantized_elements(const struct assay_quantized_view *view,
                                enum assay_quantized_constant constant);

/* INVALID with a message unless the parameters fit each other and the dtype,
 * and a sum of as many terms fits int32. The sizes themselves, and that the
 * channels of b1 are a multiple of 32, are for the op to check. */
enum assay_status
assay_quantized_check(const struct assay_quantized_view *view);

/* INVALID with a message if a scale is not a normal float, a bias of b1 is not
 * finite, or a bias of s8 lets a sum leave int32. `constants` in the op's
 * order, at least ASSAY_QUANTIZED_CONSTANTS of them unless the dtype is f32 or
 * f16. */
enum assay_status
assay_quantized_check_constants(const struct assay_quantized_view *view,
                                const void *const *constants);

/* Random contents of a constant of n elements (w, and as it x): x and w uniform
 * or, one in two, of large elements of one sign; scales that spread most
 * outputs of uniform x and w over the range of y, some beyond it; thresholds
 * amid the sums. */
void assay_quantized_fill(struct assay_random *random,
                          const struct assay_quantized_view *view,
                          enum assay_quantized_constant constant, void *data,
                          size_t n);

/* Draws out, zero points and bounds that are legal for the dtype (s8, b1). */
void assay_quantized_random(struct assay_random *random, enum assay_dtype dtype,
                            struct assay_quantized *q);

/* Appends what is not standard, "+f32+x-3", to the shape's text. */
void assay_quantized_text(const struct assay_quantized_view *view, char *text,
                          size_t size);

#endif
