/* SPDX-License-Identifier: Apache-2.0
 *
 * The register tile of gemm_s32_tile.h for s8 with AVX-512 VNNI: 14 rows by 32
 * columns, words of four s8 (x) and four u8 (weights + 128). vpdpbusd takes its
 * signed factor from memory, so that x is read where it lies, and the 128 comes
 * out of the sum with the weights' zero point (dense_pack.h). A file that
 * converts x anyway defines TILE_UNSIGNED_X: x + 128 as u8, weights as s8.
 */
#include <immintrin.h>
#include <stdint.h>

#define TILE_LANES 16
#define TILE_M 14
#define TILE_GROUP 4
#define TILE_BYTES 4
typedef int32_t tile_vec
    __attribute__((vector_size(64), aligned(4), may_alias));

static inline tile_vec tile_weights(const uint8_t *w)
{
    return (tile_vec)_mm512_loadu_si512(w);
}

static inline tile_vec tile_dot(tile_vec sum, tile_vec w, tile_vec x)
{
#ifdef TILE_UNSIGNED_X
    return (tile_vec)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)x, (__m512i)w);
#else
    return (tile_vec)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)w, (__m512i)x);
#endif
}

static inline tile_vec tile_keep(tile_vec v)
{
    __asm__("" : "+v"(v));
    return v;
}

#include "kernels/dense/gemm_s32_tile.h"
