/* SPDX-License-Identifier: Apache-2.0
 *
 * The register tile of gemm_f32_tile.h for any processor with vectors of four
 * floats (SSE2, NEON): 4 rows by 8 columns in 16 registers.
 */
#include <stdint.h>

#define TILE_LANES 4
#define TILE_M 4
typedef float tile_vec __attribute__((vector_size(16), aligned(4), may_alias));
typedef int32_t tile_mask __attribute__((vector_size(16)));

/* b, and a where `mask` is set. */
static inline tile_vec tile_select(tile_mask mask, tile_vec a, tile_vec b)
{
    return (tile_vec)(((tile_mask)a & mask) | ((tile_mask)b & ~mask));
}

static inline tile_vec tile_max(tile_vec a, tile_vec b)
{
    return tile_select((tile_mask)(a > b), a, b);
}

static inline tile_vec tile_min(tile_vec a, tile_vec b)
{
    return tile_select((tile_mask)(a < b), a, b);
}

static inline tile_vec tile_keep(tile_vec v)
{
    return v;
}

#include "kernels/dense/gemm_f32_tile.h"
