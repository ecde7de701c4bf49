/* SPDX-License-Identifier: Apache-2.0
 *
 * How a value's axes lie, for operators that work along some of them: images
 * stay channels last.
 */
#ifndef ASSAY_SUITES_MODEL_OP_MOVE_H
#define ASSAY_SUITES_MODEL_OP_MOVE_H

#include "suites/model/lower.h"

enum { ASSAY_MOVE_AXES = 6 }; /* of the kernels */

/* A value's axes in the order in which they lie. */
struct assay_lie {
    int rank;
    struct assay_order order;
    int place[ASSAY_RANK_MAX]; /* of each axis, the slowest is 0 */
};

struct assay_lie assay_lie_of(const struct assay_lowering *lowering,
                              uint32_t value);

/* The dimensions of x in that order. */
struct assay_dims assay_lie_dims(const struct assay_lie *lie,
                                 const struct assay_dims *x);

/* The order of a result of these dimensions that lies like its input. */
struct assay_order assay_lie_order(const struct assay_lie *lie,
                                   const struct assay_dims *y);

/* [outer][n][inner] around an axis: n, c and hw of the result. */
struct assay_order assay_lie_around(const struct assay_lie *lie,
                                    const struct assay_dims *x, int axis);

#endif
