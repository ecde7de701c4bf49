/* SPDX-License-Identifier: Apache-2.0
 *
 * What the OpenCL rows of binary for f32 and f16 share. SPEC1 is the enum
 * assay_binary_kind.
 */
#include "act.cl"
#include "group.cl"
#include "real.cl"
#include "binary/binary.cl"

#ifndef SPEC1
#define SPEC1 0
#endif
#if SPEC1 == 0
#define COMBINE(a, b) ((a) + (b))
#elif SPEC1 == 1
#define COMBINE(a, b) ((a) - (b))
#elif SPEC1 == 2
#define COMBINE(a, b) ((a) * (b))
#elif SPEC1 == 3
#define COMBINE(a, b) ((a) / (b))
#elif SPEC1 == 4
#define COMBINE(a, b) fmin(a, b)
#elif SPEC1 == 5
#define COMBINE(a, b) fmax(a, b)
#elif SPEC1 == 6
#define COMBINE(a, b) pow(a, b)
#else
#error "unknown kind"
#endif

struct binary {
    float low, high;
    uint n, chunk;
    struct binary_plan plan;
};

static inline float finish(float v, const struct binary d)
{
    return act_f(bound_f(v, d.low, d.high));
}
