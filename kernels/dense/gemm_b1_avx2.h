/* SPDX-License-Identifier: Apache-2.0
 *
 * The register tile of gemm_s32_tile.h for b1 with AVX2: 4 rows by 16 columns.
 * Bits are counted four at a time by vpshufb from a table (Mula, Kurz, Lemire,
 * "Faster population counts using AVX2 instructions", 2018), in bytes that are
 * added up before they overflow.
 */
#include <immintrin.h>
#include <stdint.h>

#define TILE_LANES 8
#define TILE_M 4
#define TILE_GROUP 1
#define TILE_BYTES 4
#define TILE_BLOCK 31
typedef int32_t tile_vec
    __attribute__((vector_size(32), aligned(4), may_alias));

static inline tile_vec tile_weights(const uint8_t *w)
{
    return *(const tile_vec *)(const void *)w;
}

static inline tile_vec tile_dot(tile_vec sum, tile_vec w, tile_vec x)
{
    const __m256i table = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
    const __m256i low = _mm256_set1_epi8(15);
    const __m256i bits = _mm256_xor_si256((__m256i)w, (__m256i)x);
    const __m256i a = _mm256_shuffle_epi8(table, _mm256_and_si256(bits, low));
    const __m256i b = _mm256_shuffle_epi8(
        table, _mm256_and_si256(_mm256_srli_epi16(bits, 4), low));
    return (tile_vec)_mm256_add_epi8((__m256i)sum, _mm256_add_epi8(a, b));
}

static inline tile_vec tile_widen(tile_vec sum)
{
    const __m256i pairs =
        _mm256_maddubs_epi16((__m256i)sum, _mm256_set1_epi8(1));
    return (tile_vec)_mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}

static inline tile_vec tile_keep(tile_vec v)
{
    __asm__("" : "+x"(v));
    return v;
}

#include "kernels/dense/gemm_s32_tile.h"
