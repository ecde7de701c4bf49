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

/* A partial result and an element, of float or float16. */
#if SPEC0 == 0
#define COMBINE(a, b) ((a) + (b))
#elif SPEC0 == 1
#define COMBINE(a, b) mad(b, b, a)
#else
#define COMBINE(a, b) fmax(a, (b) * d.sign)
#endif
