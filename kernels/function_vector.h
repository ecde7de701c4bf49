/* SPDX-License-Identifier: Apache-2.0
 *
 * Functions of vectors of float that no kernel fuses, beside those of
 * act_vector.h and under the same rules.
 *
 * Accuracy against the exact value (test_act_vector.c): log 2 ulp, but 1e-7
 * absolute near 1; erf 7 ulp; softplus and elu (alpha 1) 5e-7 max(1, |x|).
 * Infinities give the limits; a NaN comes out as a NaN; the logarithm of a
 * negative number is a NaN, that of 0 or of a subnormal -infinity.
 *
 * ln(2^e (1 + f)) = e ln 2 + f - f^2/2 + f^3 P(f), sqrt(1/2) <= 1 + f < sqrt 2,
 * P of degree 8 (minimax fit, relative error 2.3e-9). erf(x) = x P(x^2) /
 * Q(x^2) on [-4, 4], both of degree 5 (relative error 2.5e-8), ±1 beyond.
 */
#ifndef ASSAY_KERNELS_FUNCTION_VECTOR_H
#define ASSAY_KERNELS_FUNCTION_VECTOR_H

#include <math.h>

#include "kernels/act_vector.h"

/* yes where the mask is set, else no. */
ASSAY_INLINE assay_vf assay_vf_choose(assay_vi mask, assay_vf yes, assay_vf no)
{
    return (assay_vf)((mask & (assay_vi)yes) | (~mask & (assay_vi)no));
}

ASSAY_INLINE assay_vf assay_vf_log(assay_vf x)
{
    /* 0x3f3504f3: sqrt(1/2). The difference's exponent is e, its fraction that
     * of (1 + f) / sqrt(1/2). */
    const assay_vi root = (assay_vi)assay_vf_set(0x1.6a09e6p-1f);
    /* Negative numbers, whose result is replaced, would overflow. */
    typedef uint32_t bits __attribute__((vector_size(sizeof(assay_vi))));
    const assay_vi above = (assay_vi)((bits)x - (bits)root);
    const assay_vi whole = above >> 23;
    const assay_vf e = __builtin_convertvector(whole, assay_vf);
    const assay_vf f = (assay_vf)((above & 0x7fffff) + root) - 1.0f;
    const assay_vf z = f * f;
    assay_vf p = f * 0.0666195378f - 0.116169848f;
    p = p * f + 0.11894919f;
    p = p * f - 0.124163531f;
    p = p * f + 0.142201334f;
    p = p * f - 0.166673705f;
    p = p * f + 0.200020596f;
    p = p * f - 0.250000209f;
    p = p * f + 0.333333135f;
    /* e times the first part of ln 2 is exact. */
    assay_vf y = (p * f) * z + e * -0x1.bd0106p-13f;
    y = (y - z * 0.5f) + f;
    y = y + e * 0x1.63p-1f;
    const assay_vf least = assay_vf_set(0x1p-126f);
    y = assay_vf_choose(x < least, assay_vf_set(-INFINITY), y);
    y = assay_vf_choose(x < 0.0f, assay_vf_set(NAN), y);
    return assay_vf_choose(x < INFINITY, y, x); /* infinity, NaN */
}

ASSAY_INLINE assay_vf assay_vf_erf(assay_vf x)
{
    const assay_vf most = assay_vf_set(4.0f), one = assay_vf_set(1.0f);
    x = assay_vf_max(-most, assay_vf_min(most, x));
    const assay_vf z = x * x;
    assay_vf p = z * 1.98664816e-06f + 0.000284555426f;
    p = p * z + 0.0038833397f;
    p = p * z + 0.0531017557f;
    p = p * z + 0.193546459f;
    p = p * z + 1.12837911f;
    assay_vf q = z * 3.74182055e-05f + 0.00118554942f;
    q = q * z + 0.0152072711f;
    q = q * z + 0.11535041f;
    q = q * z + 0.504858613f;
    q = q * z + 1.0f;
    return assay_vf_max(-one, assay_vf_min(one, x * p / q));
}

/* ln(1 + exp x) = max(x, 0) + ln(1 + exp(-|x|)) */
ASSAY_INLINE assay_vf assay_vf_softplus(assay_vf x)
{
    const assay_vf size = assay_vf_max(-x, x);
    return assay_vf_relu(x) + assay_vf_log(1.0f + assay_vf_exp(-size));
}

ASSAY_INLINE assay_vf assay_vf_elu(assay_vf x, float alpha)
{
    const assay_vf below = alpha * (assay_vf_exp(x) - 1.0f);
    return assay_vf_choose(x > 0.0f, x, below);
}

/* To nearest, ties to even; from 2^23 on every float is whole. */
ASSAY_INLINE assay_vf assay_vf_round(assay_vf x)
{
#if defined(__AVX512F__)
    return (assay_vf)_mm512_roundscale_ps((__m512)x, _MM_FROUND_TO_NEAREST_INT |
                                                         _MM_FROUND_NO_EXC);
#elif defined(__AVX2__)
    return (assay_vf)_mm256_round_ps((__m256)x, _MM_FROUND_TO_NEAREST_INT |
                                                    _MM_FROUND_NO_EXC);
#else
    const assay_vi sign = (assay_vi)x & (assay_vi)assay_vf_set(-0.0f);
    const assay_vf size = (assay_vf)((assay_vi)x ^ sign);
    const assay_vf near = (size + 0x1p23f) - 0x1p23f;
    return assay_vf_choose(size < 0x1p23f, (assay_vf)((assay_vi)near | sign),
                           x);
#endif
}

ASSAY_INLINE assay_vf assay_vf_floor(assay_vf x)
{
    const assay_vf near = assay_vf_round(x);
    return assay_vf_choose(near > x, near - 1.0f, near);
}

ASSAY_INLINE assay_vf assay_vf_sqrt(assay_vf x)
{
#if defined(__AVX512F__)
    return (assay_vf)_mm512_sqrt_ps((__m512)x);
#elif defined(__AVX2__)
    return (assay_vf)_mm256_sqrt_ps((__m256)x);
#elif defined(__SSE2__)
    return (assay_vf)_mm_sqrt_ps((__m128)x);
#else
    for (int i = 0; i < ASSAY_VF_LANES; i++)
        x[i] = sqrtf(x[i]);
    return x;
#endif
}

#endif
