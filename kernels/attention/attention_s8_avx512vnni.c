/* SPDX-License-Identifier: Apache-2.0
 *
 * Attention, s8, AVX-512 VNNI. int32 accumulators, words of four bytes.
 * Register tile: 14 rows by 32 columns around vpdpbusd, with the left side
 * (queries + 128, weights) as its unsigned factor, the right side as it is.
 * Method and blocking: attention_s8_tile.h; contract: attention.h. Arrays need
 * no alignment. Equal to the reference. Row: attention.def; test:
 * test_kernels.c.
 */
#include <immintrin.h>
#include <stdint.h>

#define KERNEL assay_attention_s8_avx512vnni
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
    return (tile_vec)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)x, (__m512i)w);
}

static inline tile_vec tile_keep(tile_vec v)
{
    __asm__("" : "+v"(v));
    return v;
}

#include "kernels/dense/gemm_s32_tile.h"

#include "kernels/attention/attention_s8_tile.h"
