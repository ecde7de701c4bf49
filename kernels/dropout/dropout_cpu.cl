/* SPDX-License-Identifier: Apache-2.0
 *
 * Dropout, f32 or f16 (real.cl), OpenCL on a CPU driver: the including file
 * defines KERNEL as its symbol. Formula: dropout.h; generator: philox.h. Needs
 * OpenCL C 1.2. One work-item a group takes `chunk` blocks of 64 elements in
 * turn, eight generator calls each, in lanes of 64 bits that hold the products
 * as they are; the upper halves of the words are cut off only where they would
 * be seen. A sample begins with a block of its own. Equal to the reference to
 * the bit.
 */
#include "group.cl"
#include "real.cl"

struct dropout {
    uint n, samples, chunk, least;
    float scale;
    uint key0, key1, counter_low, counter_high;
};

#define LOW ((ulong8)(0xffffffff))

/* The four words of each counter, two in a lane, the lower half first. */
static inline void generate(const struct dropout d, const ulong8 counter,
                            ulong8 *first, ulong8 *second)
{
    ulong8 a = counter & LOW, b = counter >> 32, c = 0, e = 0;
    uint key0 = d.key0, key1 = d.key1;
    for (uint i = 0; i < 10; i++) {
        const ulong8 p = (a & LOW) * 0xd2511f53ul;
        const ulong8 q = (c & LOW) * 0xcd9e8d57ul;
        a = (q >> 32) ^ b ^ (ulong8)(key0);
        b = q & LOW;
        c = (p >> 32) ^ e ^ (ulong8)(key1);
        e = p & LOW;
        key0 += 0x9e3779b9u;
        key1 += 0xbb67ae85u;
    }
    *first = (a & LOW) | (b << 32);
    *second = (c & LOW) | (e << 32);
}

/* 16 elements from the words of two counters. */
static inline float16 choose(const float16 x, const ulong4 words,
                             const struct dropout d)
{
    const int16 keep =
        convert_int16(as_ushort16(words)) >= (int16)((int)d.least);
    return select((float16)(0), x * d.scale, keep);
}

static inline void block(__global const REAL *x, __global REAL *y,
                         const ulong counter, const uint n,
                         const struct dropout d)
{
    ulong8 a, b;
    generate(d, counter + (ulong8)(0, 1, 2, 3, 4, 5, 6, 7), &a, &b);
    const ulong4 words[4] = {(ulong4)(a.s0, b.s0, a.s1, b.s1),
                             (ulong4)(a.s2, b.s2, a.s3, b.s3),
                             (ulong4)(a.s4, b.s4, a.s5, b.s5),
                             (ulong4)(a.s6, b.s6, a.s7, b.s7)};
    if (n == 64) {
        for (uint j = 0; j < 4; j++)
            STORE16(y + 16 * j, choose(LOAD16(x + 16 * j), words[j], d));
        return;
    }
    for (uint j = 0; j < 4 && 16 * j < n; j++) {
        const uint rest = min(n - 16 * j, 16u);
        store_part(y + 16 * j, rest,
                   choose(load_part(x + 16 * j, rest, 0), words[j], d));
    }
}

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
KERNEL(__global const REAL *x, __global REAL *y, const struct dropout d)
{
    const uint blocks = (d.n + 63) / 64, counters = (d.n + 7) / 8;
    const uint begin = min(group_number() * d.chunk, blocks * d.samples);
    const uint end = min(begin + d.chunk, blocks * d.samples);
    const ulong counter = (ulong)d.counter_high << 32 | d.counter_low;
    uint t = begin / blocks, i = begin % blocks * 64;
    for (uint b = begin; b < end; b++) {
        block(x + i, y + (size_t)t * d.n + i,
              counter + (ulong)t * counters + i / 8, min(d.n - i, 64u), d);
        i += 64;
        if (i >= d.n) {
            i = 0;
            t++;
        }
    }
}
