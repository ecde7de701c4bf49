/* SPDX-License-Identifier: Apache-2.0
 *
 * f32 to s8: x and y are [rows][cols],
 *
 *     y = min(max(rint(x inv) + zero, low), high)
 *
 * with inv = (float)(1.0 / scale), one multiplication in f32, and rint to
 * nearest, ties to even; equal to the bit in every row. Real values are
 * scale (y - zero). `scales` says what has a scale and a zero point of its own:
 * all of x, each row or each column. What a NaN becomes is not defined, but
 * lies within low and high.
 *
 * Constants: scale, f32, finite, above 0 and not so small that inv is infinite;
 * zero, s32, within -128 to 127. An unsigned format (0 to 255) is the signed
 * one with its zero point less 128.
 *
 * The dtype of the op is that of its narrow side, s8.
 */
#ifndef ASSAY_KERNELS_QUANTIZE_H
#define ASSAY_KERNELS_QUANTIZE_H

#include <stdint.h>

enum assay_scales {
    ASSAY_SCALES_TENSOR,
    ASSAY_SCALES_ROW,
    ASSAY_SCALES_COLUMN,
    ASSAY_SCALES_KINDS
};

/* "tensor", "row", "column", then NULL. */
extern const char *const assay_scales_names[];

struct assay_quantize {
    int64_t rows, cols;
    int64_t scales; /* enum assay_scales */
    int64_t low, high;
};

#endif
