/* SPDX-License-Identifier: Apache-2.0
 *
 * How the OpenCL rows of attention are started.
 */
#include <string.h>

#include "kernels/attention/attention_queries.h"
#include "kernels/attention/attention_rows.h"
#include "kernels/launch.h"

/* Rows of a tile: few values, as each is a program. */
static int64_t rows_of(const struct assay_row *row,
                       const struct assay_attention *d)
{
    const int64_t rows = assay_attention_span(d) * assay_attention_group(d);
    if (row->device_class == ASSAY_CLASS_GPU)
        return assay_attention_gpu_rows(row, d);
    if (rows >= row->tile_m)
        return row->tile_m;
    return rows > 2 ? 4 : 1;
}

/* Room for the elements of a head: few values, too. */
static int64_t width_of(const struct assay_row *row, int64_t head)
{
    if (row->device_class == ASSAY_CLASS_GPU)
        return assay_round_up(head, row->tile_n);
    int64_t width = 16;
    while (width < head)
        width *= 2;
    return width;
}

enum assay_status assay_attention_words(const struct assay_row *row,
                                        const struct assay_problem *problem,
                                        int64_t most,
                                        struct assay_launch *launch,
                                        int64_t *groups)
{
    const struct assay_attention *d = &problem->as.attention;
    const int64_t tiles = assay_attention_tiles(d, most);
    const int64_t both = d->sq + d->skv;
    *groups = d->batch * d->hkv * tiles;
    /* Positions of keys are ints there. */
    if (both > INT32_MAX / 2 ||
        *groups > (int64_t)ASSAY_MAX_GROUPS * ASSAY_MAX_GROUPS / 2)
        return assay_fail(ASSAY_UNSUPPORTED, "%s: too many queries or keys",
                          row->symbol);
    const int64_t window = d->window < both ? d->window : both;
    const int64_t block = d->block < both ? d->block : both;
    const uint32_t words[] = {
        (uint32_t)tiles,
        (uint32_t)assay_attention_each(d, most),
        (uint32_t)assay_attention_span(d),
        (uint32_t)d->sq,
        (uint32_t)d->skv,
        (uint32_t)d->hq,
        (uint32_t)d->hkv,
        (uint32_t)d->d,
        (uint32_t)d->causal,
        (uint32_t)window,
        (uint32_t)block,
        (uint32_t)d->y_zero,
    };
    const float scale = (float)assay_attention_scale(d);
    memcpy(launch->words, words, sizeof words);
    launch->n_words = sizeof words / sizeof *words;
    memcpy(&launch->words[launch->n_words++], &scale, sizeof scale);
    return ASSAY_OK;
}

enum assay_status
assay_attention_launch_opencl(const struct assay_row *row,
                              const struct assay_problem *problem,
                              struct assay_launch *launch)
{
    const struct assay_attention *d = &problem->as.attention;
    const int64_t most = rows_of(row, d);
    int64_t groups;
    if (most == 0)
        return assay_fail(ASSAY_UNSUPPORTED, "%s: a head of %lld is too wide",
                          row->symbol, (long long)d->d);
    enum assay_status status =
        assay_attention_words(row, problem, most, launch, &groups);
    if (status != ASSAY_OK)
        return status;
    launch->spec[launch->n_spec++] = (uint32_t)most;
    launch->spec[launch->n_spec++] = (uint32_t)width_of(row, d->d);
    if (problem->dtype == ASSAY_S8)
        launch->spec[launch->n_spec++] = (uint32_t)d->output;
    assay_launch_groups(launch, (uint64_t)groups, row->tile_n);
    return ASSAY_OK;
}
