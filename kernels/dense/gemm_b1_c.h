/* SPDX-License-Identifier: Apache-2.0
 *
 * The register tile of gemm_s32_tile.h for b1 on any processor with vectors of
 * four words (SSE2, NEON): 4 rows by 8 columns. Bits are counted by shifts and
 * masks into bytes, which are added up before they overflow.
 */
#include <stdint.h>

#define TILE_LANES 4
#define TILE_M 4
#define TILE_GROUP 1
#define TILE_BYTES 4
#define TILE_BLOCK 31
typedef int32_t tile_vec
    __attribute__((vector_size(16), aligned(4), may_alias));
typedef uint32_t tile_bits __attribute__((vector_size(16)));

static inline tile_vec tile_weights(const uint8_t *w)
{
    return *(const tile_vec *)(const void *)w;
}

static inline tile_vec tile_dot(tile_vec sum, tile_vec w, tile_vec x)
{
    tile_bits bits = (tile_bits)(w ^ x);
    bits -= (bits >> 1) & 0x55555555;
    bits = (bits & 0x33333333) + ((bits >> 2) & 0x33333333);
    /* Four counts of a byte each: no sign, no overflow. */
    return (tile_vec)((tile_bits)sum + ((bits + (bits >> 4)) & 0x0f0f0f0f));
}

static inline tile_vec tile_widen(tile_vec sum)
{
    tile_bits bytes = (tile_bits)sum;
    bytes = (bytes & 0x00ff00ff) + ((bytes >> 8) & 0x00ff00ff);
    return (tile_vec)((bytes & 0xffff) + (bytes >> 16));
}

static inline tile_vec tile_keep(tile_vec v)
{
    return v;
}

#include "kernels/dense/gemm_s32_tile.h"
