/* SPDX-License-Identifier: Apache-2.0
 *
 * The seeded generator of test and check data: xoshiro256** started by
 * splitmix64 (Blackman and Vigna, "Scrambled linear pseudorandom number
 * generators", 2021), so that a seed gives the same data on every machine. Not
 * for secrets. One generator serves one thread.
 */
#ifndef ASSAY_KERNELS_RANDOM_H
#define ASSAY_KERNELS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct assay_random {
    uint64_t state[4];
};

void assay_random_seed(struct assay_random *random, uint64_t seed);
uint64_t assay_random_next(struct assay_random *random);

/* Uniform in [low, high], both ends included; low ≤ high. */
int64_t assay_random_range(struct assay_random *random, int64_t low,
                           int64_t high);

/* n elements, uniform in [-1, 1). */
void assay_random_fill_f32(struct assay_random *random, float *out, size_t n);

#endif
