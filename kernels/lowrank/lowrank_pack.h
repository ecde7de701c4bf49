/* SPDX-License-Identifier: Apache-2.0
 *
 * Packed constants of lowrank: the panels of u without a bias, then, from the
 * next multiple of 64 bytes, those of v with b; dense_pack.h has both kinds of
 * panels. f32: of the row's tile_n columns. s8: words of 4 for VNNI, with
 * unsigned weights, of 2 for other CPU rows, of 1 for devices. The reference's
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

/* The two products as problems of dense. */
static inline struct assay_dense
assay_lowrank_first(const struct assay_lowrank *d)
{
    return (struct assay_dense){.m = d->m,
                                .n = d->r,
                                .k = d->k,
                                .q = {.x_zero = d->q.x_zero,
                                      .y_zero = d->mid_zero,
                                      .low = -128,
                                      .high = 127}};
}

static inline struct assay_dense
assay_lowrank_second(const struct assay_lowrank *d)
{
    struct assay_dense second = {.m = d->m,
                                 .n = d->n,
                                 .k = d->r,
                                 .bias = d->bias,
                                 .act = d->act,
                                 .q = d->q};
    second.q.x_zero = d->mid_zero;
    return second;
}

/* s8: the panels of one of the products. */
static inline struct assay_word_panels
assay_lowrank_panels(const struct assay_dense *d, unsigned width,
                     unsigned group)
{
    return (struct assay_word_panels){.q = &d->q,
                                      .n = d->n,
                                      .segments = 1,
                                      .length = d->k,
                                      .width = width,
                                      .group = group,
                                      .offset = group == 4 ? 128 : 0};
}

/* Bytes before the panels of v. */
static inline size_t assay_lowrank_v_bytes(const struct assay_problem *problem,
                                           unsigned width, unsigned group)
{
    const struct assay_dense first = assay_lowrank_first(&problem->as.lowrank);
    const struct assay_word_panels panels =
        assay_lowrank_panels(&first, width, group);
    const size_t bytes =
        problem->dtype == ASSAY_S8
            ? assay_word_packed_bytes(&panels)
            : assay_dense_packed_floats(first.n, first.k, width) * 4;
    return (bytes + 63) & ~(size_t)63;
}

/* Elements of a word of s8 weights. */
static inline unsigned assay_lowrank_group(const struct assay_row *row)
{
    return row->api != ASSAY_API_CPU ? 1 : row->isa & ASSAY_ISA_VNNI ? 4 : 2;
}

#endif
