/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/launch.h"

/* Words: the bounds, for s8 and b1 y_zero, then m, n, k. Spec values: the
 * activation or the type of y; rows of a work-item on CPU drivers; whether the
 * constant wzero (s8) or bias (b1) is there. */
enum assay_status assay_dense_launch_opencl(const struct assay_row *row,
                                            const struct assay_problem *problem,
                                            struct assay_launch *launch)
{
    const struct assay_dense *d = &problem->as.dense;
    const bool gpu = row->device_class == ASSAY_CLASS_GPU;
    const bool quantized =
        problem->dtype == ASSAY_S8 || problem->dtype == ASSAY_B1;
    /* Few rows: weights stream through once, so a small tile loses nothing. */
    int64_t rows = row->tile_m;
    if (!gpu && d->m <= 4)
        rows = d->m == 1 ? 1 : 4;
    /* The CPU rows take two panels at a time. */
    const int64_t columns = row->tile_n * (gpu ? 1 : 2);
    launch->groups[0] = (uint32_t)((d->m + rows - 1) / rows);
    launch->groups[1] = (uint32_t)((d->n + columns - 1) / columns);
    launch->groups[2] = 1;
    launch->local[0] = gpu ? 256 : 1;
    launch->local[1] = launch->local[2] = 1;
    if (quantized)
        assay_launch_requantize(launch, problem->dtype, &d->q);
    else
        assay_launch_act(launch, d->act);
    launch->words[launch->n_words++] = (uint32_t)d->m;
    launch->words[launch->n_words++] = (uint32_t)d->n;
    launch->words[launch->n_words++] = (uint32_t)d->k;
    launch->spec[launch->n_spec++] = (uint32_t)rows;
    if (quantized)
        launch->spec[launch->n_spec++] =
            (uint32_t)(problem->dtype == ASSAY_S8 ? d->q.wzero : d->bias);
    return ASSAY_OK;
}
