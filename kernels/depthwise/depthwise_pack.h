/* SPDX-License-Identifier: Apache-2.0
 *
 * Packed constants of depthwise, with cp = c rounded up to a multiple of the
 * row's tile_n:
 *
 *     f32, f16: bias[cp], then w[r][s][cp], all f32
 *     s8:       bias[cp] (s32), scale[cp] (f32, 0 if absent), then w[r][s][cp]
 *               - wzero[cp] as s16
 *     s8, ref:  bias[c], scale[c], wzero[c], w[r][s][c], all of 32 bits
 *
 * Channels beyond c and an absent bias are zero.
 */
#ifndef ASSAY_KERNELS_DEPTHWISE_PACK_H
#define ASSAY_KERNELS_DEPTHWISE_PACK_H

#include <stddef.h>

#include "kernels/depthwise/depthwise.h"
#include "kernels/kernel.h"
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

/* Bytes of a row's packed constants, of any dtype, and the packing. */
size_t assay_depthwise_packed_bytes(const struct assay_row *row,
                                    const struct assay_problem *problem);
void assay_depthwise_pack(const struct assay_row *row,
                          const struct assay_problem *problem,
                          const void *const *constants, void *packed);

#endif
