/* SPDX-License-Identifier: Apache-2.0
 *
 * Scratch of the CPU rows of sparse, one thread's: a tile's rows of x, turned,
 * and the sums of some outputs of those rows.
 */
#ifndef ASSAY_KERNELS_SPARSE_SCRATCH_H
#define ASSAY_KERNELS_SPARSE_SCRATCH_H

#include "kernels/shape.h"
#include "kernels/sparse/sparse_pack.h"

/* Rows of a tile, at most, where sums lie along the rows of x, and outputs
 * whose sums wait there for the next block of k. */
#define ASSAY_SPARSE_ROWS 32
#define ASSAY_SPARSE_OUTPUTS 512

static inline size_t assay_sparse_scratch_f32(int64_t k)
{
    return sizeof(float) * ASSAY_SPARSE_ROWS *
           ((size_t)assay_round_up(k, 16) + ASSAY_SPARSE_OUTPUTS);
}

/* The rows of a tile in words of two or four elements, and once more those
 * columns that a strip of 16 outputs has. */
static inline size_t assay_sparse_scratch_s8(int64_t k)
{
    return sizeof(int32_t) * 2 * ASSAY_SPARSE_ROWS *
           (size_t)assay_round_up(k / 2 + 2, 16);
}

#endif
