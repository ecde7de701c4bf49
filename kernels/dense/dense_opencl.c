/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/launch.h"

enum assay_status assay_dense_launch_opencl(const struct assay_row *row,
                                            const struct assay_problem *problem,
                                            struct assay_launch *launch)
{
    const struct assay_dense *d = &problem->as.dense;
    const bool gpu = row->device_class == ASSAY_CLASS_GPU;
    /* Few rows: weights stream through once, so a small tile loses nothing. */
    int64_t rows = row->tile_m;
    if (!gpu && d->m <= 4)
        rows = d->m == 1 ? 1 : 4;
    /* The CPU row takes two panels at a time. */
    const int64_t columns = row->tile_n * (gpu ? 1 : 2);
    launch->groups[0] = (uint32_t)((d->m + rows - 1) / rows);
    launch->groups[1] = (uint32_t)((d->n + columns - 1) / columns);
    launch->groups[2] = 1;
    launch->local[0] = gpu ? 256 : 1;
    launch->local[1] = launch->local[2] = 1;
    assay_launch_act(launch, d->act);
    launch->words[launch->n_words++] = (uint32_t)d->m;
    launch->words[launch->n_words++] = (uint32_t)d->n;
    launch->words[launch->n_words++] = (uint32_t)d->k;
    if (!gpu)
        launch->spec[launch->n_spec++] = (uint32_t)rows;
    return ASSAY_OK;
}
