/* SPDX-License-Identifier: Apache-2.0
 *
 * How the threads of a run share a two-dimensional piece of work without
 * talking to each other: each computes its own part from its number.
 */
#ifndef ASSAY_KERNELS_SPLIT_H
#define ASSAY_KERNELS_SPLIT_H

#include <stddef.h>
#include <stdint.h>

struct assay_range {
    int64_t begin, end; /* end excluded; empty if begin == end */
};

/* Part `index` of `parts` equal ones (to within one unit) of 0 … units. */
static inline struct assay_range assay_split(int64_t units, size_t parts,
                                             size_t index)
{
    const int64_t size = units / (int64_t)parts;
    const int64_t extra = units % (int64_t)parts;
    const int64_t i = (int64_t)index;
    const int64_t begin = size * i + (i < extra ? i : extra);
    return (struct assay_range){begin, begin + size + (i < extra)};
}

/* The same for 0 … n, but ranges begin at multiples of `unit` elements. */
static inline struct assay_range assay_split_units(int64_t n, int64_t unit,
                                                   size_t parts, size_t index)
{
    struct assay_range range = assay_split((n + unit - 1) / unit, parts, index);
    range.begin *= unit;
    range.end *= unit;
    if (range.end > n)
        range.end = n;
    if (range.begin > n)
        range.begin = n;
    return range;
}

struct assay_grid {
    size_t rows, columns; /* rows * columns ≤ threads */
};

/* The grid of threads for a product of `m` rows and `panels` panels of `width`
 * columns that keeps the busiest thread's part smallest, and among those the
 * one that reads least. Up to `least` rows cost the same, since reading the
 * panels dominates there. */
static inline struct assay_grid assay_grid_choose(size_t threads, int64_t m,
                                                  int64_t panels, int64_t width,
                                                  int64_t least)
{
    struct assay_grid best = {1, 1};
    double best_work = 0, best_reads = 0;
    for (size_t rows = 1; rows <= threads; rows++) {
        const size_t columns = threads / rows;
        int64_t part = (m + (int64_t)rows - 1) / (int64_t)rows;
        part = part < least ? least : part;
        const int64_t across =
            (panels + (int64_t)columns - 1) / (int64_t)columns;
        const double work = (double)part * (double)across;
        const double reads = (double)m * (double)columns +
                             (double)panels * (double)width * (double)rows;
        if (rows == 1 || work < best_work ||
            (work <= best_work && reads < best_reads)) {
            best = (struct assay_grid){rows, columns};
            best_work = work;
            best_reads = reads;
        }
    }
    return best;
}

#endif
