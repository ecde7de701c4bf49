/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/conv2d/conv2d_pack.h"

#include <string.h>

void assay_conv2d_pack_floats(const struct assay_conv2d *d,
                              enum assay_dtype dtype, const void *w,
                              const void *bias, unsigned width, float *packed)
{
    const int64_t outputs = d->k / d->groups;
    const int64_t depth = assay_conv2d_depth(d);
    for (int64_t g = 0; g < d->groups; g++) {
        const int64_t o = g * outputs;
        if (dtype == ASSAY_F16)
            assay_dense_pack_f16_wide((const uint16_t *)w + o * depth,
                                      bias ? (const uint16_t *)bias + o : NULL,
                                      outputs, depth, width, packed);
        else
            assay_dense_pack_f32((const float *)w + o * depth,
                                 bias ? (const float *)bias + o : NULL, outputs,
                                 depth, width, packed);
        packed += assay_conv2d_group_floats(d, width);
    }
    memset(packed, 0, (size_t)(d->c / d->groups) * sizeof *packed);
}
