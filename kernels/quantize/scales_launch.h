/* SPDX-License-Identifier: Apache-2.0
 *
 * How the device rows of quantize and dequantize start: scales.cl, scales.glsl.
 */
#ifndef ASSAY_KERNELS_SCALES_LAUNCH_H
#define ASSAY_KERNELS_SCALES_LAUNCH_H

#include "kernels/launch.h"
#include "kernels/quantize/scales.h"

static inline void assay_launch_scales(const struct assay_row *row,
                                       enum assay_scales scales, int64_t rows,
                                       int64_t cols, int64_t low, int64_t high,
                                       struct assay_launch *launch)
{
    const int64_t words[] = {scales == ASSAY_SCALES_TENSOR ? rows * cols : cols,
                             assay_scales_count(scales, rows, cols), low, high};
    assay_launch_span(row, rows * cols, launch);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        launch->words[launch->n_words++] = (uint32_t)words[i];
    launch->spec[launch->n_spec++] = (uint32_t)scales;
}

#endif
