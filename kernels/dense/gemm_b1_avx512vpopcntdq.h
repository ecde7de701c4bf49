/* SPDX-License-Identifier: Apache-2.0
 *
 * The register tile of gemm_s32_tile.h for b1 with AVX-512 VPOPCNTDQ: 14 rows
 * by 32 columns, three instructions (xor, count, add) for 512 products.
 */
#include <immintrin.h>
#include <stdint.h>

#define TILE_LANES 16
#define TILE_M 14
#define TILE_GROUP 1
#define TILE_BYTES 4
typedef int32_t tile_vec
    __attribute__((vector_size(64), aligned(4), may_alias));

static inline tile_vec tile_weights(const uint8_t *w)
{
    return *(const tile_vec *)(const void *)w;
}

static inline tile_vec tile_dot(tile_vec sum, tile_vec w, tile_vec x)
{
    return sum + (tile_vec)_mm512_popcnt_epi32((__m512i)(w ^ x));
}

static inline tile_vec tile_keep(tile_vec v)
{
    __asm__("" : "+v"(v));
    return v;
}

#include "kernels/dense/gemm_s32_tile.h"
