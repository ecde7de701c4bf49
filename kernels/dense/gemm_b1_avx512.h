/* SPDX-License-Identifier: Apache-2.0
 *
 * The register tile of gemm_s32_tile.h for b1 with AVX-512 BW: 8 rows by 32
 * columns. Bits are counted as with AVX2 (gemm_b1_avx2.h), xor and mask in one
 * instruction.
 */
#include <immintrin.h>
#include <stdint.h>

#define TILE_LANES 16
#define TILE_M 8
#define TILE_GROUP 1
#define TILE_BYTES 4
#define TILE_BLOCK 31
typedef int32_t tile_vec
    __attribute__((vector_size(64), aligned(4), may_alias));

static inline tile_vec tile_weights(const uint8_t *w)
{
    return *(const tile_vec *)(const void *)w;
}

/* (a xor b) and c */
#define TILE_XOR_AND 0x28

static inline tile_vec tile_dot(tile_vec sum, tile_vec w, tile_vec x)
{
    const __m512i table = _mm512_broadcast_i32x4(
        _mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
    const __m512i low = _mm512_set1_epi8(15);
    const __m512i a = _mm512_shuffle_epi8(
        table,
        _mm512_ternarylogic_epi32((__m512i)w, (__m512i)x, low, TILE_XOR_AND));
    const __m512i b = _mm512_shuffle_epi8(
        table, _mm512_ternarylogic_epi32(_mm512_srli_epi16((__m512i)w, 4),
                                         _mm512_srli_epi16((__m512i)x, 4), low,
                                         TILE_XOR_AND));
    return (tile_vec)_mm512_add_epi8((__m512i)sum, _mm512_add_epi8(a, b));
}

static inline tile_vec tile_widen(tile_vec sum)
{
    const __m512i pairs =
        _mm512_maddubs_epi16((__m512i)sum, _mm512_set1_epi8(1));
    return (tile_vec)_mm512_madd_epi16(pairs, _mm512_set1_epi16(1));
}

static inline tile_vec tile_keep(tile_vec v)
{
    __asm__("" : "+v"(v));
    return v;
}

#include "kernels/dense/gemm_s32_tile.h"
