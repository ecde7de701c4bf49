/* SPDX-License-Identifier: Apache-2.0
 *
 * The register tile of gemm_s32_tile.h for s8 with AVX2: 6 rows by 16 columns,
 * words of two s16 (x) and two s8 (weights, widened as they are read).
 * vpmaddwd, since vpmaddubsw saturates.
 */
#include <immintrin.h>
#include <stdint.h>

#define TILE_LANES 8
#define TILE_M 6
#define TILE_GROUP 2
#define TILE_BYTES 2
typedef int32_t tile_vec
    __attribute__((vector_size(32), aligned(4), may_alias));

static inline tile_vec tile_weights(const uint8_t *w)
{
    return (tile_vec)_mm256_cvtepi8_epi16(
        _mm_loadu_si128((const __m128i *)(const void *)w));
}

static inline tile_vec tile_dot(tile_vec sum, tile_vec w, tile_vec x)
{
    return sum + (tile_vec)_mm256_madd_epi16((__m256i)w, (__m256i)x);
}

static inline tile_vec tile_keep(tile_vec v)
{
    __asm__("" : "+x"(v));
    return v;
}

#include "kernels/dense/gemm_s32_tile.h"
