/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/move/launch.h"

#include "kernels/shape.h"

enum {
    GROUPS = 64,        /* of an OpenCL CPU driver, enough for its threads */
    CHUNK_BYTES = 8192, /* of such a group, at least */
    LINE = 64,          /* bytes; chunks are whole lines of the cache */
    GPU_ITEMS = 128,    /* of a group of an OpenCL GPU row */
    VULKAN_ITEMS = 64,  /* of a group, with 16 bytes of y each */
};

int64_t assay_move_unit(enum assay_dtype dtype, const int64_t *sizes, size_t n)
{
    static const int64_t units[] = {16, 4};
    const int64_t bytes = (int64_t)assay_dtype_bytes(dtype);
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        bool whole = true;
        for (size_t i = 0; i < n; i++)
            whole &= sizes[i] * bytes % units[u] == 0;
        if (whole)
            return units[u];
    }
    return bytes;
}

void assay_move_launch(const struct assay_row *row, int64_t n, int64_t unit,
                       struct assay_launch *launch)
{
    int64_t chunk = 16 / unit, items = VULKAN_ITEMS;
    if (row->api == ASSAY_API_OPENCL) {
        const bool gpu = row->device_class == ASSAY_CLASS_GPU;
        const int64_t even = (n + GROUPS - 1) / GROUPS;
        const int64_t least = CHUNK_BYTES / unit;
        items = gpu ? GPU_ITEMS : 1;
        chunk =
            gpu ? 1 : assay_round_up(even > least ? even : least, LINE / unit);
    }
    const int64_t count = (n + chunk - 1) / chunk;
    assay_launch_groups(launch, (uint64_t)((count + items - 1) / items),
                        (uint32_t)items);
    launch->words[launch->n_words++] = (uint32_t)n;
    if (row->api == ASSAY_API_OPENCL)
        launch->words[launch->n_words++] = (uint32_t)chunk;
    launch->spec[launch->n_spec++] = (uint32_t)unit;
}

void assay_move_launch_strided(const struct assay_row *row,
                               enum assay_dtype dtype,
                               const struct assay_move *move,
                               struct assay_launch *launch)
{
    struct assay_move m = *move;
    struct assay_move_axis *last = &m.axes[m.rank - 1];
    int64_t sizes[ASSAY_MOVE_RANK + 1], n = 1;
    int n_sizes = 0;
    sizes[n_sizes++] = last->x_step == 1 ? last->count : 1;
    sizes[n_sizes++] = m.x_base;
    for (int a = 0; a < m.rank - 1; a++)
        sizes[n_sizes++] = m.axes[a].x_step;
    const int64_t unit = assay_move_unit(dtype, sizes, (size_t)n_sizes);
    const int64_t per = unit / (int64_t)assay_dtype_bytes(dtype);
    last->count /= last->x_step == 1 ? per : 1;
    m.x_base /= per;
    for (int a = 0; a < m.rank - 1; a++)
        m.axes[a].x_step /= per;
    for (int a = 0; a < m.rank; a++)
        n *= m.axes[a].count;
    assay_move_launch(row, n, unit, launch);
    launch->words[launch->n_words++] = (uint32_t)m.x_base;
    launch->words[launch->n_words++] = (uint32_t)m.rank;
    uint32_t *counts = launch->words + launch->n_words;
    uint32_t *steps = counts + ASSAY_MOVE_RANK;
    for (int a = 0; a < m.rank; a++) {
        counts[a] = (uint32_t)m.axes[a].count;
        steps[a] = (uint32_t)m.axes[a].x_step;
    }
    launch->n_words += 2 * ASSAY_MOVE_RANK;
}
