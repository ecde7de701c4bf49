/* SPDX-License-Identifier: Apache-2.0
 *
 * A regular part of an array of up to six axes. x is dense of sizes d[0] …
 * d[5], the last one fastest, y dense of sizes count[0] … count[5]:
 *
 *     y[i_0]…[i_5] = x[start_0 + i_0 step_0]…[start_5 + i_5 step_5]
 *
 * step is not 0 and may be negative; start, and the last element that is
 * taken, lie within 0 … d - 1. count = 0 stands for as many as there are from
 * start on. Sizes are 1, start 0, step 1 and count 0 where nothing else is
 * said. Elements are moved and not looked at: f32, f16 and s8 stand for any
 * type of 4, 2 and 1 bytes. x and y do not overlap.
 */
#ifndef ASSAY_KERNELS_SLICE_H
#define ASSAY_KERNELS_SLICE_H

#include <stdint.h>

struct assay_slice {
    int64_t d[6];
    int64_t start[6];
    int64_t count[6];
    int64_t step[6];
};

#endif
