/* SPDX-License-Identifier: Apache-2.0
 *
 * Vectors of int32 with as many lanes as assay_vf, from and to arrays of int8,
 * and rounding of floats to them; for CPU kernels, as act_vector.h.
 */
#ifndef ASSAY_KERNELS_BYTE_VECTOR_H
#define ASSAY_KERNELS_BYTE_VECTOR_H

#include "kernels/act_vector.h"

typedef int8_t assay_vb __attribute__((vector_size(ASSAY_VF_LANES)));

ASSAY_INLINE assay_vi assay_vi_set(int32_t x)
{
    return x - (assay_vi){0};
}

ASSAY_INLINE assay_vi assay_vi_load_bytes(const int8_t *from)
{
#if defined(__AVX512F__)
    return (assay_vi)_mm512_cvtepi8_epi32(
        _mm_loadu_si128((const __m128i *)(const void *)from));
#elif defined(__AVX2__)
    return (assay_vi)_mm256_cvtepi8_epi32(
        _mm_loadl_epi64((const __m128i *)(const void *)from));
#else
    assay_vb v;
    memcpy(&v, from, sizeof v);
    return __builtin_convertvector(v, assay_vi);
#endif
}

/* The low byte of each lane. */
ASSAY_INLINE assay_vb assay_vi_narrow(assay_vi v)
{
#if defined(__AVX512F__)
    return (assay_vb)_mm512_cvtepi32_epi8((__m512i)v);
#elif defined(__AVX2__)
    const __m256i bytes = _mm256_and_si256((__m256i)v, _mm256_set1_epi32(0xff));
    const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(bytes),
                                          _mm256_extracti128_si256(bytes, 1));
    return (assay_vb)_mm_cvtsi128_si64(_mm_packus_epi16(words, words));
#elif defined(__SSE2__)
    const __m128i bytes = _mm_and_si128((__m128i)v, _mm_set1_epi32(0xff));
    const __m128i words = _mm_packs_epi32(bytes, bytes);
    const int32_t four = _mm_cvtsi128_si32(_mm_packus_epi16(words, words));
    assay_vb narrow;
    memcpy(&narrow, &four, sizeof narrow);
    return narrow;
#else
    return __builtin_convertvector(v, assay_vb);
#endif
}

ASSAY_INLINE void assay_vi_store_bytes(int8_t *to, assay_vi v)
{
    const assay_vb bytes = assay_vi_narrow(v);
    memcpy(to, &bytes, sizeof bytes);
}

/* The first n lanes, 0 <= n <= ASSAY_VF_LANES; the others become 0. Memory
 * beyond from[n - 1] is not touched. */
ASSAY_INLINE assay_vi assay_vi_load_bytes_part(const int8_t *from, int64_t n)
{
#if defined(__AVX512F__)
    return (assay_vi)_mm512_cvtepi8_epi32(
        _mm_maskz_loadu_epi8((__mmask16)((1u << n) - 1), from));
#else
    assay_vi v = {0};
    for (int64_t i = 0; i < n; i++)
        v[i] = from[i];
    return v;
#endif
}

/* Store the first n lanes, 0 <= n <= ASSAY_VF_LANES, and nothing beyond. */
ASSAY_INLINE void assay_vi_store_bytes_part(int8_t *to, int64_t n, assay_vi v)
{
    const assay_vb bytes = assay_vi_narrow(v);
    if (n == ASSAY_VF_LANES) {
        memcpy(to, &bytes, sizeof bytes);
        return;
    }
#if defined(__AVX512F__)
    _mm_mask_storeu_epi8(to, (__mmask16)((1u << n) - 1), (__m128i)bytes);
#else
    for (int64_t i = 0; i < n; i++)
        to[i] = bytes[i];
#endif
}

/* To nearest, ties to even; |x| < 2^22. */
ASSAY_INLINE assay_vi assay_vi_round(assay_vf x)
{
    const float shift = 0x1.8p23f;
    return (assay_vi)(x + shift) - (assay_vi)assay_vf_set(shift);
}

ASSAY_INLINE assay_vi assay_vi_clamp(assay_vi v, assay_vi low, assay_vi high)
{
    const assay_vi below = v < low;
    v = (below & low) | (~below & v);
    const assay_vi above = v > high;
    return (above & high) | (~above & v);
}

#endif
