/* SPDX-License-Identifier: Apache-2.0
 *
 * The integer arithmetic of s8 attention (attention.h) for one element, for
 * the reference and for the ends of the CPU rows.
 */
#ifndef ASSAY_KERNELS_ATTENTION_S8_H
#define ASSAY_KERNELS_ATTENTION_S8_H

#include "kernels/attention/attention_pack.h"

/* 255 exp(s - top) of integer scores, s at most top. */
static inline int32_t
assay_attention_exp(const struct assay_attention_packed *packed, int32_t top,
                    int32_t s)
{
    uint32_t t = (uint32_t)top - (uint32_t)s;
    t = t < packed->limit ? t : packed->limit;
    t = (t * packed->multiplier + packed->half) >> packed->shift;
    return (int32_t)packed->exp[t < 255 ? t : 255];
}

/* Output element `at` from its sum of p v and the sum of p, which is 0 where a
 * query sees no key. */
static inline void
assay_attention_store(const struct assay_attention *d,
                      const struct assay_attention_packed *packed,
                      int32_t total, int32_t sum, void *y, int64_t at)
{
    const int32_t mean =
        sum ? (int32_t)((int64_t)total * 65536 / (int64_t)sum) : 0;
    const float value = (float)mean * packed->scale;
    if (d->output == ASSAY_ATTENTION_F32) {
        ((float *)y)[at] = value;
        return;
    }
    /* Bounded first: the conversion of what an int cannot hold is undefined. */
    float bounded = value < -512 ? -512 : value;
    bounded = bounded > 512 ? 512 : bounded;
    int32_t q = (int32_t)rintf(bounded) + (int32_t)d->y_zero;
    q = q < -128 ? -128 : q > 127 ? 127 : q;
    ((int8_t *)y)[at] = (int8_t)q;
}

#endif
