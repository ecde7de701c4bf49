/* SPDX-License-Identifier: Apache-2.0
 *
 * Packed constants of depthwise, with cp = c rounded up to a multiple of the
 * row's tile_n:
 *
 *     bias[cp], then w[r][s][cp]
 *
 * Channels beyond c and an absent bias are zero.
 */
#ifndef ASSAY_KERNELS_DEPTHWISE_PACK_H
#define ASSAY_KERNELS_DEPTHWISE_PACK_H

#include <stddef.h>

#include "kernels/depthwise/depthwise.h"
#include "kernels/window.h"

/* Height and width of the output. */
static inline int64_t assay_depthwise_out_h(const struct assay_depthwise *d)
{
    return assay_window_out(ASSAY_WINDOW_ROWS(d));
}

static inline int64_t assay_depthwise_out_w(const struct assay_depthwise *d)
{
    return assay_window_out(ASSAY_WINDOW_COLUMNS(d));
}

static inline size_t
assay_depthwise_packed_floats(const struct assay_depthwise *d, unsigned width)
{
    return (size_t)((d->r * d->s + 1) * assay_round_up(d->c, width));
}

/* w [r][s][c]; bias [c] or NULL. */
void assay_depthwise_pack_f32(const struct assay_depthwise *d, const float *w,
                              const float *bias, unsigned width, float *packed);

#endif
