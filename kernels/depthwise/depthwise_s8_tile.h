/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution, s8: depthwise_tile.h with int32 sums. x - x_zero and w
 * - wzero need 9 bits and a sign, so a lane holds one of each as s16: vpmaddwd,
 * or with VNNI vpdpwssd, multiplies the lower halves, the weights' upper halves
 * being 0.
 */
#include "kernels/requantize.h"

typedef int8_t depthwise_x;
typedef int16_t depthwise_w;
typedef assay_vi depthwise_v;

#include "kernels/depthwise/depthwise_tile.h"

ASSAY_INLINE depthwise_v depthwise_first(const struct depthwise_tile *t,
                                         int64_t c)
{
    return assay_vi_load((const int32_t *)t->head + c);
}

ASSAY_INLINE depthwise_v depthwise_load(const struct depthwise_tile *t,
                                        const depthwise_x *x, int64_t n)
{
    const assay_vi v = n == ASSAY_VF_LANES ? assay_vi_load_bytes(x)
                                           : assay_vi_load_bytes_part(x, n);
    return v - (int32_t)t->d->q.x_zero;
}

ASSAY_INLINE depthwise_v depthwise_weight(const depthwise_w *w)
{
#if defined(__AVX512F__)
    return (assay_vi)_mm512_cvtepu16_epi32(
        _mm256_loadu_si256((const __m256i *)(const void *)w));
#elif defined(__AVX2__)
    return (assay_vi)_mm256_cvtepu16_epi32(
        _mm_loadu_si128((const __m128i *)(const void *)w));
#elif defined(__SSE2__)
    return (assay_vi)_mm_unpacklo_epi16(
        _mm_loadl_epi64((const __m128i *)(const void *)w), _mm_setzero_si128());
#else
    assay_vi v;
    for (int i = 0; i < ASSAY_VF_LANES; i++)
        v[i] = w[i];
    return v;
#endif
}

ASSAY_INLINE depthwise_v depthwise_add(depthwise_v sum, depthwise_v w,
                                       depthwise_v x)
{
#if defined(__AVX512VNNI__)
    return (assay_vi)_mm512_dpwssd_epi32((__m512i)sum, (__m512i)x, (__m512i)w);
#elif defined(__AVX512F__)
    return sum + (assay_vi)_mm512_madd_epi16((__m512i)x, (__m512i)w);
#elif defined(__AVX2__)
    return sum + (assay_vi)_mm256_madd_epi16((__m256i)x, (__m256i)w);
#elif defined(__SSE2__)
    return sum + (assay_vi)_mm_madd_epi16((__m128i)x, (__m128i)w);
#else
    return sum + x * w;
#endif
}

ASSAY_INLINE void depthwise_put(const struct depthwise_tile *t, int64_t y,
                                depthwise_v v, int64_t c, int64_t n)
{
    const float *scale = (const float *)t->head + t->padded + c;
    assay_requantize_lanes(&t->requantize, v, assay_vf_load(scale), t->output,
                           y, n);
}

static void depthwise_begin(struct depthwise_tile *t,
                            const struct assay_cpu_call *call)
{
    t->head = call->packed;
    t->weights = (const int16_t *)call->packed + 4 * t->padded;
    t->requantize = assay_requantize_make(ASSAY_S8, &t->d->q);
    for (int i = 0; i < ASSAY_VF_LANES; i++)
        t->zeros[i] = (int8_t)t->d->q.x_zero;
}

static void depthwise_finish(const struct depthwise_tile *t, int64_t y,
                             int64_t n, struct assay_range channels)
{
    (void)t;
    (void)y;
    (void)n;
    (void)channels;
}
