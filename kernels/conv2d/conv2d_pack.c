/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/conv2d/conv2d_pack.h"

#include <string.h>

void assay_conv2d_pack_f32(const struct assay_conv2d *d, const float *w,
                           const float *bias, unsigned width, float *packed)
{
    const int64_t outputs = d->k / d->groups;
    const int64_t depth = assay_conv2d_depth(d);
    for (int64_t g = 0; g < d->groups; g++) {
        assay_dense_pack_f32(w + g * outputs * depth,
                             bias ? bias + g * outputs : NULL, outputs, depth,
                             width, packed);
        packed += assay_conv2d_group_floats(d, width);
    }
    memset(packed, 0, (size_t)(d->c / d->groups) * sizeof *packed);
}
