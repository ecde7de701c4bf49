/* SPDX-License-Identifier: Apache-2.0
 *
 * The scales and zero points that quantize and dequantize have as constants,
 * and as their rows want them: `count` factors (f32: inv of quantize, the scale
 * itself of dequantize), then `count` zero points (s32).
 */
#ifndef ASSAY_KERNELS_SCALES_H
#define ASSAY_KERNELS_SCALES_H

#include "kernels/kernel.h"

/* How many there are: 1, rows or cols. */
int64_t assay_scales_count(enum assay_scales scales, int64_t rows,
                           int64_t cols);

/* INVALID with a message, which begins with `name`, unless both constants are
 * as quantize.h wants them. */
enum assay_status assay_scales_check(const char *name,
                                     const void *const *constants,
                                     int64_t count);

size_t assay_scales_bytes(int64_t count);
void assay_scales_pack(const void *const *constants, int64_t count,
                       bool reciprocal, void *packed);

#endif
