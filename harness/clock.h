/* SPDX-License-Identifier: Apache-2.0
 *
 * Monotonic wall time in nanoseconds.
 */
#ifndef ASSAY_HARNESS_CLOCK_H
#define ASSAY_HARNESS_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t assay_now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static inline uint64_t assay_cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

#endif
