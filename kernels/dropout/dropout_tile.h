/* SPDX-License-Identifier: Apache-2.0
 *
 * Dropout, f32 or f16 (real_vector.h), for one ISA level: the including file
 * defines KERNEL as its symbol. A block is as many generator calls as a float
 * vector has lanes, eight elements each. A 32 x 32 bit product fills 64 bits,
 * so the even and the odd lanes are two sets of 64-bit lanes, whose upper
 * halves may hold anything until they are joined at the end; no lane is moved
 * within the ten rounds. Counters are dealt to lanes so that the one
 * transposition of the four words leaves the fields in the order of elements.
 * An output of LARGE bytes and more is stored past the caches, and its input
 * fetched AHEAD bytes early, since the generator fills the processor's window
 * and no later load would be seen in time (a third of the time without). Bound
 * by memory beyond the cache for f32 (AVX-512: 60 operations for 64 elements),
 * by the generator otherwise. Threads share the blocks of all samples. Equal to
 * the reference to the bit.
 */
#include "kernels/dropout/philox.h"
#include "kernels/kernel.h"
#include "kernels/real_vector.h"
#include "kernels/split.h"

assay_cpu_function KERNEL;

enum {
    LANES = ASSAY_VF_LANES,
    BLOCK = 8 * LANES,
    ROUNDS = ASSAY_PHILOX_ROUNDS,
    LARGE = 16 << 20, /* bytes */
    AHEAD = 4096
};

typedef uint64_t wide __attribute__((vector_size(4 * LANES)));
typedef uint32_t narrow __attribute__((vector_size(4 * LANES)));
typedef uint16_t field __attribute__((vector_size(2 * LANES)));

/* What does not change between blocks. */
struct mask {
    wide key0[ROUNDS], key1[ROUNDS];
    wide even, odd; /* counters of the lanes, from the block's first */
    int32_t least;
    assay_vf scale;
    bool large; /* the output does not fit the caches */
};

/* The product of the lower halves. */
ASSAY_INLINE wide multiply(wide a, uint32_t b)
{
#if defined(__AVX512F__)
    return (wide)_mm512_mul_epu32((__m512i)a, _mm512_set1_epi64(b));
#elif defined(__AVX2__)
    return (wide)_mm256_mul_epu32((__m256i)a, _mm256_set1_epi64x(b));
#elif defined(__SSE2__)
    return (wide)_mm_mul_epu32((__m128i)a, _mm_set1_epi64x(b));
#else
    return (a & 0xffffffff) * b;
#endif
}

/* The counters of even and odd lanes become four words each; the lower halves
 * count. */
ASSAY_INLINE void generate(const struct mask *mask, wide even[4], wide odd[4])
{
    for (int i = 0; i < ROUNDS; i++) {
        const wide a = multiply(even[0], ASSAY_PHILOX_M0);
        const wide b = multiply(even[2], ASSAY_PHILOX_M1);
        const wide c = multiply(odd[0], ASSAY_PHILOX_M0);
        const wide d = multiply(odd[2], ASSAY_PHILOX_M1);
        even[0] = (b >> 32) ^ even[1] ^ mask->key0[i];
        odd[0] = (d >> 32) ^ odd[1] ^ mask->key0[i];
        even[1] = b;
        odd[1] = d;
        even[2] = (a >> 32) ^ even[3] ^ mask->key1[i];
        odd[2] = (c >> 32) ^ odd[3] ^ mask->key1[i];
        even[3] = a;
        odd[3] = c;
    }
}

/* Lanes of a and b taken in turn, within each four. */
#if ASSAY_VF_LANES == 16
#define LOW_32(a, b)                                                           \
    __builtin_shufflevector(a, b, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25,    \
                            12, 28, 13, 29)
#define HIGH_32(a, b)                                                          \
    __builtin_shufflevector(a, b, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27,  \
                            14, 30, 15, 31)
#define LOW_64(a, b) __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14)
#define HIGH_64(a, b) __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15)
#elif ASSAY_VF_LANES == 8
#define LOW_32(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define HIGH_32(a, b) __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define LOW_64(a, b) __builtin_shufflevector(a, b, 0, 4, 2, 6)
#define HIGH_64(a, b) __builtin_shufflevector(a, b, 1, 5, 3, 7)
#else
#define LOW_32(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define HIGH_32(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#define LOW_64(a, b) __builtin_shufflevector(a, b, 0, 2)
#define HIGH_64(a, b) __builtin_shufflevector(a, b, 1, 3)
#endif

/* The fields of a block's elements, from its first counter on. */
ASSAY_INLINE void draw(const struct mask *mask, uint64_t counter,
                       uint16_t fields[BLOCK])
{
    const wide even_counter = mask->even + counter;
    const wide odd_counter = mask->odd + counter;
    wide even[4] = {even_counter, even_counter >> 32};
    wide odd[4] = {odd_counter, odd_counter >> 32};
    narrow word[4];
    generate(mask, even, odd);
    for (int i = 0; i < 4; i++)
        word[i] = (narrow)((even[i] & 0xffffffff) | (odd[i] << 32));
    const wide low = (wide)LOW_32(word[0], word[1]);
    const wide high = (wide)HIGH_32(word[0], word[1]);
    const wide low2 = (wide)LOW_32(word[2], word[3]);
    const wide high2 = (wide)HIGH_32(word[2], word[3]);
    const wide ordered[4] = {LOW_64(low, low2), HIGH_64(low, low2),
                             LOW_64(high, high2), HIGH_64(high, high2)};
    memcpy(fields, ordered, sizeof ordered);
}

