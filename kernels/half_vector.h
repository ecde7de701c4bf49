/* SPDX-License-Identifier: Apache-2.0
 *
 * Vectors of halves (IEEE binary16), loaded as assay_vf and stored rounded to
 * nearest, ties to even; subnormals are kept even where the thread flushes
 * those of float, infinities and NaN too. AVX2 and AVX-512 levels have F16C,
 * AArch64 has its own; the others convert by integer arithmetic on all lanes at
 * once.
 */
#ifndef ASSAY_KERNELS_HALF_VECTOR_H
#define ASSAY_KERNELS_HALF_VECTOR_H

#include "kernels/act_vector.h"

#if defined(__aarch64__)
#include <arm_neon.h>
#endif

typedef uint16_t assay_vh
    __attribute__((vector_size(2 * ASSAY_VF_LANES))); /* halves as bits */

ASSAY_INLINE assay_vf assay_vh_widen(assay_vh h)
{
#if defined(__AVX512F__)
    return (assay_vf)_mm512_cvtph_ps((__m256i)h);
#elif defined(__AVX2__)
    return (assay_vf)_mm256_cvtph_ps((__m128i)h);
#elif defined(__aarch64__)
    return (assay_vf)vcvt_f32_f16((float16x4_t)h);
#else
    const assay_vi bits = __builtin_convertvector(h, assay_vi);
    const assay_vi sign = (bits & 0x8000) << 16, rest = bits & 0x7fff;
    const assay_vi small = rest < 0x400, large = rest >= 0x7c00;
    const assay_vi normal =
        (rest << 13) + ((112 << 23) & ~large) + ((224 << 23) & large);
    const assay_vf subnormal =
        __builtin_convertvector(rest, assay_vf) * 0x1p-24f;
    return (assay_vf)(((small & (assay_vi)subnormal) | (~small & normal)) |
                      sign);
#endif
}

ASSAY_INLINE assay_vh assay_vh_narrow(assay_vf v)
{
#if defined(__AVX512F__)
    return (assay_vh)_mm512_cvtps_ph((__m512)v, _MM_FROUND_TO_NEAREST_INT |
                                                    _MM_FROUND_NO_EXC);
#elif defined(__AVX2__)
    return (assay_vh)_mm256_cvtps_ph((__m256)v, _MM_FROUND_TO_NEAREST_INT |
                                                    _MM_FROUND_NO_EXC);
#elif defined(__aarch64__)
    return (assay_vh)vcvt_f16_f32((float32x4_t)v);
#else
    const assay_vi bits = (assay_vi)v, rest = bits & 0x7fffffff;
    const assay_vi nan = rest > 0x7f800000, large = rest >= 0x477ff000;
    const assay_vi small = rest < 113 << 23;
    /* Adding 0.5 leaves a subnormal, rounded, in the low bits. */
    const assay_vi subnormal = (assay_vi)((assay_vf)rest + 0.5f) - (126 << 23);
    const assay_vi normal =
        (rest + 0xfff + ((rest >> 13) & 1) - (112 << 23)) >> 13;
    assay_vi half = (small & subnormal) | (~small & normal);
    half = (large & 0x7c00) | (~large & half);
    half |= (nan & 0x200) | ((bits >> 16) & 0x8000);
    return __builtin_convertvector(half, assay_vh);
#endif
}

ASSAY_INLINE assay_vf assay_vf_load_half(const uint16_t *from)
{
    assay_vh h;
    memcpy(&h, from, sizeof h);
    return assay_vh_widen(h);
}

ASSAY_INLINE void assay_vf_store_half(uint16_t *to, assay_vf v)
{
    const assay_vh h = assay_vh_narrow(v);
    memcpy(to, &h, sizeof h);
}

/* The first n lanes, 0 <= n <= ASSAY_VF_LANES; the others become `fill`. Memory
 * beyond from[n - 1] is not touched. */
ASSAY_INLINE assay_vf assay_vf_load_half_part(const uint16_t *from, int64_t n,
                                              float fill)
{
#if defined(__AVX512F__)
    const __mmask16 mask = (__mmask16)((1u << n) - 1);
    return (assay_vf)_mm512_mask_cvtph_ps(_mm512_set1_ps(fill), mask,
                                          _mm256_maskz_loadu_epi16(mask, from));
#else
    assay_vh h = {0};
    assay_vf v = assay_vf_set(fill);
    for (int64_t i = 0; i < n; i++)
        h[i] = from[i];
    const assay_vf wide = assay_vh_widen(h);
    for (int64_t i = 0; i < n; i++)
        v[i] = wide[i];
    return v;
#endif
}

/* Store the first n lanes, 0 <= n <= ASSAY_VF_LANES, and nothing beyond. */
ASSAY_INLINE void assay_vf_store_half_part(uint16_t *to, int64_t n, assay_vf v)
{
    const assay_vh h = assay_vh_narrow(v);
#if defined(__AVX512F__)
    _mm256_mask_storeu_epi16(to, (__mmask16)((1u << n) - 1), (__m256i)h);
#else
    for (int64_t i = 0; i < n; i++)
        to[i] = h[i];
#endif
}

#endif
