/* SPDX-License-Identifier: Apache-2.0
 *
 * The register tile of gemm_s32_tile.h for s8 with NEON (AArch64): 4 rows by 8
 * columns, words of two s16 (x) and two s8 (weights, widened as they are read).
 */
#include <arm_neon.h>
#include <stdint.h>

#define TILE_LANES 4
#define TILE_M 4
#define TILE_GROUP 2
#define TILE_BYTES 2
typedef int32_t tile_vec
    __attribute__((vector_size(16), aligned(4), may_alias));

static inline tile_vec tile_weights(const uint8_t *w)
{
    return (tile_vec)vmovl_s8(vld1_s8((const int8_t *)w));
}

static inline tile_vec tile_dot(tile_vec sum, tile_vec w, tile_vec x)
{
    const int16x8_t a = (int16x8_t)w, b = (int16x8_t)x;
    const int32x4_t low = vmull_s16(vget_low_s16(a), vget_low_s16(b));
    const int32x4_t high = vmull_high_s16(a, b);
    return sum + (tile_vec)vpaddq_s32(low, high);
}

static inline tile_vec tile_keep(tile_vec v)
{
    __asm__("" : "+w"(v));
    return v;
}

#include "kernels/dense/gemm_s32_tile.h"
