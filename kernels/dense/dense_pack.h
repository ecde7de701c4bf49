/* SPDX-License-Identifier: Apache-2.0
 *
 * Packed weights of a GEMM, shared by dense and by the convolutions that are
 * lowered to one: panels of `width` outputs, each [k][width] with the bias of
 * its outputs in front:
 *
 *     panel p: bias[width], then w[p*width + 0 … width-1][0], w[…][1] … [k-1]
 *
 * Outputs beyond n and an absent bias are zero. A micro-kernel thus reads one
 * panel front to back, in whole vectors.
 */
#ifndef ASSAY_KERNELS_DENSE_PACK_H
#define ASSAY_KERNELS_DENSE_PACK_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/shape.h"

/* Floats of one panel. */
static inline size_t assay_dense_panel_floats(int64_t k, unsigned width)
{
    return (size_t)(k + 1) * width;
}

static inline size_t assay_dense_packed_floats(int64_t n, int64_t k,
                                               unsigned width)
{
    return (size_t)((n + width - 1) / width) *
           assay_dense_panel_floats(k, width);
}

/* w [n][k]; bias [n] or NULL. */
void assay_dense_pack_f32(const float *w, const float *bias, int64_t n,
                          int64_t k, unsigned width, float *packed);

#endif
