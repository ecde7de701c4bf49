/* SPDX-License-Identifier: Apache-2.0
 *
 * What every row of attention sees of the constants, and which keys a query
 * sees.
 */
#ifndef ASSAY_KERNELS_ATTENTION_PACK_H
#define ASSAY_KERNELS_ATTENTION_PACK_H

#include <math.h>
#include <stdint.h>

#include "kernels/attention/attention.h"
#include "kernels/shape.h"
#include "kernels/split.h"

/* The packed constants of all rows, devices' too (as words of uint): the s8
 * arithmetic of attention.h, then the pattern, filled up to whole words. */
struct assay_attention_packed {
    uint32_t limit, multiplier, half, shift;
    float scale; /* (float)(scale_out / 65536) */
    uint32_t pad[11];
    uint32_t exp[256];
    uint8_t pattern[];
};

enum {
    ASSAY_ATTENTION_TABLE = 16,   /* word where exp begins */
    ASSAY_ATTENTION_PATTERN = 272 /* word where the pattern begins */
};

/* The keys that query i sees but for the pattern. */
static inline struct assay_range
assay_attention_keys(const struct assay_attention *d, int64_t i)
{
    const int64_t at = i + d->skv - d->sq;
    struct assay_range keys = {0, d->skv};
    if (d->window) {
        keys.begin = at - d->window + 1;
        keys.end = at + d->window;
    }
    if (d->causal && at + 1 < keys.end)
        keys.end = at + 1;
    keys.begin = keys.begin < 0 ? 0 : keys.begin;
    keys.end = keys.end > d->skv ? d->skv : keys.end;
    keys.begin = keys.begin > keys.end ? keys.end : keys.begin;
    if (keys.end < 0)
        keys.begin = keys.end = 0;
    return keys;
}

/* Whether the pattern lets query i see key j. */
static inline bool assay_attention_lets(const struct assay_attention *d,
                                        const uint8_t *pattern, int64_t i,
                                        int64_t j)
{
    if (!d->block)
        return true;
    const int64_t columns = (d->skv + d->block - 1) / d->block;
    return pattern[i / d->block * columns + j / d->block] != 0;
}

static inline double assay_attention_scale(const struct assay_attention *d)
{
    return d->scale == 0 ? 1 / sqrt((double)d->d) : d->scale;
}

#endif
