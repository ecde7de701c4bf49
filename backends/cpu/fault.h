/* SPDX-License-Identifier: Apache-2.0
 *
 * Faults on purpose, for tests of what Assay does about them: the meson option
 * `fault` makes the dense rows of the CPU (references apart) compute one wrong
 * element, or take a fifth longer. Any other build compiles these to nothing.
 */
#ifndef ASSAY_BACKENDS_CPU_FAULT_H
#define ASSAY_BACKENDS_CPU_FAULT_H

#include <string.h>
#include <time.h>

#include "kernels/kernel.h"

#if defined(ASSAY_FAULT_WRONG) || defined(ASSAY_FAULT_SLOW)

static inline uint64_t assay_cpu_fault_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static inline bool assay_cpu_fault_hits(const struct assay_row *row)
{
    return row->op == ASSAY_OP_DENSE && strcmp(row->variant, "ref") != 0;
}

static inline uint64_t assay_cpu_fault_begin(const struct assay_row *row)
{
    return assay_cpu_fault_hits(row) ? assay_cpu_fault_now() : 0;
}

static inline void assay_cpu_fault_end(const struct assay_row *row,
                                       uint64_t start, void *output,
                                       size_t thread)
{
    if (!assay_cpu_fault_hits(row))
        return;
#ifdef ASSAY_FAULT_WRONG
    (void)start;
    if (thread == 0)
        *(float *)output += 1;
#else
    (void)output;
    (void)thread;
    const uint64_t end = assay_cpu_fault_now();
    while (assay_cpu_fault_now() < end + (end - start) / 5)
        ;
#endif
}

#else

static inline uint64_t assay_cpu_fault_begin(const struct assay_row *row)
{
    (void)row;
    return 0;
}

static inline void assay_cpu_fault_end(const struct assay_row *row,
                                       uint64_t start, void *output,
                                       size_t thread)
{
    (void)row;
    (void)start;
    (void)output;
    (void)thread;
}

#endif

#endif
