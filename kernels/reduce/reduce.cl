/* SPDX-License-Identifier: Apache-2.0
 *
 * What the OpenCL rows of reduce share. SPEC0 is the form: 0 sum, 1 sum of
 * squares, 2 maximum of `sign` times each element; the result is multiplied by
 * `scale`, which makes a mean of a sum, and a minimum of the maximum of the
 * negatives.
 */
struct reduce {
    uint outer, n, chunk, inner;
    float scale, sign;
};

#if SPEC0 == 2
#define NEUTRAL (-INFINITY)
#else
#define NEUTRAL 0.0f
#endif

static inline float combine(const float a, const float b, const float sign)
{
#if SPEC0 == 0
    return a + b;
#elif SPEC0 == 1
    return mad(b, b, a);
#else
    return fmax(a, b * sign);
#endif
}
