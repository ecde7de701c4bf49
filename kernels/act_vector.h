/* SPDX-License-Identifier: Apache-2.0
 *
 * Vectors of float as wide as the file's ISA level has them (AVX-512 16, AVX2
 * 8, else 4 lanes), and the activations of act.h on them. For CPU kernels only:
 * what is included where depends on compiler flags, so everything is inline
 * and nothing may cross a file's border.
 *
 * Accuracy against the exact value, FMA or not (test_act_vector.c): exp 2 ulp
 * where the result is normal (below, 1.5e-45 unless the thread flushes
 * denormals); tanh 6 ulp; gelu and sigmoid 5e-7 absolute, gelu beyond 5.5 relu
 * exactly; gelu_tanh and hardswish 5e-7 max(1, |x|). Infinities give the
 * limits; a NaN comes out as a NaN, from every function.
 *
 * exp(x) = 2^n exp(r), n = round(x / ln 2), |r| <= ln(2) / 2: a polynomial of
 * degree 6 (minimax fit, relative error 3.1e-9). gelu(x) = max(x, 0) - g(|x|)
 * with g(a) = a erfc(a / sqrt 2) / 2, fitted on [0, 5.5] as a s^2 Q(2 s / 5.5 -
 * 1), s = 5.5 - a, Q of degree 13: no exp, no division, and exactly 0 at the
 * end, where what is cut off is 1.1e-7. tanh(x) = x P(x^2) / Q(x^2) on [-9, 9],
 * both of degree 4 (relative error 2.1e-8), and ±1 beyond.
 */
#ifndef ASSAY_KERNELS_ACT_VECTOR_H
#define ASSAY_KERNELS_ACT_VECTOR_H

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include "kernels/act.h"

#if defined(__AVX512F__)
#define ASSAY_VF_LANES 16
#elif defined(__AVX2__)
#define ASSAY_VF_LANES 8
#else
#define ASSAY_VF_LANES 4
#endif

#define ASSAY_INLINE static inline __attribute__((always_inline, unused))

typedef float assay_vf __attribute__((vector_size(4 * ASSAY_VF_LANES)));
typedef int32_t assay_vi __attribute__((vector_size(4 * ASSAY_VF_LANES)));

ASSAY_INLINE assay_vf assay_vf_set(float x)
{
    return x - (assay_vf){0}; /* -0 stays -0 */
}

ASSAY_INLINE assay_vf assay_vf_load(const float *from)
{
    assay_vf v;
    memcpy(&v, from, sizeof v);
    return v;
}

ASSAY_INLINE void assay_vf_store(float *to, assay_vf v)
{
    memcpy(to, &v, sizeof v);
}

/* The first n lanes, 0 <= n <= ASSAY_VF_LANES; the others become `fill`. Memory
 * beyond from[n - 1] is not touched. */
