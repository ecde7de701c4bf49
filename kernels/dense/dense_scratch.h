/* SPDX-License-Identifier: Apache-2.0
 *
 * Scratch of a GEMM on the CPU: one register tile's rows of one pass, spread
 * so that they do not evict each other (gemm_f32_tile.h).
 */
#ifndef ASSAY_KERNELS_DENSE_SCRATCH_H
#define ASSAY_KERNELS_DENSE_SCRATCH_H

#define ASSAY_DENSE_MAX_ROWS 16
#define ASSAY_DENSE_MAX_COLUMNS 32
#define ASSAY_DENSE_ROW_FLOATS (512 + 16)
#define ASSAY_DENSE_SCRATCH_FLOATS                                             \
    (ASSAY_DENSE_MAX_ROWS * ASSAY_DENSE_ROW_FLOATS)

#endif
