/* SPDX-License-Identifier: Apache-2.0
 *
 * How the Vulkan rows of depthwise are started.
 */
#include <string.h>

#include "kernels/depthwise/depthwise_pack.h"
#include "kernels/launch.h"

/* Pixels of an invocation: 8 unless 4 leave clearly fewer of them idle. */
static uint32_t tile_of(int64_t q)
{
    return 6 * assay_round_up(q, 4) < 5 * assay_round_up(q, 8) ? 4 : 8;
}

enum assay_status
assay_depthwise_launch_vulkan(const struct assay_row *row,
                              const struct assay_problem *problem,
                              struct assay_launch *launch)
{
    const struct assay_depthwise *d = &problem->as.depthwise;
    const bool cpu = row->device_class == ASSAY_CLASS_CPU;
    const int64_t p = assay_depthwise_out_h(d), q = assay_depthwise_out_w(d);
    const uint32_t channels = cpu && d->c % 4 == 0 ? 4 : 1;
    const uint32_t tile = cpu ? tile_of(q) : 4;
    const int64_t blocks = (q + tile - 1) / tile, vectors = d->c / channels;
    const int64_t items = d->n * p * blocks * vectors;
    const uint32_t words[] = {
        (uint32_t)items,
        (uint32_t)blocks,
        (uint32_t)vectors,
        (uint32_t)d->h,
        (uint32_t)d->w,
        (uint32_t)d->c,
        (uint32_t)p,
        (uint32_t)q,
        (uint32_t)d->r,
        (uint32_t)d->s,
        (uint32_t)d->stride_h,
        (uint32_t)d->stride_w,
        (uint32_t)d->pad_top,
        (uint32_t)d->pad_left,
        (uint32_t)d->dil_h,
        (uint32_t)d->dil_w,
        (uint32_t)assay_round_up(d->c, row->tile_n),
    };
    const uint32_t local = cpu ? 16 : 128;
    assay_launch_groups(launch, (uint64_t)(items + local - 1) / local, local);
    memcpy(launch->words, words, sizeof words);
    launch->n_words = sizeof words / sizeof *words;
    if (problem->dtype == ASSAY_S8) {
        assay_launch_requantize(launch, problem->dtype, &d->q);
        launch->words[launch->n_words++] = (uint32_t)d->q.x_zero;
    } else {
        assay_launch_act(launch, d->act);
    }
    if (cpu) {
        /* A row of x that fits the registers is loaded as a whole. */
        const bool window = d->dil_w == 1 && d->s <= 5 && d->stride_w <= 2;
        launch->spec[launch->n_spec++] = channels;
        launch->spec[launch->n_spec++] = tile;
        launch->spec[launch->n_spec++] = window ? (uint32_t)d->s : 0;
        launch->spec[launch->n_spec++] = window ? (uint32_t)d->stride_w : 1;
    }
    return assay_launch_turns(row, launch, d->r * (d->s + 1));
}
