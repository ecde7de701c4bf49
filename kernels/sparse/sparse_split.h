/* SPDX-License-Identifier: Apache-2.0
 *
 * How the threads of a CPU row of sparse share rows of x and strips.
 */
#ifndef ASSAY_KERNELS_SPARSE_SPLIT_H
#define ASSAY_KERNELS_SPARSE_SPLIT_H

#include "kernels/sparse/sparse_pack.h"
#include "kernels/split.h"

struct assay_sparse_share {
    struct assay_range rows, strips;
};

/* The share of the calling thread; both ranges are empty where it has none.
 * Rows in units of `unit`, strips by 16 outputs. */
static inline struct assay_sparse_share
assay_sparse_split(const struct assay_cpu_call *call,
                   const struct assay_sparse_layout *l, int64_t unit)
{
    const struct assay_sparse *s = &call->problem->as.sparse;
    const int64_t groups = (s->n + 15) / 16, in_group = 16 / l->height;
    const struct assay_grid grid =
        assay_grid_choose(call->threads,
                          (struct assay_axis){.units = (s->m + unit - 1) / unit,
                                              .size = unit,
                                              .total = s->m,
                                              .least = 1,
                                              .reads = s->k * unit},
                          (struct assay_axis){.units = groups,
                                              .size = 16,
                                              .total = s->n,
                                              .least = 1,
                                              .reads = s->stored / groups});
    struct assay_sparse_share share = {{0, 0}, {0, 0}};
    if (call->thread >= grid.rows * grid.columns)
        return share;
    share.rows =
        assay_split_units(s->m, unit, grid.rows, call->thread / grid.columns);
    share.strips = assay_split_units(l->strips, in_group, grid.columns,
                                     call->thread % grid.columns);
    return share;
}

#endif
