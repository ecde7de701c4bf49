/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/quantize/scales.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

const char *const assay_scales_names[] = {"tensor", "row", "column", NULL};

int64_t assay_scales_count(enum assay_scales scales, int64_t rows, int64_t cols)
{
    return scales == ASSAY_SCALES_TENSOR ? 1
           : scales == ASSAY_SCALES_ROW  ? rows
                                         : cols;
}

enum assay_status assay_scales_check(const char *name,
                                     const void *const *constants,
                                     int64_t count)
{
    const float *scale = constants[0];
    const int32_t *zero = constants[1];
    for (int64_t i = 0; i < count; i++) {
        if (!(scale[i] > 0) || isinf(scale[i]) || isinf(1 / scale[i]))
            return assay_fail(ASSAY_INVALID,
                              "%s: scale %" PRId64 " is %g, not a normal "
                              "number above 0",
                              name, i, (double)scale[i]);
        if (zero[i] < -128 || zero[i] > 127)
            return assay_fail(ASSAY_INVALID,
                              "%s: zero point %" PRId64 " is %" PRId32
                              ", not within -128 to 127",
                              name, i, zero[i]);
    }
    return ASSAY_OK;
}

size_t assay_scales_bytes(int64_t count)
{
    return (size_t)count * (sizeof(float) + sizeof(int32_t));
}

void assay_scales_pack(const void *const *constants, int64_t count,
                       bool reciprocal, void *packed)
{
    const float *scale = constants[0];
    float *factor = packed;
    for (int64_t i = 0; i < count; i++)
        factor[i] = reciprocal ? (float)(1.0 / (double)scale[i]) : scale[i];
    memcpy(factor + count, constants[1], (size_t)count * sizeof(int32_t));
}
