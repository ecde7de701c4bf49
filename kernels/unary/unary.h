/* SPDX-License-Identifier: Apache-2.0
 *
 * An activation on its own: y[i] = act(x[i]) for `n` elements (see act.h for
 * the functions). y may be the same array as x; it does not overlap it
 * otherwise.
 */
#ifndef ASSAY_KERNELS_UNARY_H
#define ASSAY_KERNELS_UNARY_H

#include <stdint.h>

struct assay_unary {
    int64_t n;
    int64_t act; /* enum assay_act, not ASSAY_ACT_NONE */
};

#endif
