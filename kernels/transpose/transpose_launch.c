/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/launch.h"

enum {
    GROUPS = 64,     /* of an OpenCL CPU driver, enough for its threads */
    CHUNK = 8,       /* tiles of such a group, at least */
    CPU_ITEMS = 8,   /* a Vulkan CPU driver's subgroup */
    GPU_ITEMS = 128, /* 32 x 4 */
};

/* Squares of `tile` elements a side that cover all matrices. */
static int64_t tiles(const struct assay_transpose *d, int64_t tile)
{
    return d->batch * ((d->rows + tile - 1) / tile) *
           ((d->cols + tile - 1) / tile);
}

enum assay_status assay_transpose_launch(const struct assay_row *row,
                                         const struct assay_problem *problem,
                                         struct assay_launch *launch)
{
    const struct assay_transpose *d = &problem->as.transpose;
    const int64_t count = tiles(d, row->tile_m);
    launch->words[launch->n_words++] = (uint32_t)d->batch;
    launch->words[launch->n_words++] = (uint32_t)d->rows;
    launch->words[launch->n_words++] = (uint32_t)d->cols;
    if (row->device_class == ASSAY_CLASS_GPU) {
        assay_launch_groups(launch, (uint64_t)count, GPU_ITEMS);
    } else if (row->api == ASSAY_API_OPENCL) {
        int64_t chunk = (count + GROUPS - 1) / GROUPS;
        chunk = chunk < CHUNK ? CHUNK : chunk;
        launch->words[launch->n_words++] = (uint32_t)chunk;
        assay_launch_groups(launch, (uint64_t)((count + chunk - 1) / chunk), 1);
    } else {
        launch->spec[launch->n_spec++] = d->rows % 4 == 0 && d->cols % 4 == 0;
        assay_launch_groups(
            launch, (uint64_t)((count + CPU_ITEMS - 1) / CPU_ITEMS), CPU_ITEMS);
    }
    return ASSAY_OK;
}
