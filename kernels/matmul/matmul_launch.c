/* SPDX-License-Identifier: Apache-2.0
 *
 * How the device rows of matmul are started.
 */
#include "kernels/matmul/matmul_launch.h"

#include <string.h>

#include "kernels/launch.h"

/* Words m, n, k, shared, transpose, tiles down and across, scale. */
static enum assay_status words(const struct assay_row *row,
                               const struct assay_matmul *d, int64_t rows,
                               int64_t columns, uint32_t items,
                               struct assay_launch *launch)
{
    const int64_t down = (d->m + rows - 1) / rows;
    const int64_t across = (d->n + columns - 1) / columns;
    const uint32_t all[] = {(uint32_t)d->m,           (uint32_t)d->n,
                            (uint32_t)d->k,           d->b_batch == 1,
                            (uint32_t)d->transpose_b, (uint32_t)down,
                            (uint32_t)across};
    const float scale = (float)d->scale;
    memcpy(launch->words, all, sizeof all);
    launch->n_words = sizeof all / sizeof *all;
    memcpy(&launch->words[launch->n_words++], &scale, sizeof scale);
    if (d->batch * down * across >
        (int64_t)ASSAY_MAX_GROUPS * ASSAY_MAX_GROUPS / 2)
        return assay_fail(ASSAY_UNSUPPORTED, "%s: too many work-groups",
                          row->symbol);
    assay_launch_groups(launch, (uint64_t)(d->batch * down * across), items);
    return assay_launch_turns(
        row, launch,
        row->device_class == ASSAY_CLASS_GPU ? 3 * d->k : d->k / items + 1);
}

/* Few values, as each is a program. */
static int64_t rows_of(const struct assay_row *row, int64_t m)
{
    if (m >= row->tile_m || row->device_class == ASSAY_CLASS_GPU)
        return row->tile_m;
    return m > 2 ? 4 : 1;
}

enum assay_status
assay_matmul_launch_opencl(const struct assay_row *row,
                           const struct assay_problem *problem,
                           struct assay_launch *launch)
{
    const struct assay_matmul *d = &problem->as.matmul;
    const bool gpu = row->device_class == ASSAY_CLASS_GPU;
    const int64_t rows = rows_of(row, d->m);
    if (!gpu)
        launch->spec[launch->n_spec++] = (uint32_t)rows;
    return words(row, d, rows, row->tile_n, gpu ? 256 : 1, launch);
}

enum assay_status
assay_matmul_launch_vulkan(const struct assay_row *row,
                           const struct assay_problem *problem,
                           struct assay_launch *launch)
{
    const struct assay_matmul *d = &problem->as.matmul;
    const int64_t lanes = launch->subgroup_size;
    if (row->device_class == ASSAY_CLASS_GPU)
        return words(row, d, row->tile_m, row->tile_n, 128, launch);
    if (lanes != 4 && lanes != 8 && lanes != 16)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s: needs subgroups of 4, 8 or 16 and not of %lld",
                          row->symbol, (long long)lanes);
    const int64_t rows = rows_of(row, d->m);
    const int64_t each = d->n > 2 * lanes ? 4 : d->n > lanes ? 2 : 1;
    launch->spec[launch->n_spec++] = (uint32_t)rows;
    launch->spec[launch->n_spec++] = (uint32_t)each;
    launch->spec[launch->n_spec++] = (d->transpose_b ? d->k : d->n) % 4 == 0;
    launch->spec[launch->n_spec++] = (uint32_t)d->transpose_b;
    return words(row, d, rows, lanes * each, (uint32_t)lanes, launch);
}
