/* SPDX-License-Identifier: Apache-2.0
 *
 * How the Vulkan rows of conv2d are started.
 */
#include <string.h>

#include "kernels/conv2d/conv2d_words.h"
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
    const bool s8 = problem->dtype == ASSAY_S8, b1 = problem->dtype == ASSAY_B1;
    const int64_t pack = b1 ? 32 : 1; /* channels to an element */
    const uint32_t words[] = {
        (uint32_t)columns,
        (uint32_t)(assay_conv2d_depth(d) / pack),
        row->tile_n,
        (uint32_t)pixels,
        (uint32_t)d->groups,
        (uint32_t)(assay_conv2d_group_bytes(row, problem) / (s8 ? 1 : 4)),
        (uint32_t)d->h,
        (uint32_t)d->w,
        (uint32_t)(d->c / pack),
        (uint32_t)p,
        (uint32_t)q,
        (uint32_t)d->s,
        (uint32_t)(d->c / d->groups / pack),
        (uint32_t)d->stride_h,
        (uint32_t)d->stride_w,
        (uint32_t)d->pad_top,
        (uint32_t)d->pad_left,
        (uint32_t)d->dil_h,
        (uint32_t)d->dil_w,
    };
    memcpy(launch->words, words, sizeof words);
    launch->n_words = sizeof words / sizeof *words;
    if (s8 || b1) {
        assay_launch_requantize(launch, problem->dtype, &d->q);
        launch->words[launch->n_words++] =
            (uint32_t)(s8 ? d->q.x_zero : assay_conv2d_depth(d));
    } else {
        assay_launch_act(launch, d->act);
    }
    launch->spec[launch->n_spec++] =
        d->pad_top || d->pad_left || d->pad_bottom || d->pad_right;
    const bool vector = problem->dtype == ASSAY_F32 && columns % 4 == 0;
    const enum assay_status status = assay_gemm_vulkan(
        row, pixels, columns, assay_conv2d_depth(d), d->groups, vector, launch);
    if (s8 || b1) /* WZERO or BIAS */
        launch->spec[launch->n_spec++] = (uint32_t)(s8 ? d->q.wzero : d->bias);
    return status;
}
