/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/move/launch.h"

enum assay_status assay_concat_launch(const struct assay_row *row,
                                      const struct assay_problem *problem,
                                      struct assay_launch *launch)
{
    const struct assay_concat *d = &problem->as.concat;
    int64_t lengths[4], total = 0;
    for (int i = 0; i < 4; i++)
        lengths[i] = d->n[i] * d->inner;
    const int64_t unit = assay_move_unit(problem->dtype, lengths, 4);
    const int64_t per = unit / (int64_t)assay_dtype_bytes(problem->dtype);
    for (int i = 0; i < 4; i++)
        total += lengths[i] /= per;
    assay_move_launch(row, d->outer * total, unit, launch);
    launch->words[launch->n_words++] = (uint32_t)total;
    for (int i = 0; i < 4; i++)
        launch->words[launch->n_words++] = (uint32_t)lengths[i];
    return ASSAY_OK;
}
