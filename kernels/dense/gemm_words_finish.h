/* SPDX-License-Identifier: Apache-2.0
 *
 * What follows on the sums of gemm_s32_tile.h: rows of a tile against one
 * panel, to n ≤ TILE_N elements of y from element `at` on. `head` is the panel
 * (struct assay_word_panels), whose first three rows of words are used.
 */
#ifndef ASSAY_KERNELS_GEMM_WORDS_FINISH_H
#define ASSAY_KERNELS_GEMM_WORDS_FINISH_H

#include "kernels/requantize.h"

/* s8: m rows, `pitch` elements apart in y, with the bias, and less row_sums[i]
 * (what the words of x add up to) times the zero point; row_sums NULL: no zero
 * points. */
ASSAY_INLINE void gemm_s8_finish(const struct assay_requantize *requantize,
                                 const void *head, const int32_t *sums,
                                 const int32_t *row_sums, void *y, int64_t at,
                                 int64_t pitch, int64_t m, int64_t n)
{
    const struct assay_requantize r = *requantize; /* y aliases all else */
    const int32_t *first = head, *zeros = first + 2 * TILE_N;
    const float *scales = (const float *)head + TILE_N;
    for (int64_t j = 0; j < n; j += ASSAY_VF_LANES) {
        const int64_t lanes = n - j < ASSAY_VF_LANES ? n - j : ASSAY_VF_LANES;
        /* Unsigned, since parts of the sum wrap around. */
        const assay_vu bias = (assay_vu)assay_vi_load(first + j);
        const assay_vu zero = (assay_vu)assay_vi_load(zeros + j);
        const assay_vf scale = assay_vf_load(scales + j);
        for (int64_t i = 0; i < m; i++) {
            assay_vu sum =
                (assay_vu)assay_vi_load(sums + i * TILE_N + j) + bias;
            if (row_sums)
                sum -= zero * (uint32_t)row_sums[i];
            assay_requantize_lanes(&r, (assay_vi)sum, scale, y,
                                   at + i * pitch + j, lanes);
        }
    }
}

/* Bit j of the result: lane j of v is not 0. */
ASSAY_INLINE uint32_t gemm_lanes(assay_vi v)
{
#if defined(__AVX512F__)
    return _mm512_test_epi32_mask((__m512i)v, (__m512i)v);
#elif defined(__AVX2__)
    return (uint32_t)_mm256_movemask_ps((__m256)v);
#elif defined(__SSE2__)
    return (uint32_t)_mm_movemask_ps((__m128)v);
#else
    uint32_t mask = 0;
    for (int j = 0; j < ASSAY_VF_LANES; j++)
        mask |= (v[j] ? 1u : 0u) << j;
    return mask;
#endif
}

/* b1: the sums are counts of set bits among `terms`. Outputs of b1 come in
 * whole panels. */
ASSAY_INLINE void gemm_b1_finish(const struct assay_requantize *r,
                                 const void *head, const int32_t *sums,
                                 int32_t terms, bool biased, void *y,
                                 int64_t at, int64_t n)
{
    const int32_t *limit = head, *flip = limit + 2 * TILE_N;
    const float *bias = head, *scale = bias + TILE_N;
    if (r->type == ASSAY_B1) {
        uint32_t bits = 0;
        for (int j = 0; j < TILE_N; j += ASSAY_VF_LANES) {
            const assay_vi above =
                assay_vi_load(sums + j) > assay_vi_load(limit + j);
            bits |= gemm_lanes(above ^ assay_vi_load(flip + j)) << j;
        }
        memcpy((uint8_t *)y + at / 8, &bits, TILE_N / 8);
        return;
    }
    float *to = (float *)y + at;
    for (int64_t j = 0; j < n; j += ASSAY_VF_LANES) {
        const int64_t left = n - j;
        const assay_vi sum = terms - 2 * assay_vi_load(sums + j);
        assay_vf v = assay_vf_from_vi(sum) * assay_vf_load(scale + j);
        if (biased)
            v = assay_vf_rounded(v) + assay_vf_load(bias + j);
        assay_vf_store_part(to + j,
                            left < ASSAY_VF_LANES ? left : ASSAY_VF_LANES, v);
    }
}

#endif
