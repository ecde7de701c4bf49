/* SPDX-License-Identifier: Apache-2.0
 *
 * How the Vulkan rows of dense are started.
 */
#include "kernels/dense/dense_vulkan.h"

#include <string.h>

#include "kernels/launch.h"

/* Rows of a work-group on a CPU driver; few values, as each is a pipeline. */
static uint32_t rows_of(const struct assay_row *row, int64_t rows)
{
    if (rows >= row->tile_m)
        return row->tile_m;
    return rows > 4 ? 8 : rows > 1 ? 4 : 1;
}

enum assay_status assay_gemm_vulkan(const struct assay_row *row, int64_t rows,
                                    int64_t columns, int64_t depth,
                                    int64_t groups, bool vector,
                                    struct assay_launch *launch)
{
    const bool cpu = row->device_class == ASSAY_CLASS_CPU;
    const uint32_t lanes = launch->subgroup_size;
    uint32_t tile_m = row->tile_m, tile_n = row->tile_n, local = 128;
    if (cpu) {
        if (lanes != 4 && lanes != 8 && lanes != 16)
            return assay_fail(ASSAY_UNSUPPORTED,
                              "%s: needs subgroups of 4, 8 or 16 and not of %u",
                              row->symbol, lanes);
        const uint32_t each = columns > 2 * lanes ? 4 : columns > lanes ? 2 : 1;
        tile_m = rows_of(row, rows);
        tile_n = lanes * each;
        local = lanes;
        launch->spec[launch->n_spec++] = tile_m;
        launch->spec[launch->n_spec++] = each;
        launch->spec[launch->n_spec++] = vector && each == 4;
    }
    const int64_t across = (columns + tile_n - 1) / tile_n;
    const int64_t down = (rows + tile_m - 1) / tile_m;
    if (down * across * groups > (int64_t)ASSAY_MAX_GROUPS * ASSAY_MAX_GROUPS)
        return assay_fail(ASSAY_UNSUPPORTED, "%s: too many work-groups",
                          row->symbol);
    assay_launch_groups(launch, (uint64_t)(down * across * groups), local);
    return assay_launch_turns(row, launch, cpu ? depth / lanes + 1 : 2 * depth);
}

enum assay_status assay_dense_launch_vulkan(const struct assay_row *row,
                                            const struct assay_problem *problem,
                                            struct assay_launch *launch)
{
    const struct assay_dense *d = &problem->as.dense;
    const bool quantized =
        problem->dtype == ASSAY_S8 || problem->dtype == ASSAY_B1;
    const uint32_t words[] = {(uint32_t)d->m, (uint32_t)d->n, (uint32_t)d->k,
                              row->tile_n};
    memcpy(launch->words, words, sizeof words);
    launch->n_words = sizeof words / sizeof *words;
    if (quantized)
        assay_launch_requantize(launch, problem->dtype, &d->q);
    else
        assay_launch_act(launch, d->act);
    const bool vector = problem->dtype == ASSAY_F32 && d->n % 4 == 0;
    enum assay_status status =
        assay_gemm_vulkan(row, d->m, d->n, d->k, 1, vector, launch);
    if (quantized) /* WZERO or BIAS */
        launch->spec[launch->n_spec++] =
            (uint32_t)(problem->dtype == ASSAY_S8 ? d->q.wzero : d->bias);
    return status;
}
