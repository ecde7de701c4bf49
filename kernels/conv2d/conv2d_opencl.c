/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/conv2d/conv2d_pack.h"
#include "kernels/launch.h"

/* Positions inside an image are ints on the device. */
#define MAX_EXTENT ((int64_t)1 << 28)

enum assay_status
assay_conv2d_launch_opencl(const struct assay_row *row,
                           const struct assay_problem *problem,
                           struct assay_launch *launch)
{
    const struct assay_conv2d *d = &problem->as.conv2d;
    const bool gpu = row->device_class == ASSAY_CLASS_GPU;
    const int64_t p = assay_conv2d_out_h(d), q = assay_conv2d_out_w(d);
    const int64_t cg = d->c / d->groups, kg = d->k / d->groups;
    const int64_t pixels = d->n * p * q;
    /* The CPU row takes two panels at a time. */
    const int64_t columns = row->tile_n * (gpu ? 1 : 2);
    const int64_t words[] = {
        d->n,        d->h,        d->w,       d->c,        d->r,     d->s,
        d->stride_h, d->stride_w, d->pad_top, d->pad_left, d->dil_h, d->dil_w,
        p,           q,           d->groups,  cg,          kg,       d->k,
    };
    if (d->h + 2 * d->r * d->dil_h > MAX_EXTENT ||
        d->w + 2 * d->s * d->dil_w > MAX_EXTENT ||
        p * d->stride_h > MAX_EXTENT || q * d->stride_w > MAX_EXTENT)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s: a padded image of more than 2^28 rows or "
                          "columns",
                          row->symbol);
    launch->groups[0] = (uint32_t)((pixels + row->tile_m - 1) / row->tile_m);
    launch->groups[1] = (uint32_t)((kg + columns - 1) / columns);
    launch->groups[2] = (uint32_t)d->groups;
    launch->local[0] = gpu ? 256 : 1;
    launch->local[1] = launch->local[2] = 1;
    assay_launch_act(launch, d->act);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        launch->words[launch->n_words++] = (uint32_t)words[i];
    return ASSAY_OK;
}
