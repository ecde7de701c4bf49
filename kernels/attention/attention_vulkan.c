/* SPDX-License-Identifier: Apache-2.0
 *
 * How the Vulkan rows of attention are started.
 */
#include "kernels/attention/attention_queries.h"
#include "kernels/attention/attention_rows.h"
#include "kernels/launch.h"

/* Rows of a tile: few values, as each is a pipeline, and fewer of wide heads,
 * for the sums of all are in registers. */
static int64_t rows_of(const struct assay_attention *d, int64_t most,
                       int64_t quads)
{
    const int64_t rows = assay_attention_span(d) * assay_attention_group(d);
    if (rows <= 2)
        return 1;
    return rows >= most && quads <= 4 ? most : 4;
}

static enum assay_status too_wide(const struct assay_row *row,
                                  const struct assay_attention *d)
{
    return assay_fail(ASSAY_UNSUPPORTED, "%s: a head of %lld is too wide",
                      row->symbol, (long long)d->d);
}

enum assay_status
assay_attention_launch_vulkan(const struct assay_row *row,
                              const struct assay_problem *problem,
                              struct assay_launch *launch)
{
    const struct assay_attention *d = &problem->as.attention;
    const bool gpu = row->device_class == ASSAY_CLASS_GPU;
    const int64_t lanes = gpu ? row->tile_n : launch->subgroup_size;
    if (!gpu && lanes != 4 && lanes != 8 && lanes != 16)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s: needs subgroups of 4, 8 or 16 and not of %lld",
                          row->symbol, (long long)lanes);
    const int64_t quads = (d->d + 4 * lanes - 1) / (4 * lanes);
    const int64_t most =
        gpu ? assay_attention_gpu_rows(row, d) : rows_of(d, row->tile_m, quads);
    int64_t groups;
    if (most == 0 || (!gpu && quads > 32))
        return too_wide(row, d);
    enum assay_status status =
        assay_attention_words(row, problem, most, launch, &groups);
    if (status != ASSAY_OK)
        return status;
    launch->spec[launch->n_spec++] = (uint32_t)most;
    if (gpu) {
        launch->spec[launch->n_spec++] = (uint32_t)assay_round_up(d->d, lanes);
    } else {
        launch->spec[launch->n_spec++] = (uint32_t)quads;
        launch->spec[launch->n_spec++] = d->d % 4 == 0;
    }
    if (problem->dtype == ASSAY_S8)
        launch->spec[launch->n_spec++] = (uint32_t)d->output;
    assay_launch_groups(launch, (uint64_t)groups, (uint32_t)lanes);
    /* Over the head for each subgroup of keys, a last one of each run of blocks
     * included; in s8 twice. GPU rows go over the head for each key. */
    const int64_t runs = d->block ? d->skv / d->block + 1 : 1;
    const int64_t keys = gpu ? d->skv : d->skv / lanes + 2 * runs;
    const int64_t steps = gpu ? 2 * d->d : d->d / lanes + 1;
    return assay_launch_turns(
        row, launch, (problem->dtype == ASSAY_S8 ? 2 : 1) * keys * steps);
}