/* v scaled where the field says so, else 0. */
ASSAY_INLINE assay_vf choose(const struct mask *mask, const uint16_t *fields,
                             assay_vf v)
{
    field f;
    memcpy(&f, fields, sizeof f);
#if defined(__AVX512F__)
    const __mmask16 keep = _mm512_cmpge_epu32_mask(
        _mm512_cvtepu16_epi32((__m256i)f), _mm512_set1_epi32(mask->least));
    return (assay_vf)_mm512_maskz_mul_ps(keep, (__m512)v, (__m512)mask->scale);
#else
    const assay_vi keep = __builtin_convertvector(f, assay_vi) >= mask->least;
    return (assay_vf)(keep & (assay_vi)(v * mask->scale));
#endif
}

/* Past the caches, which saves reading what is about to be overwritten; `to`
 * aligned to the vector. */
ASSAY_INLINE void stream(assay_real *to, assay_vf v)
{
#if defined(__AVX512F__) && defined(ASSAY_HALF)
    _mm256_stream_si256((__m256i *)to, (__m256i)assay_vh_narrow(v));
#elif defined(__AVX512F__)
    _mm512_stream_ps(to, (__m512)v);
#elif defined(__AVX2__) && defined(ASSAY_HALF)
    _mm_stream_si128((__m128i *)to, (__m128i)assay_vh_narrow(v));
#elif defined(__AVX2__)
    _mm256_stream_ps(to, (__m256)v);
#elif defined(__SSE2__) && !defined(ASSAY_HALF)
    _mm_stream_ps(to, (__m128)v);
#else
    assay_real_store(to, v);
#endif
}

/* Stores of stream() become visible to other threads. */
ASSAY_INLINE void stream_end(void)
{
#if defined(__SSE2__)
    _mm_sfence();
#endif
}

/* Whole blocks; the number of elements is returned. */
ASSAY_INLINE int64_t whole_blocks(const struct mask *mask, uint64_t counter,
                                  const assay_real *x, assay_real *y, int64_t n,
                                  bool streamed)
{
    uint16_t fields[BLOCK] __attribute__((aligned(64)));
    int64_t i = 0;
    for (; i + BLOCK <= n; i += BLOCK, counter += LANES) {
        draw(mask, counter, fields);
        for (int j = 0; j < BLOCK; j += LANES) {
            const assay_vf v =
                choose(mask, fields + j, assay_real_load(x + i + j));
            if (streamed)
                __builtin_prefetch((const char *)(x + i + j) + AHEAD);
            if (streamed)
                stream(y + i + j, v);
            else
                assay_real_store(y + i + j, v);
        }
    }
    return i;
}

/* n elements from the start of a block, whose first counter is given. */
static void stretch(const struct mask *mask, uint64_t counter,
                    const assay_real *x, assay_real *y, int64_t n)
{
    uint16_t fields[BLOCK] __attribute__((aligned(64)));
    int64_t done;
    if (mask->large && (uintptr_t)y % (LANES * sizeof *y) == 0) {
        done = whole_blocks(mask, counter, x, y, n, true);
        stream_end();
    } else {
        done = whole_blocks(mask, counter, x, y, n, false);
    }
    counter += (uint64_t)done / 8;
    x += done;
    y += done;
    n -= done;
    if (n <= 0)
        return;
    draw(mask, counter, fields);
    for (int64_t j = 0; j < n; j += LANES) {
        const int64_t lanes = n - j < LANES ? n - j : LANES;
        const assay_vf v = assay_real_load_part(x + j, lanes, 0);
        assay_real_store_part(y + j, lanes, choose(mask, fields + j, v));
    }
}

static void mask_make(struct mask *mask, const struct assay_dropout *d)
{
    uint32_t key0 = (uint32_t)d->seed, key1 = (uint32_t)(d->seed >> 32);
    for (int i = 0; i < ROUNDS; i++) {
        mask->key0[i] = (wide){0} + key0;
        mask->key1[i] = (wide){0} + key1;
        key0 += ASSAY_PHILOX_W0;
        key1 += ASSAY_PHILOX_W1;
    }
    /* Lane 4q + k goes to the kth vector and its qth part of four words. */
    for (int lane = 0; lane < LANES; lane++) {
        const uint64_t number = (uint64_t)(lane % 4 * (LANES / 4) + lane / 4);
        if (lane % 2)
            mask->odd[lane / 2] = number;
        else
            mask->even[lane / 2] = number;
    }
    mask->least = (int32_t)assay_dropout_threshold(d);
    mask->scale = assay_vf_set(assay_dropout_scale(d));
    mask->large = d->samples * d->n * (int64_t)sizeof(assay_real) >= LARGE;
}

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_dropout *d = &call->problem->as.dropout;
    const int64_t blocks = (d->n + BLOCK - 1) / BLOCK;
    const struct assay_range span =
        assay_split(d->samples * blocks, call->threads, call->thread);
    struct mask mask;
    mask_make(&mask, d);
    for (int64_t b = span.begin; b < span.end;) {
        const int64_t t = b / blocks, first = b % blocks;
        const int64_t last =
            first + span.end - b < blocks ? first + span.end - b : blocks;
        const int64_t begin = first * BLOCK;
        const int64_t end = last * BLOCK < d->n ? last * BLOCK : d->n;
        stretch(&mask, assay_dropout_counter(d, t) + (uint64_t)begin / 8,
                (const assay_real *)call->inputs[0] + begin,
                (assay_real *)call->output + t * d->n + begin, end - begin);
        b += last - first;
    }
}
