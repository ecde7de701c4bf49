/* SPDX-License-Identifier: Apache-2.0
 *
 * How the Vulkan rows of dense are started.
 */
#include "kernels/dense/dense_vulkan.h"

#include <string.h>

#include "kernels/launch.h"

enum assay_status assay_gemm_vulkan_cpu(const struct assay_row *row,
                                        int64_t rows, int64_t columns,
                                        int64_t groups, bool vector,
                                        struct assay_launch *launch)
{
    const uint32_t lanes = launch->subgroup_size;
    if (lanes != 4 && lanes != 8 && lanes != 16)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s: needs subgroups of 4, 8 or 16 and not of %u",
                          row->symbol, lanes);
    const uint32_t tile_m = rows >= row->tile_m ? row->tile_m
                            : rows > 4          ? 8
                            : rows > 1          ? 4
                                                : 1;
    const uint32_t tile_n = columns > 2 * lanes ? 4 : columns > lanes ? 2 : 1;
    const int64_t across = (columns + lanes * tile_n - 1) / (lanes * tile_n);
    const int64_t down = (rows + tile_m - 1) / tile_m;
    if (down * across * groups > (int64_t)ASSAY_MAX_GROUPS * ASSAY_MAX_GROUPS)
        return assay_fail(ASSAY_UNSUPPORTED, "%s: too many work-groups",
                          row->symbol);
    assay_launch_groups(launch, (uint64_t)(down * across * groups), lanes);
    launch->spec[launch->n_spec++] = tile_m;
    launch->spec[launch->n_spec++] = tile_n;
    launch->spec[launch->n_spec++] = vector && tile_n == 4;
    return ASSAY_OK;
}

enum assay_status assay_dense_launch_vulkan(const struct assay_row *row,
                                            const struct assay_problem *problem,
                                            struct assay_launch *launch)
{
    const struct assay_dense *d = &problem->as.dense;
    const uint32_t words[] = {(uint32_t)d->m, (uint32_t)d->n, (uint32_t)d->k,
                              row->tile_n};
    memcpy(launch->words, words, sizeof words);
    launch->n_words = sizeof words / sizeof *words;
    assay_launch_act(launch, d->act);
    return assay_gemm_vulkan_cpu(row, d->m, d->n, 1, d->n % 4 == 0, launch);
}
