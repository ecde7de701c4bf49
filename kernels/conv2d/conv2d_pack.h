/* SPDX-License-Identifier: Apache-2.0
 *
 * Packed weights of conv2d: for each group in turn, the panels of dense_pack.h
 * for a GEMM with
 *
 *     n = k/groups outputs,   depth = r*s*(c/groups)
 *
 * whose depth runs over [r][s][c/groups], the last index fastest. Group g
 * starts at float g * assay_conv2d_group_floats. A panel therefore holds
 * bias[width], then for each tap (r, s) in turn c/groups rows of `width`
 * weights; outputs beyond the group's n are zero, and a panel never holds
 * outputs of two groups. f16 is packed as it is in dense_pack.h, widened where
 * dense's rows of that kind have it so. Behind the last group of f32 stand
 * c/groups zeros, which a row may read in place of an input pixel that is
 * padding. s8 and b1: conv2d_words.h.
 */
#ifndef ASSAY_KERNELS_CONV2D_PACK_H
#define ASSAY_KERNELS_CONV2D_PACK_H

#include "kernels/conv2d/conv2d.h"
#include "kernels/dense/dense_pack.h"
#include "kernels/kernel.h"
#include "kernels/window.h"

/* Height and width of the output. */
static inline int64_t assay_conv2d_out_h(const struct assay_conv2d *d)
{
    return assay_window_out(ASSAY_WINDOW_ROWS(d));
}

static inline int64_t assay_conv2d_out_w(const struct assay_conv2d *d)
{
    return assay_window_out(ASSAY_WINDOW_COLUMNS(d));
}

/* Products summed up in one output element. */
static inline int64_t assay_conv2d_depth(const struct assay_conv2d *d)
{
    return d->r * d->s * (d->c / d->groups);
}

static inline size_t assay_conv2d_group_floats(const struct assay_conv2d *d,
                                               unsigned width)
{
    return assay_dense_packed_floats(d->k / d->groups, assay_conv2d_depth(d),
                                     width);
}

#endif
