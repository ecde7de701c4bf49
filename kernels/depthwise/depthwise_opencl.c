/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/depthwise/depthwise_pack.h"
#include "kernels/launch.h"

/* Positions inside an image are ints on the device. */
#define MAX_EXTENT ((int64_t)1 << 28)

enum assay_status
assay_depthwise_launch_opencl(const struct assay_row *row,
                              const struct assay_problem *problem,
                              struct assay_launch *launch)
{
    const struct assay_depthwise *d = &problem->as.depthwise;
    const bool gpu = row->device_class == ASSAY_CLASS_GPU;
    const int64_t p = assay_depthwise_out_h(d), q = assay_depthwise_out_w(d);
    const int64_t total = d->n * p * q * d->c;
    const int64_t words[] = {
        d->h,        d->w,
        d->c,        d->r,
        d->s,        d->stride_h,
        d->stride_w, d->pad_top,
        d->pad_left, d->dil_h,
        d->dil_w,    p,
        q,           assay_round_up(d->c, row->tile_n),
        total,
    };
    if (d->h + 2 * d->r * d->dil_h > MAX_EXTENT ||
        d->w + 2 * d->s * d->dil_w > MAX_EXTENT ||
        (p + row->tile_m) * d->stride_h > MAX_EXTENT ||
        (q + row->tile_m) * d->stride_w > MAX_EXTENT)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s: a padded image of more than 2^28 rows or "
                          "columns",
                          row->symbol);
    launch->local[0] = gpu ? 64 : 1;
    launch->local[1] = launch->local[2] = 1;
    launch->groups[0] = (uint32_t)(gpu ? (total + 63) / 64
                                       : (q + row->tile_m - 1) / row->tile_m);
    launch->groups[1] = (uint32_t)(gpu ? 1 : d->n * p);
    launch->groups[2] = 1;
    if (problem->dtype == ASSAY_S8) {
        assay_launch_requantize(launch, problem->dtype, &d->q);
        launch->words[launch->n_words++] = (uint32_t)d->q.x_zero;
    } else {
        assay_launch_act(launch, d->act);
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        launch->words[launch->n_words++] = (uint32_t)words[i];
    if (!gpu) {
        const bool known = d->s == 3 && d->dil_w == 1 && d->stride_w <= 2;
        launch->spec[launch->n_spec++] = known ? (uint32_t)d->s : 0;
        launch->spec[launch->n_spec++] = known ? (uint32_t)d->stride_w : 0;
    }
    return ASSAY_OK;
}
