/* SPDX-License-Identifier: Apache-2.0
 *
 * From int32 sums to the outputs of quantized.h: for references and tails one
 * by one, for CPU kernels in vectors as wide as the file's ISA level has them
 * (act_vector.h, whose rule holds here too: all is inline). Device rows have
 * requantize.cl and requantize.glsl.
 *
 * clamp(rint(v) + y_zero, low, high) is computed as rint(clamp(v, low - y_zero,
 * high
 * - y_zero)) + y_zero, the same for every v, infinities included, since the
 * bounds are whole numbers: what is rounded is then small enough for any way
 * of rounding.
 */
#ifndef ASSAY_KERNELS_REQUANTIZE_H
#define ASSAY_KERNELS_REQUANTIZE_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "kernels/byte_vector.h"
#include "kernels/kernel.h"

struct assay_requantize {
    enum assay_dtype type; /* of y: s8, f32, s32 */
    float low, high;       /* low - y_zero, high - y_zero */
    int32_t y_zero;
};

/* For an op's problem of the dtype. */
static inline struct assay_requantize
assay_requantize_make(enum assay_dtype dtype, const struct assay_quantized *q)
{
    return (struct assay_requantize){
        .type = assay_out_type(dtype, q->out),
        .low = (float)(q->low - q->y_zero),
        .high = (float)(q->high - q->y_zero),
        .y_zero = (int32_t)q->y_zero,
    };
}

/* y[at] from one sum, by the formula as it stands. */
static inline void assay_requantize_store(const struct assay_requantize *r,
                                          int32_t acc, float scale, void *y,
                                          int64_t at)
{
    const float v = (float)acc * scale;
    if (r->type == ASSAY_S32) {
        ((int32_t *)y)[at] = acc;
    } else if (r->type == ASSAY_F32) {
        ((float *)y)[at] = v;
    } else {
        const float zero = (float)r->y_zero, whole = rintf(v) + zero;
        const float low = r->low + zero, high = r->high + zero;
        ((int8_t *)y)[at] = (int8_t)(whole < low    ? low
                                     : whole > high ? high
                                                    : whole);
    }
}

/* The value of v, rounded: keeps the compiler from fusing the multiplication
 * that made it with the addition that follows. */
ASSAY_INLINE assay_vf assay_vf_rounded(assay_vf v)
{
#if defined(__AVX512F__)
    __asm__("" : "+v"(v));
#elif defined(__SSE2__)
    __asm__("" : "+x"(v));
#elif defined(__aarch64__)
    __asm__("" : "+w"(v));
#else
    __asm__("" : "+m"(v));
#endif
    return v;
}

ASSAY_INLINE float assay_rounded(float v)
{
#if defined(__SSE2__)
    __asm__("" : "+x"(v));
#elif defined(__aarch64__)
    __asm__("" : "+w"(v));
#else
    __asm__("" : "+m"(v));
#endif
    return v;
}

/* int32 lanes that may wrap around. */
typedef uint32_t assay_vu __attribute__((vector_size(4 * ASSAY_VF_LANES)));

ASSAY_INLINE assay_vi assay_vi_load(const int32_t *from)
{
    assay_vi v;
    memcpy(&v, from, sizeof v);
    return v;
}

ASSAY_INLINE void assay_vi_store(int32_t *to, assay_vi v)
{
    memcpy(to, &v, sizeof v);
}

/* The first n lanes, 0 <= n <= ASSAY_VF_LANES, and nothing beyond. */
ASSAY_INLINE void assay_vi_store_part(int32_t *to, int64_t n, assay_vi v)
{
    assay_vf_store_part((float *)(void *)to, n, (assay_vf)v);
}

ASSAY_INLINE assay_vf assay_vf_from_vi(assay_vi v)
{
#if defined(__AVX512F__)
    return (assay_vf)_mm512_cvtepi32_ps((__m512i)v);
#elif defined(__AVX2__)
    return (assay_vf)_mm256_cvtepi32_ps((__m256i)v);
#elif defined(__SSE2__)
    return (assay_vf)_mm_cvtepi32_ps((__m128i)v);
#else
    return __builtin_convertvector(v, assay_vf);
#endif
}

/* y as s8, in lanes of int32, from v = acc * scale. */
ASSAY_INLINE assay_vi assay_requantize_vi(const struct assay_requantize *r,
                                          assay_vf v)
{
    v = assay_vf_min(assay_vf_set(r->high),
                     assay_vf_max(assay_vf_set(r->low), v));
    return assay_vi_round(v) + r->y_zero;
}

/* The first n lanes, 0 <= n <= ASSAY_VF_LANES, to y[at] and on. */
ASSAY_INLINE void assay_requantize_lanes(const struct assay_requantize *r,
                                         assay_vi sum, assay_vf scale, void *y,
                                         int64_t at, int64_t n)
{
    const assay_vf v = assay_vf_from_vi(sum) * scale;
    if (r->type == ASSAY_S32)
        assay_vi_store_part((int32_t *)y + at, n, sum);
    else if (r->type == ASSAY_F32)
        assay_vf_store_part((float *)y + at, n, v);
    else
        assay_vi_store_bytes_part((int8_t *)y + at, n,
                                  assay_requantize_vi(r, v));
}

/* n outputs from y[at] on; acc and scale hold a multiple of ASSAY_VF_LANES
 * elements, whatever n is. */
ASSAY_INLINE void assay_requantize_row(const struct assay_requantize *r,
                                       const int32_t *acc, const float *scale,
                                       void *y, int64_t at, int64_t n)
{
    for (int64_t j = 0; j < n; j += ASSAY_VF_LANES) {
        const int64_t left = n - j;
        assay_requantize_lanes(r, assay_vi_load(acc + j),
                               assay_vf_load(scale + j), y, at + j,
                               left < ASSAY_VF_LANES ? left : ASSAY_VF_LANES);
    }
}

#endif
