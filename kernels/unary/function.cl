/* SPDX-License-Identifier: Apache-2.0
 *
 * The functions of unary for OpenCL rows: function_f(float), function_f16(
 * float16), by SPEC1, the distance of the enum assay_function from its first,
 * identity, which leaves SPEC0 to act.cl. clip is the bounds of act.cl.
 */
#include "act.cl"

#ifndef SPEC1
#define SPEC1 0
#endif

/* As in kernels/function_vector.h; drivers' erf costs ten times as much on a
 * CPU. */
#define ERF_OF(type, v)                                                        \
    const type u = clamp(v, (type)-4.0f, (type)4.0f);                          \
    const type z = u * u;                                                      \
    type p = mad(z, (type)1.98664816e-06f, (type)0.000284555426f);             \
    p = mad(p, z, (type)0.0038833397f);                                        \
    p = mad(p, z, (type)0.0531017557f);                                        \
    p = mad(p, z, (type)0.193546459f);                                         \
    p = mad(p, z, (type)1.12837911f);                                          \
    type q = mad(z, (type)3.74182055e-05f, (type)0.00118554942f);              \
    q = mad(q, z, (type)0.0152072711f);                                        \
    q = mad(q, z, (type)0.11535041f);                                          \
    q = mad(q, z, (type)0.504858613f);                                         \
    q = mad(q, z, (type)1.0f);                                                 \
    return clamp(u * p / q, (type)-1.0f, (type)1.0f);

#if SPEC1 == 2
#define FUNCTION(type, x) sqrt(x)
#elif SPEC1 == 3
#define FUNCTION(type, x) exp(x)
#elif SPEC1 == 4
#define FUNCTION(type, x) log(x)
#elif SPEC1 == 5
#define FUNCTION(type, x) (-(x))
#elif SPEC1 == 6
#define FUNCTION(type, x) fabs(x)
#elif SPEC1 == 7
#define FUNCTION(type, x) (1.0f / (x))
#elif SPEC1 == 8
#define FUNCTION(type, x)                                                      \
    clamp(mad(x, (type)alpha, (type)beta), (type)0.0f, (type)1.0f)
#elif SPEC1 == 9
#define FUNCTION(type, x) select(x, (x) * alpha, (x) < (type)0.0f)
#elif SPEC1 == 10
#define FUNCTION(type, x) select(alpha * expm1(x), x, (x) > (type)0.0f)
#elif SPEC1 == 11
#define FUNCTION(type, x) (fmax(x, (type)0.0f) + log1p(exp(-fabs(x))))
#elif SPEC1 == 13
#define FUNCTION(type, x) sign(x)
#elif SPEC1 == 14
#define FUNCTION(type, x) floor(x)
#elif SPEC1 == 15
#define FUNCTION(type, x) ceil(x)
#elif SPEC1 == 16
#define FUNCTION(type, x) rint(x)
#elif SPEC1 != 0 && SPEC1 != 1
#error "unknown function"
#endif

static inline float function_f(float x, float alpha, float beta)
{
#if SPEC1 == 0
    return act_f(x);
#elif SPEC1 == 1
    ERF_OF(float, x)
#else
    return FUNCTION(float, x);
#endif
}

static inline float16 function_f16(float16 x, float alpha, float beta)
{
#if SPEC1 == 0
    return act_f16(x);
#elif SPEC1 == 1
    ERF_OF(float16, x)
#else
    return FUNCTION(float16, x);
#endif
}
