/* SPDX-License-Identifier: Apache-2.0
 *
 * The register tile of gemm_f32_tile.h for NEON (AArch64): 8 rows by 8 columns,
 * 16 sums, two of the panel and the broadcasts in the 32 registers.
 */
#include <arm_neon.h>

#define TILE_LANES 4
#define TILE_M 8
typedef float tile_vec __attribute__((vector_size(16), aligned(4), may_alias));

static inline tile_vec tile_max(tile_vec a, tile_vec b)
{
    return (tile_vec)vbslq_f32(vcgtq_f32((float32x4_t)a, (float32x4_t)b),
                               (float32x4_t)a, (float32x4_t)b);
}

static inline tile_vec tile_min(tile_vec a, tile_vec b)
{
    return (tile_vec)vbslq_f32(vcltq_f32((float32x4_t)a, (float32x4_t)b),
                               (float32x4_t)a, (float32x4_t)b);
}

static inline tile_vec tile_keep(tile_vec v)
{
    __asm__("" : "+w"(v));
    return v;
}

#include "kernels/dense/gemm_f32_tile.h"
