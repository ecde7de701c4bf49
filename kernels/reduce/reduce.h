/* SPDX-License-Identifier: Apache-2.0
 *
 * Reduction over the middle one of three dimensions:
 *
 *     y[o][i] = kind over k of x[o][k][i]
 *
 * x is [outer][n][inner], y is [outer][inner]. Kinds: mean, sum, max, min and
 * sumsq, the sum of squares (the square of the L2 norm). Adjacent dimensions
 * that are all reduced, or all kept, count as one; a reduction over dimensions
 * that are not adjacent takes two. Sums are f32 for f16 too. A maximum or
 * minimum of data with NaN is not defined. y does not overlap x.
 */
#ifndef ASSAY_KERNELS_REDUCE_H
#define ASSAY_KERNELS_REDUCE_H

#include <stdint.h>

enum assay_reduce_kind {
    ASSAY_REDUCE_MEAN,
    ASSAY_REDUCE_SUM,
    ASSAY_REDUCE_MAX,
    ASSAY_REDUCE_MIN,
    ASSAY_REDUCE_SUMSQ,
    ASSAY_REDUCE_KINDS
};

struct assay_reduce {
    int64_t outer, n, inner;
    int64_t kind; /* enum assay_reduce_kind */
};

#endif
