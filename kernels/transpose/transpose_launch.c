/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/launch.h"
#include "kernels/move/move.h"

enum {
    GROUPS = 64,     /* of an OpenCL CPU driver, enough for its threads */
    CHUNK = 8,       /* tiles of such a group, at least */
    CPU_ITEMS = 8,   /* a Vulkan CPU driver's subgroup */
    GPU_ITEMS = 128, /* 32 x 4 */
};

struct matrices {
    int64_t batch, rows, cols;
};

/* Whether the move turns matrices that lie one after the other. */
static bool plain(const struct assay_move *m, struct matrices *d)
{
    const struct assay_move_axis *last = &m->axes[m->rank - 1];
    *d = (struct matrices){1, 1, last->count};
    if (m->rank == 1)
        return true;
    *d = (struct matrices){m->rank == 3 ? m->axes[0].count : 1, last->count,
                           last[-1].count};
    return m->rank <= 3 && last[-1].x_step == 1 && last->x_step == d->cols;
}

/* Squares of `tile` elements a side that cover all matrices. */
static int64_t tiles(const struct matrices *d, int64_t tile)
{
    return d->batch * ((d->rows + tile - 1) / tile) *
           ((d->cols + tile - 1) / tile);
}

enum assay_status assay_transpose_launch(const struct assay_row *row,
                                         const struct assay_problem *problem,
                                         struct assay_launch *launch)
{
    struct assay_move move;
    struct matrices matrices, *d = &matrices;
    assay_transpose_move(&problem->as.transpose, &move);
    if (!plain(&move, d))
        return assay_fail(ASSAY_UNSUPPORTED, "%s: only matrices are turned",
                          row->symbol);
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
