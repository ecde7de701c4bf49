/* SPDX-License-Identifier: Apache-2.0
 *
 * The register tile of gemm_s32_tile.h for b1 with NEON (AArch64): 8 rows by 8
 * columns. cnt counts the bits of bytes, which are added up before they
 * overflow.
 */
#include <arm_neon.h>
#include <stdint.h>

#define TILE_LANES 4
#define TILE_M 8
#define TILE_GROUP 1
#define TILE_BYTES 4
#define TILE_BLOCK 31
typedef int32_t tile_vec
    __attribute__((vector_size(16), aligned(4), may_alias));

static inline tile_vec tile_weights(const uint8_t *w)
{
    return (tile_vec)vld1q_u8(w);
}

static inline tile_vec tile_dot(tile_vec sum, tile_vec w, tile_vec x)
{
    return (tile_vec)vaddq_u8((uint8x16_t)sum, vcntq_u8((uint8x16_t)(w ^ x)));
}

static inline tile_vec tile_widen(tile_vec sum)
{
    return (tile_vec)vpaddlq_u16(vpaddlq_u8((uint8x16_t)sum));
}

static inline tile_vec tile_keep(tile_vec v)
{
    __asm__("" : "+w"(v));
    return v;
}

#include "kernels/dense/gemm_s32_tile.h"
