/* SPDX-License-Identifier: Apache-2.0
 *
 * Scratch of the CPU rows of lowrank, one thread's: what the GEMM of dense
 * needs, then t for a block of rows.
 */
#ifndef ASSAY_KERNELS_LOWRANK_SCRATCH_H
#define ASSAY_KERNELS_LOWRANK_SCRATCH_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/dense/dense_words.h"

/* Rows of a block: the more, the fewer times the weights are read; t stays in
 * the second-level cache. A multiple of every row's tile. */
#define ASSAY_LOWRANK_ROWS 84

static inline size_t assay_lowrank_scratch_f32(int64_t r)
{
    return sizeof(float) *
           (ASSAY_DENSE_SCRATCH_FLOATS + ASSAY_LOWRANK_ROWS * (size_t)r);
}

/* The rows of x or of t that a tile has in words of two, the wider ones, with
 * the sum of each; then t. */
static inline size_t assay_lowrank_words_bytes(int64_t k, int64_t r)
{
    return sizeof(int32_t) * ASSAY_DENSE_MAX_ROWS *
           (size_t)(assay_dense_row_words(((k > r ? k : r) + 1) / 2) + 16);
}

static inline size_t assay_lowrank_scratch_s8(int64_t k, int64_t r)
{
    return assay_lowrank_words_bytes(k, r) + ASSAY_LOWRANK_ROWS * (size_t)r;
}

#endif
