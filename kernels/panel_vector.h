/* SPDX-License-Identifier: Apache-2.0
 *
 * Panels of a right side that is an input (gemm_f32_tile.h reads them): the
 * product packs them itself, in float, times a factor. For f32 and f16, as
 * real_vector.h has it. `width` is a multiple of a vector; lanes beyond the
 * `count` that there are become zeros. Memory beyond the elements named is not
 * touched.
 */
#ifndef ASSAY_KERNELS_PANEL_VECTOR_H
#define ASSAY_KERNELS_PANEL_VECTOR_H

#include "kernels/real_vector.h"
#include "kernels/turn_vector.h"

/* Lane j, step c is element c of line j: `count` lines of `depth` elements,
 * `stride` apart, become panel[depth][width]. */
static inline __attribute__((unused)) void
assay_panel_of_columns(const assay_real *lines, int64_t stride, int64_t count,
                       int64_t depth, float factor, float *panel, int64_t width)
{
    for (int64_t j = 0; j < width; j += ASSAY_VF_LANES) {
        const assay_real *from = lines + j * stride;
        const int64_t rows = count - j;
        for (int64_t c = 0; c < depth; c += ASSAY_VF_LANES) {
            const int64_t left = depth - c;
            assay_vf v[ASSAY_VF_LANES];
            float *to = panel + c * width + j;
            if (rows >= ASSAY_VF_LANES && left >= ASSAY_VF_LANES) {
                for (int i = 0; i < ASSAY_VF_LANES; i++)
                    v[i] = assay_real_load(from + i * stride + c) * factor;
            } else {
                const int64_t n = left < ASSAY_VF_LANES ? left : ASSAY_VF_LANES;
                for (int i = 0; i < ASSAY_VF_LANES; i++)
                    v[i] = i < rows ? assay_real_load_part(
                                          from + i * stride + c, n, 0) *
                                          factor
                                    : (assay_vf){0};
            }
            assay_vf_turn(v);
            for (int i = 0; i < ASSAY_VF_LANES; i++)
                if (i < left)
                    assay_vf_store(to + i * width, v[i]);
        }
    }
}

/* Lane j, step l is element j of line l: `depth` lines of `count` elements,
 * `stride` apart, become panel[depth][width]. */
static inline __attribute__((unused)) void
assay_panel_of_rows(const assay_real *lines, int64_t stride, int64_t count,
                    int64_t depth, float factor, float *panel, int64_t width)
{
    for (int64_t l = 0; l < depth; l++, lines += stride, panel += width) {
        for (int64_t j = 0; j < width; j += ASSAY_VF_LANES) {
            const int64_t left = count - j;
            const int64_t n = left < 0                ? 0
                              : left < ASSAY_VF_LANES ? left
                                                      : ASSAY_VF_LANES;
            const assay_vf v = n == ASSAY_VF_LANES
                                   ? assay_real_load(lines + j)
                                   : assay_real_load_part(lines + j, n, 0);
            assay_vf_store(panel + j, v * factor);
        }
    }
}

/* n elements as floats, times a factor. */
static inline __attribute__((unused)) void
assay_real_widen(const assay_real *from, int64_t n, float factor, float *to)
{
    int64_t i = 0;
    for (; i + ASSAY_VF_LANES <= n; i += ASSAY_VF_LANES)
        assay_vf_store(to + i, assay_real_load(from + i) * factor);
    if (i < n)
        assay_vf_store_part(to + i, n - i,
                            assay_real_load_part(from + i, n - i, 0) * factor);
}

/* n floats, times a factor, as elements. */
static inline __attribute__((unused)) void
assay_real_narrow(const float *from, int64_t n, float factor, assay_real *to)
{
    int64_t i = 0;
    for (; i + ASSAY_VF_LANES <= n; i += ASSAY_VF_LANES)
        assay_real_store(to + i, assay_vf_load(from + i) * factor);
    if (i < n)
        assay_real_store_part(to + i, n - i,
                              assay_vf_load_part(from + i, n - i, 0) * factor);
}

#endif
