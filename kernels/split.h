/* SPDX-License-Identifier: Apache-2.0
 *
 * How the threads of a run share a two-dimensional piece of work without
 * talking to each other: each computes its own part from its number.
 */
#ifndef ASSAY_KERNELS_SPLIT_H
#define ASSAY_KERNELS_SPLIT_H

#include <stdbool.h>
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

/* One dimension of the work. A thread gets whole units. */
struct assay_axis {
    int64_t units;
    int64_t size;  /* of a unit; the last one may be smaller */
    int64_t total; /* of all units */
    int64_t least; /* fewer units than this cost as much as this many */
    int64_t reads; /* floats that a thread reads for each of its units */
};

/* Size of the largest of `parts` parts of an axis. */
static inline double assay_axis_part(const struct assay_axis *axis,
                                     size_t parts)
{
    int64_t units = (axis->units + (int64_t)parts - 1) / (int64_t)parts;
    const bool all = units == axis->units;
    units = units < axis->least ? axis->least : units;
    return all && units * axis->size > axis->total
               ? (double)axis->total
               : (double)units * (double)axis->size;
}

/* The grid of threads that keeps the busiest thread's part smallest, and among
 * such grids the one that reads least. */
static inline struct assay_grid assay_grid_choose(size_t threads,
                                                  struct assay_axis rows,
                                                  struct assay_axis columns)
{
    struct assay_grid best = {1, 1};
    double best_work = 0, best_reads = 0;
    for (size_t r = 1; r <= threads; r++) {
        const size_t c = threads / r;
        const double work =
            assay_axis_part(&rows, r) * assay_axis_part(&columns, c);
        const double reads =
            (double)rows.units * (double)rows.reads * (double)c +
            (double)columns.units * (double)columns.reads * (double)r;
        if (r == 1 || work < best_work ||
            (work <= best_work && reads < best_reads)) {
            best = (struct assay_grid){r, c};
            best_work = work;
            best_reads = reads;
        }
    }
    return best;
}

#endif
