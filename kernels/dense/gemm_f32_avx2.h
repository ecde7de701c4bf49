/* SPDX-License-Identifier: Apache-2.0
 *
 * The register tile of gemm_f32_tile.h for AVX2 and FMA: 6 rows by 16 columns,
 * 12 sums, one row of the panel and one broadcast in the 16 registers.
 */
#include <immintrin.h>

#define TILE_LANES 8
#define TILE_M 6
typedef float tile_vec __attribute__((vector_size(32), aligned(4), may_alias));

static inline tile_vec tile_max(tile_vec a, tile_vec b)
{
    return (tile_vec)_mm256_max_ps((__m256)a, (__m256)b);
}

static inline tile_vec tile_min(tile_vec a, tile_vec b)
{
    return (tile_vec)_mm256_min_ps((__m256)a, (__m256)b);
}

/* Keeps `v` in a register, where the compiler would rather read it from memory
 * again for every use. */
static inline tile_vec tile_keep(tile_vec v)
{
    __asm__("" : "+x"(v));
    return v;
}

#include "kernels/dense/gemm_f32_tile.h"
