/* SPDX-License-Identifier: Apache-2.0
 *
 * The register tile of gemm_s32_tile.h for s8 with AVX-512 BW: 14 rows by 32
 * columns, words of two s16 (x) and two s8 (weights, widened as they are read).
 * vpmaddwd, since vpmaddubsw saturates.
 */
#include <immintrin.h>
#include <stdint.h>

#define TILE_LANES 16
#define TILE_M 14
#define TILE_GROUP 2
#define TILE_BYTES 2
typedef int32_t tile_vec
    __attribute__((vector_size(64), aligned(4), may_alias));

static inline tile_vec tile_weights(const uint8_t *w)
{
    return (tile_vec)_mm512_cvtepi8_epi16(
        _mm256_loadu_si256((const __m256i *)(const void *)w));
}

static inline tile_vec tile_dot(tile_vec sum, tile_vec w, tile_vec x)
{
    return sum + (tile_vec)_mm512_madd_epi16((__m512i)w, (__m512i)x);
}

static inline tile_vec tile_keep(tile_vec v)
{
    __asm__("" : "+v"(v));
    return v;
}

#include "kernels/dense/gemm_s32_tile.h"
