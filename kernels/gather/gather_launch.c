/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/move/launch.h"

enum assay_status assay_gather_launch(const struct assay_row *row,
                                      const struct assay_problem *problem,
                                      struct assay_launch *launch)
{
    const struct assay_gather *d = &problem->as.gather;
    const int64_t unit = assay_move_unit(problem->dtype, &d->inner, 1);
    const int64_t inner =
        d->inner * (int64_t)assay_dtype_bytes(problem->dtype) / unit;
    assay_move_launch(row, d->outer * d->count * inner, unit, launch);
    launch->words[launch->n_words++] = (uint32_t)d->n;
    launch->words[launch->n_words++] = (uint32_t)inner;
    launch->words[launch->n_words++] = (uint32_t)d->count;
    return ASSAY_OK;
}
