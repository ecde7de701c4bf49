/* SPDX-License-Identifier: Apache-2.0
 *
 * What the OpenCL rows of binary for s8 share. SPEC0 is 1 for mul, 0 for add
 * and sub. The packed constants are struct assay_binary_scales.
 */
#pragma OPENCL FP_CONTRACT OFF
#include "group.cl"
#include "binary/binary.cl"

struct binary {
    uint n, chunk;
    struct binary_plan plan;
    int a_zero, b_zero, y_zero, low, high;
};

struct scales {
    int a, b, shift;
    float product;
};

/* v over 2^shift to nearest, ties to even: half of it, less 1 where the
 * quotient is even. */
#if SPEC0 == 1
#define COMBINE(type, u, v)                                                    \
    (convert_##type(rint(clamp(convert_float_##type((u) * (v)) * s.product,    \
                               -1024.0f, 1024.0f))))
#else
#define COMBINE(type, u, v) halve_##type((u) * s.a + (v) * s.b, s.shift)
#endif
#define convert_float_int convert_float
#define convert_float_int16 convert_float16

static inline int halve_int(int v, int shift)
{
    return (v + ((1 << (shift - 1)) - 1) + ((v >> shift) & 1)) >> shift;
}

static inline int16 halve_int16(int16 v, int shift)
{
    return (v + ((1 << (shift - 1)) - 1) + ((v >> shift) & 1)) >> shift;
}

static inline char result(int a, int b, const struct scales s,
                          const struct binary d)
{
    const int v = COMBINE(int, a - d.a_zero, b - d.b_zero);
    return convert_char(clamp(v + d.y_zero, d.low, d.high));
}

static inline char16 result16(int16 a, int16 b, const struct scales s,
                              const struct binary d)
{
    const int16 v = COMBINE(int16, a - d.a_zero, b - d.b_zero);
    return convert_char16(clamp(v + d.y_zero, d.low, d.high));
}
