/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/conv2d/conv2d_words.h"
#include "kernels/launch.h"

/* Positions inside an image are ints on the device. */
#define MAX_EXTENT ((int64_t)1 << 28)

/* Words: struct conv2d of conv2d_pixels.cl. Spec values: the activation, or the
 * type of y and whether the constant wzero (s8) or bias (b1) is there. */
enum assay_status
assay_conv2d_launch_opencl(const struct assay_row *row,
                           const struct assay_problem *problem,
                           struct assay_launch *launch)
{
    const struct assay_conv2d *d = &problem->as.conv2d;
    const bool gpu = row->device_class == ASSAY_CLASS_GPU;
    const bool s8 = problem->dtype == ASSAY_S8, b1 = problem->dtype == ASSAY_B1;
    const int64_t p = assay_conv2d_out_h(d), q = assay_conv2d_out_w(d);
    const int64_t pack = b1 ? 32 : 1; /* channels to an element */
    const int64_t cg = d->c / d->groups / pack, kg = d->k / d->groups;
    const int64_t pixels = d->n * p * q;
    /* The CPU rows take two panels at a time. */
    const int64_t columns = row->tile_n * (gpu ? 1 : 2);
    const int64_t words[] = {
        d->n,
        d->h,
        d->w,
        d->c / pack,
        d->r,
        d->s,
        d->stride_h,
        d->stride_w,
        d->pad_top,
        d->pad_left,
        d->dil_h,
        d->dil_w,
        p,
        q,
        d->groups,
        cg,
        kg,
        d->k,
        d->q.x_zero,
        (int64_t)(assay_conv2d_group_bytes(row, problem) / (b1 ? 4 : 1)),
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
    if (s8 || b1) {
        assay_launch_requantize(launch, problem->dtype, &d->q);
        launch->spec[launch->n_spec++] = (uint32_t)(s8 ? d->q.wzero : d->bias);
    } else {
        assay_launch_act(launch, d->act);
    }
    /* The last two are for s8 and b1 alone. */
    for (size_t i = 0; i < sizeof words / sizeof *words - (s8 || b1 ? 0 : 2);
         i++)
        launch->words[launch->n_words++] = (uint32_t)words[i];
    return ASSAY_OK;
}
