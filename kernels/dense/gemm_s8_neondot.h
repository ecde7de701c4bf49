/* SPDX-License-Identifier: Apache-2.0
 *
 * The register tile of gemm_s32_tile.h for s8 with the dot products of NEON
 * (ARMv8.2 dotprod): 8 rows by 8 columns, words of four s8. sdot takes both
 * factors with their signs, so nothing is shifted by 128.
 */
#include <arm_neon.h>
#include <stdint.h>

#define TILE_LANES 4
#define TILE_M 8
#define TILE_GROUP 4
#define TILE_BYTES 4
typedef int32_t tile_vec
    __attribute__((vector_size(16), aligned(4), may_alias));

static inline tile_vec tile_weights(const uint8_t *w)
{
    return (tile_vec)vld1q_s8((const int8_t *)w);
}

static inline tile_vec tile_dot(tile_vec sum, tile_vec w, tile_vec x)
{
    return (tile_vec)vdotq_s32((int32x4_t)sum, (int8x16_t)w, (int8x16_t)x);
}

static inline tile_vec tile_keep(tile_vec v)
{
    __asm__("" : "+w"(v));
    return v;
}

#include "kernels/dense/gemm_s32_tile.h"
