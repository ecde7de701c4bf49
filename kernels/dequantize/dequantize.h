/* SPDX-License-Identifier: Apache-2.0
 *
 * s8 or s32 to f32: x and y are [rows][cols],
 *
 *     y = (float)(x - zero) scale
 *
 * with the difference modulo 2^32, rounded to float to nearest, ties to even,
 * and one multiplication in f32; equal to the bit in every row. `scales` and
 * the constants scale (f32) and zero (s32) are as in quantize.h.
 *
 * The dtype of the op is s8 in both cases; `from` tells what x holds: s32 is
 * the sums of a product of s8.
 */
#ifndef ASSAY_KERNELS_DEQUANTIZE_H
#define ASSAY_KERNELS_DEQUANTIZE_H

#include <stdint.h>

enum assay_dequantize_from {
    ASSAY_DEQUANTIZE_S8,
    ASSAY_DEQUANTIZE_S32,
    ASSAY_DEQUANTIZE_FROMS
};

/* "s8", "s32", then NULL. */
extern const char *const assay_dequantize_from_names[];

struct assay_dequantize {
    int64_t rows, cols;
    int64_t scales; /* enum assay_scales of quantize.h */
    int64_t from;   /* enum assay_dequantize_from */
};

#endif
