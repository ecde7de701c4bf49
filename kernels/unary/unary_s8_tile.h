/* SPDX-License-Identifier: Apache-2.0
 *
 * A function by element, s8, for one ISA level: the including file defines
 * KERNEL as its symbol. A look into the packed table an element. With AVX2 and
 * AVX-512 (BW) it is sixteen tables of sixteen bytes: a byte whose upper half
 * is not k gets its top bit set, for which the shuffle of table k gives 0, and
 * the sixteen results are joined. No alignment needed; y may be x. Threads take
 * spans of whole cache lines. Equal to the reference.
 */
#include <string.h>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "kernels/kernel.h"
#include "kernels/split.h"
#include "kernels/unary/unary_table.h"

assay_cpu_function KERNEL;

#if defined(__AVX512BW__)
typedef __m512i bytes;
#define SET(x) _mm512_set1_epi8((char)(x))
#define XOR _mm512_xor_si512
#define OR _mm512_or_si512
#define ADDS _mm512_adds_epu8
#define SHUFFLE _mm512_shuffle_epi8
#define REPEAT(x) _mm512_broadcast_i32x4(x)
#elif defined(__AVX2__)
typedef __m256i bytes;
#define SET(x) _mm256_set1_epi8((char)(x))
#define XOR _mm256_xor_si256
#define OR _mm256_or_si256
#define ADDS _mm256_adds_epu8
#define SHUFFLE _mm256_shuffle_epi8
#define REPEAT(x) _mm256_broadcastsi128_si256(x)
#endif

#if defined(__AVX2__)
/* How many elements were done. */
static int64_t vectors(const uint8_t *x, int8_t *y, int64_t n,
                       const int8_t *table)
{
    enum { SIZE = sizeof(bytes), TABLES = ASSAY_UNARY_TABLE / 16 };
    bytes tables[TABLES];
    for (int k = 0; k < TABLES; k++)
        tables[k] = REPEAT(
            _mm_loadu_si128((const __m128i *)(const void *)(table + 16 * k)));
    int64_t i = 0;
    for (; i + SIZE <= n; i += SIZE) {
        bytes v, r = SET(0);
        memcpy(&v, x + i, SIZE);
        for (int k = 0; k < TABLES; k++)
            r = OR(r, SHUFFLE(tables[k], ADDS(XOR(v, SET(16 * k)), SET(0x70))));
        memcpy(y + i, &r, SIZE);
    }
    return i;
}
#else
static int64_t vectors(const uint8_t *x, int8_t *y, int64_t n,
                       const int8_t *table)
{
    (void)x;
    (void)y;
    (void)n;
    (void)table;
    return 0;
}
#endif

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_range span = assay_split_units(
        call->problem->as.unary.n, 256, call->threads, call->thread);
    const uint8_t *x = (const uint8_t *)call->inputs[0] + span.begin;
    const int8_t *table = call->packed;
    int8_t *y = (int8_t *)call->output + span.begin;
    const int64_t n = span.end - span.begin;
    for (int64_t i = vectors(x, y, n, table); i < n; i++)
        y[i] = table[x[i]];
}
