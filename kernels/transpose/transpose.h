/* SPDX-License-Identifier: Apache-2.0
 *
 * Transposition of `batch` matrices: y[b][j][i] = x[b][i][j], with x
 * [batch][rows][cols] and y [batch][cols][rows]. NCHW to NHWC is rows = c,
 * cols = h*w; the way back has them exchanged. x and y do not overlap.
 */
#ifndef ASSAY_KERNELS_TRANSPOSE_H
#define ASSAY_KERNELS_TRANSPOSE_H

#include <stdint.h>

struct assay_transpose {
    int64_t batch, rows, cols;
};

#endif
