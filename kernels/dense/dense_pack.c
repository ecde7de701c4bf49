/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/dense/dense_pack.h"

void assay_dense_pack_f32(const float *w, const float *bias, int64_t n,
                          int64_t k, unsigned width, float *packed)
{
    for (int64_t first = 0; first < n; first += width) {
        for (int64_t j = 0; j < width; j++) {
            const int64_t row = first + j;
            packed[j] = bias && row < n ? bias[row] : 0;
            for (int64_t i = 0; i < k; i++)
                packed[(i + 1) * width + j] = row < n ? w[row * k + i] : 0;
        }
        packed += assay_dense_panel_floats(k, width);
    }
}
