/* SPDX-License-Identifier: Apache-2.0
 *
 * An array of up to six axes made larger. x is dense of sizes d[0] … d[5], the
 * last one fastest. Along each axis, `interior` places come between
 * neighbouring elements, `before` ahead of the first and `after` behind the
 * last, so that y has the size before + d + (d - 1) interior + after. With
 * t = o - before, e = d + (d - 1) interior, place o of an axis of y takes
 *
 *     constant: element t / (interior + 1), where 0 <= t < e and that is whole
 *               along every axis; else `value`
 *     edge:     element min(max(t, 0), e - 1)
 *     reflect:  element |t|, or 2 (e - 1) - t if t >= e
 *
 * interior is 0 but for constant, before and after at most d - 1 for reflect.
 * Sizes are 1 and the others 0 where nothing is said. In f16 the value is
 * rounded to f32 and then to f16; in s8 it is an integer of -128 … 127 (the
 * zero point, where it stands for 0). Elements are moved and not looked at. x
 * and y do not overlap.
 */
#ifndef ASSAY_KERNELS_PAD_H
#define ASSAY_KERNELS_PAD_H

#include <stdint.h>

enum assay_pad_kind {
    ASSAY_PAD_CONSTANT,
    ASSAY_PAD_EDGE,
    ASSAY_PAD_REFLECT,
};

struct assay_pad {
    int64_t kind; /* enum assay_pad_kind */
    double value; /* constant only */
    int64_t d[6];
    int64_t before[6];
    int64_t after[6];
    int64_t interior[6];
};

#endif