ASSAY_INLINE assay_vf assay_vf_load_part(const float *from, int64_t n,
                                         float fill)
{
#if defined(__AVX512F__)
    const __mmask16 mask = (__mmask16)((1u << n) - 1);
    return (assay_vf)_mm512_mask_loadu_ps(_mm512_set1_ps(fill), mask, from);
#elif defined(__AVX2__)
    const __m256i mask = _mm256_cmpgt_epi32(
        _mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    return (assay_vf)_mm256_blendv_ps(_mm256_set1_ps(fill),
                                      _mm256_maskload_ps(from, mask),
                                      _mm256_castsi256_ps(mask));
#else
    assay_vf v = assay_vf_set(fill);
    for (int64_t i = 0; i < n; i++)
        v[i] = from[i];
    return v;
#endif
}

/* Store the first n lanes, 0 <= n <= ASSAY_VF_LANES, and nothing beyond. */
ASSAY_INLINE void assay_vf_store_part(float *to, int64_t n, assay_vf v)
{
#if defined(__AVX512F__)
    _mm512_mask_storeu_ps(to, (__mmask16)((1u << n) - 1), (__m512)v);
#elif defined(__AVX2__)
    const __m256i mask = _mm256_cmpgt_epi32(
        _mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    _mm256_maskstore_ps(to, mask, (__m256)v);
#else
    for (int64_t i = 0; i < n; i++)
        to[i] = v[i];
#endif
}

/* a > b ? a : b by lane: b where either is a NaN. */
ASSAY_INLINE assay_vf assay_vf_max(assay_vf a, assay_vf b)
{
#if defined(__AVX512F__)
    return (assay_vf)_mm512_max_ps((__m512)a, (__m512)b);
#elif defined(__AVX2__)
    return (assay_vf)_mm256_max_ps((__m256)a, (__m256)b);
#elif defined(__SSE2__)
    return (assay_vf)_mm_max_ps((__m128)a, (__m128)b);
#else
    const assay_vi mask = a > b;
    return (assay_vf)((mask & (assay_vi)a) | (~mask & (assay_vi)b));
#endif
}

/* a < b ? a : b by lane: b where either is a NaN. */
ASSAY_INLINE assay_vf assay_vf_min(assay_vf a, assay_vf b)
{
#if defined(__AVX512F__)
    return (assay_vf)_mm512_min_ps((__m512)a, (__m512)b);
#elif defined(__AVX2__)
    return (assay_vf)_mm256_min_ps((__m256)a, (__m256)b);
#elif defined(__SSE2__)
    return (assay_vf)_mm_min_ps((__m128)a, (__m128)b);
#else
    const assay_vi mask = a < b;
    return (assay_vf)((mask & (assay_vi)a) | (~mask & (assay_vi)b));
#endif
}

/* p 2^n for n of whole value, |n| <= 150; both or p alone may be NaN. */
ASSAY_INLINE assay_vf assay_vf_scale(assay_vf p, assay_vf n)
{
#if defined(__AVX512F__)
    return (assay_vf)_mm512_scalef_ps((__m512)p, (__m512)n);
#else
    /* Two factors, since 2^n itself may be out of range. Adding 1.5 * 2^23
     * leaves the integer in the low bits. */
    const float shift = 0x1.8p23f;
    const assay_vi whole =
        (assay_vi)(n + shift) - (assay_vi)assay_vf_set(shift);
    const assay_vi half = whole >> 1;
    const assay_vi rest = whole - half;
    return p * (assay_vf)((half + 127) << 23) * (assay_vf)((rest + 127) << 23);
#endif
}

ASSAY_INLINE assay_vf assay_vf_exp(assay_vf x)
{
    /* Beyond these the result is infinity or rounds to 0. */
    x = assay_vf_min(assay_vf_set(89.0f), x);
    x = assay_vf_max(assay_vf_set(-104.0f), x);
    const float shift = 0x1.8p23f;
    const assay_vf n = (x * 0x1.715476p+0f + shift) - shift;
    /* n times the first part of ln 2 is exact, with and without FMA. */
    const assay_vf r = (x - n * 0x1.62e4p-1f) - n * 0x1.7f7d1cp-20f;
    assay_vf p = r * 0.00138145638632f + 0.00836873583975f;
    p = p * r + 0.0416683898007f;
    p = p * r + 0.166665204748f;
    p = p * r + 0.499999934376f;
    p = (p * r) * r + r;
    return assay_vf_scale(p + 1.0f, n);
}

ASSAY_INLINE assay_vf assay_vf_relu(assay_vf x)
{
    return assay_vf_max((assay_vf){0}, x);
}

ASSAY_INLINE assay_vf assay_vf_relu6(assay_vf x)
{
    return assay_vf_min(assay_vf_set(6.0f), assay_vf_relu(x));
}

ASSAY_INLINE assay_vf assay_vf_sigmoid(assay_vf x)
{
    return 1.0f / (1.0f + assay_vf_exp(-x));
}

ASSAY_INLINE assay_vf assay_vf_gelu(assay_vf x)
{
    const assay_vf a = assay_vf_min(assay_vf_set(5.5f), assay_vf_max(-x, x));
    const assay_vf s = 5.5f - a;
    const assay_vf t = s * (2.0f / 5.5f) - 1.0f;
    assay_vf q = t * 0.000634730884f - 0.000628472856f;
    q = q * t - 0.00302633808f;
    q = q * t + 0.0011199062f;
    q = q * t + 0.00684354638f;
    q = q * t + 0.0025819136f;
    q = q * t - 0.00710921914f;
    q = q * t - 0.00979599367f;
    q = q * t - 0.00227844432f;
    q = q * t + 0.00751925734f;
    q = q * t + 0.0106832716f;
    q = q * t + 0.0070715915f;
    q = q * t + 0.00251883387f;
    q = q * t + 0.000394021651f;
    return assay_vf_relu(x) - (a * s) * (s * q);
}

ASSAY_INLINE assay_vf assay_vf_tanh(assay_vf x)
{
    const assay_vf most = assay_vf_set(9.0f);
    x = assay_vf_max(-most, assay_vf_min(most, x));
    const assay_vf z = x * x;
    assay_vf p = z * 1.33549136e-08f + 2.06093027e-05f;
    p = p * z + 0.00349560333f;
    p = p * z + 0.133810386f;
    p = p * z + 1.0f;
    assay_vf q = z * 7.7766731e-07f + 0.00032856586f;
    q = q * z + 0.0258770417f;
    q = q * z + 0.467143536f;
    q = q * z + 1.0f;
    const assay_vf one = assay_vf_set(1.0f);
    return assay_vf_max(-one, assay_vf_min(one, x * p / q));
}

/* x / (1 + exp(-2 u)); below -12 the exponential is infinite. */
ASSAY_INLINE assay_vf assay_vf_gelu_tanh(assay_vf x)
{
    x = assay_vf_max(assay_vf_set(-12.0f), x);
    const assay_vf u = x * (x * x * -0.0713548163f - 1.59576912f);
    return x / (1.0f + assay_vf_exp(u));
}

ASSAY_INLINE assay_vf assay_vf_hardswish(assay_vf x)
{
    x = assay_vf_max(assay_vf_set(-3.0f), x);
    const assay_vf part = assay_vf_min(assay_vf_set(6.0f), x + 3.0f);
    return x * (part * (1 / 6.0f));
}

/* Fastest where `act` is a constant after inlining. */
ASSAY_INLINE assay_vf assay_vf_act(assay_vf x, enum assay_act act)
{
    switch (act) {
    case ASSAY_ACT_RELU:
        return assay_vf_relu(x);
    case ASSAY_ACT_RELU6:
        return assay_vf_relu6(x);
    case ASSAY_ACT_GELU:
        return assay_vf_gelu(x);
    case ASSAY_ACT_SIGMOID:
        return assay_vf_sigmoid(x);
    case ASSAY_ACT_GELU_TANH:
        return assay_vf_gelu_tanh(x);
    case ASSAY_ACT_TANH:
        return assay_vf_tanh(x);
    case ASSAY_ACT_HARDSWISH:
        return assay_vf_hardswish(x);
    case ASSAY_ACT_NONE:
    case ASSAY_ACTS:
        break;
    }
    return x;
}

#endif
