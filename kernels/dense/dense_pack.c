/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/dense/dense_pack.h"

#include <string.h>

#include "kernels/half.h"

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

void assay_dense_pack_f16_wide(const uint16_t *w, const uint16_t *bias,
                               int64_t n, int64_t k, unsigned width,
                               float *packed)
{
    for (int64_t first = 0; first < n; first += width) {
        for (int64_t j = 0; j < width; j++) {
            const int64_t row = first + j;
            packed[j] = bias && row < n ? assay_half_to_float(bias[row]) : 0;
            for (int64_t i = 0; i < k; i++)
                packed[(i + 1) * width + j] =
                    row < n ? assay_half_to_float(w[row * k + i]) : 0;
        }
        packed += assay_dense_panel_floats(k, width);
    }
}

void assay_dense_pack_f16(const uint16_t *w, const uint16_t *bias, int64_t n,
                          int64_t k, unsigned width, void *packed)
{
    uint8_t *panel = packed;
    for (int64_t first = 0; first < n; first += width) {
        float *head = (float *)(void *)panel;
        uint16_t *to = (uint16_t *)(void *)(head + width);
        for (int64_t j = 0; j < width; j++) {
            const int64_t row = first + j;
            head[j] = bias && row < n ? assay_half_to_float(bias[row]) : 0;
            for (int64_t i = 0; i < k; i++)
                to[i * width + j] = row < n ? w[row * k + i] : 0;
        }
        panel += assay_dense_panel_bytes_f16(k, width);
    }
}
