/* SPDX-License-Identifier: Apache-2.0
 *
 * The register tile of gemm_s32_tile.h for s8 on any processor with vectors of
 * four words (SSE2, NEON): 4 rows by 8 columns, words of two s16 (x) and two s8
 * (weights, widened as they are read).
 */
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define TILE_LANES 4
#define TILE_M 4
#define TILE_GROUP 2
#define TILE_BYTES 2
typedef int32_t tile_vec
    __attribute__((vector_size(16), aligned(4), may_alias));

static inline tile_vec tile_weights(const uint8_t *w)
{
#if defined(__SSE2__)
    const __m128i bytes = _mm_loadl_epi64((const __m128i *)(const void *)w);
    return (tile_vec)_mm_srai_epi16(_mm_unpacklo_epi8(bytes, bytes), 8);
#else
    typedef int8_t bytes __attribute__((vector_size(8)));
    typedef int16_t shorts __attribute__((vector_size(16)));
    bytes eight;
    memcpy(&eight, w, sizeof eight);
    return (tile_vec) __builtin_convertvector(eight, shorts);
#endif
}

static inline tile_vec tile_dot(tile_vec sum, tile_vec w, tile_vec x)
{
#if defined(__SSE2__)
    return sum + (tile_vec)_mm_madd_epi16((__m128i)w, (__m128i)x);
#else
    return sum + (w << 16 >> 16) * (x << 16 >> 16) + (w >> 16) * (x >> 16);
#endif
}

static inline tile_vec tile_keep(tile_vec v)
{
    return v;
}

#include "kernels/dense/gemm_s32_tile.h"
