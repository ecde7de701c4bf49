/* SPDX-License-Identifier: Apache-2.0
 *
 * The weights of s8 attention for the CPU rows; the includer has chosen the
 * register tile (gemm_s32_tile.h), whose TILE_GROUP tells the type of a weight.
 *
 * AVX-512 has no lookup of bytes in 256 of them, but one of words in 64: the
 * table lies in four registers as 128 words of two bytes, bit 7 of an index
 * chooses the pair of registers and bit 0 the byte.
 */
#ifndef ASSAY_KERNELS_ATTENTION_S8_EXP_H
#define ASSAY_KERNELS_ATTENTION_S8_EXP_H

#if defined(__AVX512BW__)
#include <immintrin.h>
#endif

#include "kernels/attention/attention_s8.h"

struct assay_attention_table {
    uint8_t exp[256];
};

static inline void
assay_attention_table(struct assay_attention_table *table,
                      const struct assay_attention_packed *packed)
{
    for (int i = 0; i < 256; i++)
        table->exp[i] = (uint8_t)packed->exp[i];
}

#if defined(__AVX512BW__)

/* Indices of 16 scores, those beyond `mask` of no meaning. */
static inline __m256i
assay_attention_index(const struct assay_attention_packed *packed, __m512i top,
                      const int32_t *s, __mmask16 mask)
{
    __m512i t = _mm512_sub_epi32(top, _mm512_maskz_loadu_epi32(mask, s));
    t = _mm512_min_epu32(t, _mm512_set1_epi32((int)packed->limit));
    t = _mm512_mullo_epi32(t, _mm512_set1_epi32((int)packed->multiplier));
    t = _mm512_add_epi32(t, _mm512_set1_epi32((int)packed->half));
    t = _mm512_srl_epi32(t, _mm_cvtsi32_si128((int)packed->shift));
    return _mm512_cvtepi32_epi16(_mm512_min_epu32(t, _mm512_set1_epi32(255)));
}

/* Weights of n scores at most `top`; their sum. */
static inline int32_t
assay_attention_weigh(const struct assay_attention_table *table,
                      const struct assay_attention_packed *packed, int32_t top,
                      const int32_t *s, int64_t n, tile_left *p)
{
    const __m512i t0 = _mm512_loadu_si512(table->exp),
                  t1 = _mm512_loadu_si512(table->exp + 64),
                  t2 = _mm512_loadu_si512(table->exp + 128),
                  t3 = _mm512_loadu_si512(table->exp + 192);
    const __m512i tops = _mm512_set1_epi32(top), ones = _mm512_set1_epi16(1);
    __m512i sum = _mm512_setzero_si512();
    for (int64_t j = 0; j < n; j += 32) {
        const __mmask32 mask = n - j >= 32 ? 0xffffffffu : (1u << (n - j)) - 1;
        const __m256i low =
            assay_attention_index(packed, tops, s + j, (__mmask16)mask);
        const __m256i high = assay_attention_index(packed, tops, s + j + 16,
                                                   (__mmask16)(mask >> 16));
        const __m512i index =
            _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
        const __m512i word = _mm512_srli_epi16(index, 1);
        const __m512i pair = _mm512_mask_blend_epi16(
            _mm512_test_epi16_mask(word, _mm512_set1_epi16(64)),
            _mm512_permutex2var_epi16(t0, word, t1),
            _mm512_permutex2var_epi16(t2, word, t3));
        const __m512i shift =
            _mm512_slli_epi16(_mm512_and_si512(index, ones), 3);
        const __m512i weight = _mm512_maskz_mov_epi16(
            mask, _mm512_and_si512(_mm512_srlv_epi16(pair, shift),
                                   _mm512_set1_epi16(255)));
        sum = _mm512_add_epi32(sum, _mm512_madd_epi16(weight, ones));
#if TILE_GROUP == 4
        _mm256_mask_storeu_epi8(p + j, mask, _mm512_cvtepi16_epi8(weight));
#else
        _mm512_mask_storeu_epi16(p + j, mask, weight);
#endif
    }
    return _mm512_reduce_add_epi32(sum);
}

#else

static inline int32_t
assay_attention_weigh(const struct assay_attention_table *table,
                      const struct assay_attention_packed *packed, int32_t top,
                      const int32_t *s, int64_t n, tile_left *p)
{
    const uint32_t limit = packed->limit, multiplier = packed->multiplier,
                   half = packed->half, shift = packed->shift;
    int32_t sum = 0;
    for (int64_t j = 0; j < n; j++) {
        uint32_t t = (uint32_t)top - (uint32_t)s[j];
        t = t < limit ? t : limit;
        t = (t * multiplier + half) >> shift;
        p[j] = (tile_left)table->exp[t < 255 ? t : 255];
        sum += p[j];
    }
    return sum;
}

#endif

#endif
