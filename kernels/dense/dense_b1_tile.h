/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, b1, around a register tile of gemm_s32_tile.h: rows of x as they are,
 * and from popcounts to y.
 */
#include "kernels/dense/dense_words_tile.h"

static const tile_word *tile_row(const struct dense_pass *pass, int64_t i,
                                 int64_t row)
{
    const uint8_t *x = pass->x + i * pass->row_bytes;
    uint8_t *to = pass->scratch + row * assay_dense_row_words(pass->words) * 4;
    if (!pass->spread)
        return (const tile_word *)(const void *)x;
    memcpy(to, x, (size_t)pass->row_bytes);
    return (const tile_word *)(const void *)to;
}

/* Bit j of the result: lane j of v is not 0. */
static inline uint32_t tile_mask(assay_vi v)
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

static void tile_finish(const struct dense_pass *pass, int64_t i, int64_t p,
                        int64_t row)
{
    const struct assay_dense *d = pass->d;
    const int32_t *first = tile_head(pass, p, 0);
    const float *bias = tile_head(pass, p, 0), *scale = tile_head(pass, p, 1);
    const int32_t *flip = tile_head(pass, p, 2);
    const int32_t *sums = pass->sums + row * TILE_N;
    const int64_t n = tile_columns(pass, p);
    if (pass->requantize.type == ASSAY_B1) {
        uint32_t bits = 0;
        for (int j = 0; j < TILE_N; j += ASSAY_VF_LANES) {
            const assay_vi above =
                assay_vi_load(sums + j) > assay_vi_load(first + j);
            bits |= tile_mask(above ^ assay_vi_load(flip + j)) << j;
        }
        memcpy((uint8_t *)pass->y + (i * d->n + p * TILE_N) / 8, &bits,
               TILE_N / 8);
        return;
    }
    float *y = (float *)pass->y + i * d->n + p * TILE_N;
    for (int64_t j = 0; j < n; j += ASSAY_VF_LANES) {
        const assay_vi sum = (int32_t)d->k - 2 * assay_vi_load(sums + j);
        assay_vf v = assay_vf_from_vi(sum) * assay_vf_load(scale + j);
        if (d->bias)
            v = assay_vf_rounded(v) + assay_vf_load(bias + j);
        assay_vf_store_part(y + j,
                            n - j < ASSAY_VF_LANES ? n - j : ASSAY_VF_LANES, v);
    }
}
