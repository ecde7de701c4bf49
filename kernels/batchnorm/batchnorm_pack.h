/* SPDX-License-Identifier: Apache-2.0
 *
 * The packed constants of batchnorm, the same for every row and both dtypes:
 * scale and shift in f32, each filled up with 0 to assay_batchnorm_stride
 * elements.
 */
#ifndef ASSAY_KERNELS_BATCHNORM_PACK_H
#define ASSAY_KERNELS_BATCHNORM_PACK_H

#include "kernels/kernel.h"
#include "kernels/shape.h"

static inline int64_t assay_batchnorm_stride(int64_t c)
{
    return assay_round_up(c, 16);
}

enum assay_status assay_batchnorm_launch(const struct assay_row *row,
                                         const struct assay_problem *problem,
                                         struct assay_launch *launch);

#endif
