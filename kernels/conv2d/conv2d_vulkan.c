/* SPDX-License-Identifier: Apache-2.0
 *
 * How the Vulkan rows of conv2d are started.
 */
#include <string.h>

#include "kernels/conv2d/conv2d_pack.h"
#include "kernels/dense/dense_vulkan.h"
#include "kernels/launch.h"

enum assay_status
assay_conv2d_launch_vulkan(const struct assay_row *row,
                           const struct assay_problem *problem,
                           struct assay_launch *launch)
{
    const struct assay_conv2d *d = &problem->as.conv2d;
    const int64_t p = assay_conv2d_out_h(d), q = assay_conv2d_out_w(d);
    const int64_t columns = d->k / d->groups, pixels = d->n * p * q;
    const uint32_t words[] = {
        (uint32_t)columns,
        (uint32_t)assay_conv2d_depth(d),
        row->tile_n,
        (uint32_t)pixels,
        (uint32_t)d->groups,
        (uint32_t)assay_conv2d_group_floats(d, row->tile_n),
        (uint32_t)d->h,
        (uint32_t)d->w,
        (uint32_t)d->c,
        (uint32_t)p,
        (uint32_t)q,
        (uint32_t)d->s,
        (uint32_t)(d->c / d->groups),
        (uint32_t)d->stride_h,
        (uint32_t)d->stride_w,
        (uint32_t)d->pad_top,
        (uint32_t)d->pad_left,
        (uint32_t)d->dil_h,
        (uint32_t)d->dil_w,
    };
    memcpy(launch->words, words, sizeof words);
    launch->n_words = sizeof words / sizeof *words;
    assay_launch_act(launch, d->act);
    launch->spec[launch->n_spec++] =
        d->pad_top || d->pad_left || d->pad_bottom || d->pad_right;
    return assay_gemm_vulkan(row, pixels, columns, d->groups, columns % 4 == 0,
                             launch);
}
