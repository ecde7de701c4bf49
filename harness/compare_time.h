/* SPDX-License-Identifier: Apache-2.0
 *
 * Two series of times of one case. Samples of one process are not independent:
 * neighbours, clock frequency and caches make runs of fast and slow calls. So
 * each series is cut, in the order of time, into 30 blocks of equal length;
 * while the lag-1 autocorrelation of the blocks' medians is significant (above
 * 1.645 / sqrt(blocks), one-sided 5 %), 20, 15 and 12 blocks are tried; what
 * correlation r then remains widens the interval by sqrt((1+r)/(1-r)), the
 * inverse root of an AR(1) series' effective sample size. The blocks' medians
 * are what is bootstrapped and ranked (non-overlapping block bootstrap:
 * Carlstein, "The use of subseries values", 1986).
 */
#ifndef ASSAY_HARNESS_COMPARE_TIME_H
#define ASSAY_HARNESS_COMPARE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Samples below which a series is not judged. */
#define ASSAY_COMPARE_SAMPLES 12

struct assay_timing {
    double ratio;     /* of all samples' medians, new / base */
    double low, high; /* its 95 % interval: bootstrap over the blocks */
    double tail;      /* ratio of the lower deciles: the undisturbed calls */
    double u, p;      /* Mann-Whitney over the blocks' medians */
    size_t base_blocks, new_blocks;
};

/* False, with a static text in *why, where there is nothing to judge: too few
 * samples, a time of zero, no memory. Deterministic in `seed`. */
bool assay_compare_times(const uint64_t *base, size_t n_base,
                         const uint64_t *now, size_t n_now, uint64_t seed,
                         struct assay_timing *timing, const char **why);

#endif
