/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows chosen by number: x is [outer][n][inner], the second input `count`
 * indices of s32, y is [outer][count][inner]:
 *
 *     y[o][k][:] = x[o][clamp(i < 0 ? i + n : i, 0, n - 1)][:], i = indices[k]
 *
 * A negative index thus counts from the end, and one out of range, which
 * untrusted data may hold, takes the nearest row. Elements are moved and not
 * looked at: f32, f16 and s8 stand for any type of 4, 2 and 1 bytes. No input
 * overlaps y.
 */
#ifndef ASSAY_KERNELS_GATHER_H
#define ASSAY_KERNELS_GATHER_H

#include <stdint.h>

struct assay_gather {
    int64_t outer, n, inner, count; /* n is at most 2^31 - 1 */
};

#endif
