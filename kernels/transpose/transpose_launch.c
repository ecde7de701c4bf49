/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/move/launch.h"

enum {
    GROUPS = 64,       /* of an OpenCL CPU driver, enough for its threads */
    CHUNK = 8,         /* tiles of such a group, at least */
    VULKAN_ITEMS = 64, /* of a group of a Vulkan row for CPU drivers */
    GPU_ITEMS = 128,   /* 32 x 4 */
    OTHERS = 4,        /* axes besides those of the plane */
    SQUARE = 4,        /* a side, in a Vulkan invocation's registers */
    VULKAN_WORDS = 17, /* transpose.glsl */
};

/* The plane of x and y whose axes are both last ones, and the others. */
struct planes {
    struct assay_move_axis rows, cols, others[OTHERS];
    int64_t count; /* of planes */
};

/* False if the last axis stays the last. */
static bool turns(const struct assay_move *m, struct planes *p)
{
    int across = m->rank - 1, n = 0;
    while (across > 0 && m->axes[across].x_step != 1)
        across--;
    *p = (struct planes){m->axes[m->rank - 1], m->axes[across], {{0}}, 1};
    if (across == m->rank - 1)
        return false;
    for (int a = m->rank - 2; a >= 0; a--) {
        if (a == across)
            continue;
        p->others[n++] = m->axes[a];
        p->count *= m->axes[a].count;
    }
    for (; n < OTHERS; n++)
        p->others[n] = (struct assay_move_axis){1, 0, 0};
    return true;
}

/* Whether all lines of the planes begin at multiples of `n` elements. */
static bool aligned(const struct planes *p, int64_t n)
{
    int64_t any =
        p->rows.count | p->cols.count | p->rows.x_step | p->cols.y_step;
    for (int a = 0; a < OTHERS; a++)
        any |= p->others[a].x_step | p->others[a].y_step;
    return any % n == 0;
}

static void put(struct assay_launch *launch, int64_t word)
{
    launch->words[launch->n_words++] = (uint32_t)word;
}

enum assay_status assay_transpose_launch(const struct assay_row *row,
                                         const struct assay_problem *problem,
                                         struct assay_launch *launch)
{
    struct assay_move move;
    struct planes p;
    const bool gpu = row->device_class == ASSAY_CLASS_GPU;
    assay_transpose_move(&problem->as.transpose, &move);
    const int64_t tile = row->tile_m;
    const bool squares = row->api == ASSAY_API_VULKAN && !gpu;
    if (!turns(&move, &p) || (squares && !aligned(&p, SQUARE))) {
        assay_move_launch_strided(row, problem->dtype, &move, launch);
        launch->spec[launch->n_spec++] = 0;
        if (row->api == ASSAY_API_VULKAN)
            launch->n_words = VULKAN_WORDS;
        return ASSAY_OK;
    }
    const int64_t count = p.count * ((p.rows.count + tile - 1) / tile) *
                          ((p.cols.count + tile - 1) / tile);
    put(launch, count);
    if (gpu) {
        assay_launch_groups(launch, (uint64_t)count, GPU_ITEMS);
        if (row->api == ASSAY_API_OPENCL)
            put(launch, 1);
    } else if (row->api == ASSAY_API_OPENCL) {
        int64_t chunk = (count + GROUPS - 1) / GROUPS;
        chunk = chunk < CHUNK ? CHUNK : chunk;
        put(launch, chunk);
        assay_launch_groups(launch, (uint64_t)((count + chunk - 1) / chunk), 1);
    } else {
        assay_launch_groups(
            launch, (uint64_t)((count + VULKAN_ITEMS - 1) / VULKAN_ITEMS),
            VULKAN_ITEMS);
    }
    put(launch, p.rows.count);
    put(launch, p.cols.count);
    put(launch, p.rows.x_step);
    put(launch, p.cols.y_step);
    for (int a = 0; a < OTHERS; a++)
        put(launch, p.others[a].count);
    for (int a = 0; a < OTHERS; a++)
        put(launch, p.others[a].x_step);
    for (int a = 0; a < OTHERS; a++)
        put(launch, p.others[a].y_step);
    launch->spec[launch->n_spec++] =
        (uint32_t)assay_dtype_bytes(problem->dtype);
    launch->spec[launch->n_spec++] = 1;
    return ASSAY_OK;
}
