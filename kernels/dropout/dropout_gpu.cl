/* SPDX-License-Identifier: Apache-2.0
 *
 * Dropout, f32 or f16 (real.cl), OpenCL on a GPU: the including file defines
 * KERNEL as its symbol. Formula: dropout.h; generator: philox.h. Needs OpenCL C
 * 1.2. A work-item takes one generator call and the eight elements that it
 * decides. Equal to the reference to the bit.
 */
#include "group.cl"
#include "real.cl"

struct dropout {
    uint n, samples, chunk, least;
    float scale;
    uint key0, key1, counter_low, counter_high;
};

static inline uint4 generate(const struct dropout d, const ulong counter)
{
    uint4 w = (uint4)((uint)counter, (uint)(counter >> 32), 0, 0);
    uint key0 = d.key0, key1 = d.key1;
    for (uint i = 0; i < 10; i++) {
        w = (uint4)(mul_hi(w.z, 0xcd9e8d57u) ^ w.y ^ key0, w.z * 0xcd9e8d57u,
                    mul_hi(w.x, 0xd2511f53u) ^ w.w ^ key1, w.x * 0xd2511f53u);
        key0 += 0x9e3779b9u;
        key1 += 0xbb67ae85u;
    }
    return w;
}

__kernel void KERNEL(__global const REAL *x, __global REAL *y,
                     const struct dropout d)
{
    const uint counters = (d.n + 7) / 8;
    const uint number = group_number() * d.chunk + get_local_id(0);
    const uint t = number / counters, i = number % counters * 8;
    if (t >= d.samples)
        return;
    const ulong counter = (ulong)d.counter_high << 32 | d.counter_low;
    const uint4 w = generate(d, counter + number);
    const uint word[4] = {w.x, w.y, w.z, w.w};
    const uint end = min(d.n - i, 8u);
    x += i;
    y += (size_t)t * d.n + i;
    for (uint j = 0; j < end; j++) {
        const uint field = word[j / 2] >> j % 2 * 16 & 0xffff;
        const float v = LOAD(x, j) * d.scale;
        STORE(y, j, field >= d.least ? v : 0.0f);
    }
}
