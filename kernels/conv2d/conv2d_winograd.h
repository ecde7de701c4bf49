/* SPDX-License-Identifier: Apache-2.0
 *
 * Winograd's minimal filtering F(4x4, 3x3) for conv2d of f32 on the CPU: 4 x 4
 * outputs of a channel from 6 x 6 inputs by 36 products in place of 144.
 * Lavin and Gray, Fast Algorithms for Convolutional Neural Networks,
 * arXiv 1509.09308. With B, G and A of the points 0, ±p, ±q and infinity:
 *
 *     V = B' d B     of each tile d of x and each channel
 *     U = G g G'     of each kernel g, once
 *     M = sum over channels of U V, for each of the 36 places a GEMM of tiles
 *         by outputs
 *     y = act(A' M A + bias)
 *
 * Only for kernels of 3 x 3 with steps of 1 and no groups. Sums of products of
 * transformed values are less exact than plain sums. p = 1/q = sqrt(1/2) (Alam
 * et al., Winograd Convolution for Deep Neural Networks: Efficient Point
 * Selection, arXiv 2201.10369) makes a quarter of the largest error of the
 * usual 1 and 2: within two thirds of conv2d's tolerance, from
 * ASSAY_WINOGRAD_LEAST channels on.
 *
 * Packed: U, for each place the panels of dense_pack.h (k outputs, depth c, no
 * bias), then k biases, then c zeros, which stand for a pixel of the padding.
 */
#ifndef ASSAY_KERNELS_CONV2D_WINOGRAD_H
#define ASSAY_KERNELS_CONV2D_WINOGRAD_H

#include <stdbool.h>

#include "kernels/conv2d/conv2d_pack.h"
#include "kernels/kernel.h"

#define ASSAY_WINOGRAD_P 0.70710678118654752
#define ASSAY_WINOGRAD_Q 1.41421356237309505

enum {
    ASSAY_WINOGRAD_OUT = 4, /* outputs along a side of a tile */
    ASSAY_WINOGRAD_IN = 6,
    ASSAY_WINOGRAD_PLACES = ASSAY_WINOGRAD_IN * ASSAY_WINOGRAD_IN,
    ASSAY_WINOGRAD_LEAST = 32,
};

bool assay_conv2d_is_winograd(const struct assay_row *row);

/* Whether the problem, in f32, is one for Winograd rows. */
bool assay_winograd_fits(const struct assay_conv2d *d);

/* UNSUPPORTED with a message if a Winograd row cannot do the problem. */
enum assay_status assay_winograd_accepts(const struct assay_row *row,
                                         const struct assay_conv2d *d);

/* Whether it is faster than the plain row of the same instruction set. */
bool assay_winograd_pays(const struct assay_row *row,
                         const struct assay_conv2d *d);

/* Operations of the transforms of x and y and of the products. */
double assay_winograd_flops(const struct assay_conv2d *d);

size_t assay_winograd_packed_bytes(const struct assay_row *row,
                                   const struct assay_conv2d *d);
void assay_winograd_pack(const struct assay_row *row,
                         const struct assay_conv2d *d, const float *w,
                         const float *bias, float *packed);
size_t assay_winograd_scratch_bytes(const struct assay_row *row,
                                    const struct assay_conv2d *d);

/* Tiles of all images, and those that a thread transforms at a time. */
static inline int64_t assay_winograd_tiles(const struct assay_conv2d *d)
{
    const int64_t out = ASSAY_WINOGRAD_OUT;
    return d->n * ((assay_conv2d_out_h(d) + out - 1) / out) *
           ((assay_conv2d_out_w(d) + out - 1) / out);
}

/* Floats from one row of V, and of M, to the next; V's rows start in different
 * sets of the caches. */
static inline int64_t assay_winograd_v_pitch(const struct assay_conv2d *d)
{
    return assay_round_up(d->c, 16) + 16;
}

static inline int64_t assay_winograd_m_pitch(const struct assay_conv2d *d,
                                             unsigned tile_n)
{
    return assay_round_up(d->k, tile_n);
}

static inline int64_t assay_winograd_block(const struct assay_conv2d *d,
                                           unsigned tile_m, unsigned tile_n)
{
    /* V and M of a block stay in the second-level cache, if that leaves a
     * register tile's rows. */
    const int64_t floats = 192 * 1024 / ASSAY_WINOGRAD_PLACES;
    const int64_t fit = floats / (assay_winograd_v_pitch(d) +
                                  assay_winograd_m_pitch(d, tile_n));
    const int64_t rows = fit / tile_m < 1   ? 1
                         : fit / tile_m > 4 ? 4
                                            : fit / tile_m;
    return rows * tile_m;
}

#endif
