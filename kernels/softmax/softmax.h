/* SPDX-License-Identifier: Apache-2.0
 *
 * Softmax of each of `rows` rows of `cols` elements:
 *
 *     y[i][j] = exp(x[i][j] - m_i) / sum_k exp(x[i][k] - m_i)
 *     m_i = max_k x[i][k]
 *
 * A row that holds a NaN becomes all NaN. Sums are f32 for f16 too. y may be
 * the same array as x; it does not overlap it otherwise.
 */
#ifndef ASSAY_KERNELS_SOFTMAX_H
#define ASSAY_KERNELS_SOFTMAX_H

#include <stdint.h>

struct assay_softmax {
    int64_t rows, cols;
};

#endif
