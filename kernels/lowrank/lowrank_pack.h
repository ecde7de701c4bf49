/* SPDX-License-Identifier: Apache-2.0
 *
 * Packed constants of lowrank. f32: the panels of u, without a bias, then those
 * of v with b (dense_pack.h), both of the row's tile_n columns. The reference's
 * are the constants as they are, each at a multiple of 64 bytes, absent ones
 * as zeros: u, v, b, and for s8 scale and scale_mid.
 */
#ifndef ASSAY_KERNELS_LOWRANK_PACK_H
#define ASSAY_KERNELS_LOWRANK_PACK_H

#include "kernels/dense/dense_pack.h"
#include "kernels/kernel.h"

/* Where the reference's constants begin, in bytes. */
struct assay_lowrank_parts {
    size_t u, v, b, scale, scale_mid, bytes;
};

static inline struct assay_lowrank_parts
assay_lowrank_parts(const struct assay_problem *problem)
{
    const struct assay_lowrank *d = &problem->as.lowrank;
    const bool s8 = problem->dtype == ASSAY_S8;
    const size_t each = s8 ? 1 : 4, mask = ~(size_t)63;
    struct assay_lowrank_parts p = {0};
    p.v = ((size_t)(d->r * d->k) * each + 63) & mask;
    p.b = (p.v + (size_t)(d->n * d->r) * each + 63) & mask;
    p.scale = (p.b + (size_t)d->n * 4 + 63) & mask;
    p.scale_mid = s8 ? (p.scale + (size_t)d->n * 4 + 63) & mask : p.scale;
    p.bytes = s8 ? p.scale_mid + (size_t)d->r * 4 : p.scale;
    return p;
}

/* Floats before the panels of v. */
static inline size_t assay_lowrank_v_floats(const struct assay_lowrank *d,
                                            unsigned width)
{
    return assay_dense_packed_floats(d->r, d->k, width);
}

#endif
