/* SPDX-License-Identifier: Apache-2.0
 *
 * Pools of images of up to three dimensions, as kernels of two.
 */
#ifndef ASSAY_SUITES_MODEL_OP_POOL_H
#define ASSAY_SUITES_MODEL_OP_POOL_H

#include "suites/model/op_window.h"

/* The two passes of a window over n images [d][h][w][c]: each plane, then the
 * depths. A mean of means is the mean, since their counts multiply. */
void assay_pool_passes(const struct assay_window *window, int64_t n, int64_t c,
                       enum assay_pool_kind kind, bool count_pad,
                       struct assay_pool *plane, struct assay_pool *depth);

/* The problem of the dtype. */
void assay_pool_problem(const struct assay_pool *pool, enum assay_dtype dtype,
                        struct assay_problem *problem);

#endif
