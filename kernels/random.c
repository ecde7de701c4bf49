/* SPDX-License-Identifier: Apache-2.0 */
#include "random.h"

static uint64_t rotate(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

void assay_random_seed(struct assay_random *random, uint64_t seed)
{
    for (int i = 0; i < 4; i++) {
        uint64_t z = seed += 0x9e3779b97f4a7c15u;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        random->state[i] = z ^ (z >> 31);
    }
}

uint64_t assay_random_next(struct assay_random *random)
{
    uint64_t *s = random->state;
    const uint64_t result = rotate(s[1] * 5, 7) * 9;
    const uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

int64_t assay_random_range(struct assay_random *random, int64_t low,
                           int64_t high)
{
    uint64_t span = (uint64_t)high - (uint64_t)low + 1;
    uint64_t bits = assay_random_next(random);
    return span ? (int64_t)((uint64_t)low + bits % span) : (int64_t)bits;
}

void assay_random_fill_f32(struct assay_random *random, float *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (float)(assay_random_next(random) >> 40) * 0x1p-23f - 1.0f;
}
