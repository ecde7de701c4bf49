/* SPDX-License-Identifier: Apache-2.0
 *
 * Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw,
 * "Parallel random numbers: as easy as 1, 2, 3", SC 2011: 128 random bits from
 * a counter of four words and a key of two. Checked against the known answers
 * of the authors' Random123 (tests/test_reference_norm.c).
 */
#ifndef ASSAY_KERNELS_DROPOUT_PHILOX_H
#define ASSAY_KERNELS_DROPOUT_PHILOX_H

#include <math.h>
#include <stdint.h>

#include "kernels/dropout/dropout.h"

#define ASSAY_PHILOX_M0 0xd2511f53u
#define ASSAY_PHILOX_M1 0xcd9e8d57u
#define ASSAY_PHILOX_W0 0x9e3779b9u
#define ASSAY_PHILOX_W1 0xbb67ae85u
enum { ASSAY_PHILOX_ROUNDS = 10 };

/* Replaces the counter by the result. */
static inline void assay_philox(uint32_t word[4], uint32_t key0, uint32_t key1)
{
    for (int round = 0; round < ASSAY_PHILOX_ROUNDS; round++) {
        const uint64_t a = (uint64_t)ASSAY_PHILOX_M0 * word[0];
        const uint64_t b = (uint64_t)ASSAY_PHILOX_M1 * word[2];
        word[0] = (uint32_t)(b >> 32) ^ word[1] ^ key0;
        word[1] = (uint32_t)b;
        word[2] = (uint32_t)(a >> 32) ^ word[3] ^ key1;
        word[3] = (uint32_t)a;
        key0 += ASSAY_PHILOX_W0;
        key1 += ASSAY_PHILOX_W1;
    }
}

/* The least field of an element that is kept, at most 65536. */
static inline uint32_t assay_dropout_threshold(const struct assay_dropout *d)
{
    return (uint32_t)lround(d->rate * 65536);
}

static inline float assay_dropout_scale(const struct assay_dropout *d)
{
    return (float)(1 / (1 - d->rate));
}

/* Counters of a sample, and the first one of sample t. */
static inline int64_t assay_dropout_counters(const struct assay_dropout *d)
{
    return (d->n + 7) / 8;
}

static inline uint64_t assay_dropout_counter(const struct assay_dropout *d,
                                             int64_t t)
{
    return (uint64_t)(d->offset / 8 + t * assay_dropout_counters(d));
}

#endif
