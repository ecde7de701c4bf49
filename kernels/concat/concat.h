/* SPDX-License-Identifier: Apache-2.0
 *
 * Two to four arrays joined along an axis: input i is [outer][n[i]][inner], y
 * is [outer][n[0] + n[1] + …][inner]. n[2] = 0 and n[3] = 0 stand for inputs
 * that are absent, n[3] is absent where n[2] is; in the place of an absent
 * input stands any array of one element, such as input 0 again, which is not
 * read. Elements are moved and not looked at: f32, f16 and s8 stand for any
 * type of 4, 2 and 1 bytes. No input overlaps y.
 */
#ifndef ASSAY_KERNELS_CONCAT_H
#define ASSAY_KERNELS_CONCAT_H

#include <stdint.h>

struct assay_concat {
    int64_t outer;
    int64_t n[4];
    int64_t inner;
};

#endif
