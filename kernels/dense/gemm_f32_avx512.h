/* SPDX-License-Identifier: Apache-2.0
 *
 * The register tile of gemm_f32_tile.h for AVX-512: 14 rows by 32 columns, 28
 * sums, one row of the panel and one broadcast in the 32 registers.
 */
#include <immintrin.h>

#define TILE_LANES 16
#define TILE_M 14
typedef float tile_vec __attribute__((vector_size(64), aligned(4), may_alias));

static inline tile_vec tile_max(tile_vec a, tile_vec b)
{
    return (tile_vec)_mm512_max_ps((__m512)a, (__m512)b);
}

static inline tile_vec tile_min(tile_vec a, tile_vec b)
{
    return (tile_vec)_mm512_min_ps((__m512)a, (__m512)b);
}

/* Keeps `v` in a register, where the compiler would rather read it from memory
 * again for every use. */
static inline tile_vec tile_keep(tile_vec v)
{
    __asm__("" : "+v"(v));
    return v;
}

#include "kernels/dense/gemm_f32_tile.h"
