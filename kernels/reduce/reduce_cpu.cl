/* SPDX-License-Identifier: Apache-2.0
 *
 * Reduction, f32 or f16 (real.cl), OpenCL on a CPU driver: the including file
 * defines KERNEL as its symbol. Formula: reduce.h; reduce.cl tells how a kind
 * is computed. Needs OpenCL C 1.2. One work-item a group takes `chunk` units in
 * turn: with inner = 1 a unit is a row, reduced in float16 blocks that are
 * folded at the end, otherwise it is up to 16 neighbouring results, each in a
 * lane. A partial block is filled with what changes nothing. No barrier, no
 * local memory. Deviation: sums in float in another order.
 */
#include "group.cl"
#include "real.cl"
#include "reduce/reduce.cl"

static inline float row(__global const REAL *x, const struct reduce d)
{
    const uint whole = d.n / 16 * 16;
    float16 even = (float16)(NEUTRAL), odd = even;
    uint k = 0;
    for (; k + 32 <= whole; k += 32) {
        const float16 a = LOAD16(x + k), b = LOAD16(x + k + 16);
        even = COMBINE(even, a);
        odd = COMBINE(odd, b);
    }
    if (k < whole) {
        const float16 a = LOAD16(x + k);
        even = COMBINE(even, a);
    }
    if (whole < d.n) {
        const float16 b = load_part(x + whole, d.n % 16, NEUTRAL * d.sign);
        odd = COMBINE(odd, b);
    }
#if SPEC0 == 2
    return fold_max(fmax(even, odd));
#else
    return fold_sum(even + odd);
#endif
}

static inline void columns(__global const REAL *x, __global REAL *y,
                           const uint count, const struct reduce d)
{
    float16 sum = (float16)(NEUTRAL);
    for (uint k = 0; k < d.n; k++, x += d.inner) {
        const float16 v = count == 16 ? LOAD16(x) : load_part(x, count, 0);
        sum = COMBINE(sum, v);
    }
    if (count == 16)
        STORE16(y, sum * d.scale);
    else
        store_part(y, count, sum * d.scale);
}

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
KERNEL(__global const REAL *x, __global REAL *y, const struct reduce d)
{
    const uint blocks = (d.inner + 15) / 16, units = d.outer * blocks;
    const uint begin = min(group_number() * d.chunk, units);
    const uint end = min(begin + d.chunk, units);
    for (uint u = begin; u < end; u++) {
        const uint o = u / blocks, i = u % blocks * 16;
        __global const REAL *from = x + (size_t)o * d.n * d.inner + i;
        if (d.inner == 1)
            STORE(y, o, row(from, d) * d.scale);
        else
            columns(from, y + (size_t)o * d.inner + i, min(d.inner - i, 16u),
                    d);
    }
}
