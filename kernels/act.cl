/* SPDX-License-Identifier: Apache-2.0
 *
 * Activations for OpenCL rows: act_f(float), act_f16(float16), chosen at
 * compile time by SPEC0, an enum assay_act of kernels/act.h.
 *
 * How a row is written. kernels/<op>/<op>_<dtype>_opencl_<variant>.cl includes
 * this file and has one kernel, named by the row's symbol. Its arguments are
 * the inputs in the op's order, then the packed constants if the op has any,
 * then the output, all `__global … *restrict`; then, if launch.n_words > 0, one
 * by-value struct of uint with launch.words in order. launch.spec[i] arrives
 * as the macro SPECi (a plain decimal number); spec[0] is
 * the activation in every row that includes this file, the others are the op's
 * own. Each program costs about a second to build, so activations that only
 * bound a value can share one: assay_launch_act (kernels/launch.h) then passes
 * the bounds as two words, for bound_f and bound_f16. The language is OpenCL C
 * 1.2: no sub-groups, no generic pointers. The arrays end where the shape says,
 * so tails read and write nothing beyond it.
 * Rows for CPU drivers (ASSAY_CLASS_CPU): no barrier, no local memory, local
 * size 1, vectors as float16 or scalars, never float2 or float4.
 */
#ifndef SPEC0
#define SPEC0 0
#endif

/* gelu as in kernels/act_vector.h: max(x, 0) - |x| s^2 Q(2 s / 5.5 - 1) with
 * s = 5.5 - min(|x|, 5.5), 4e-7 off at most; drivers' erf costs ten times as
 * much on a CPU. */
#define GELU_OF(type, v)                                                       \
    const type x = v;                                                          \
    const type a = fabs(x) > (type)5.5f ? (type)5.5f : fabs(x);                \
    const type s = 5.5f - a;                                                   \
    const type t = mad(s, (type)(2.0f / 5.5f), (type)(-1.0f));                 \
    type q = mad(t, (type)0.000634730884f, (type)-0.000628472856f);            \
    q = mad(q, t, (type)-0.00302633808f);                                      \
    q = mad(q, t, (type)0.0011199062f);                                        \
    q = mad(q, t, (type)0.00684354638f);                                       \
    q = mad(q, t, (type)0.0025819136f);                                        \
    q = mad(q, t, (type)-0.00710921914f);                                      \
    q = mad(q, t, (type)-0.00979599367f);                                      \
    q = mad(q, t, (type)-0.00227844432f);                                      \
    q = mad(q, t, (type)0.00751925734f);                                       \
    q = mad(q, t, (type)0.0106832716f);                                        \
    q = mad(q, t, (type)0.0070715915f);                                        \
    q = mad(q, t, (type)0.00251883387f);                                       \
    q = mad(q, t, (type)0.000394021651f);                                      \
    return fmax(x, (type)0.0f) - (a * s) * (s * q);

/* tanh, gelu_tanh and hardswish as in kernels/act_vector.h. */
#define TANH_OF(type, v)                                                       \
    const type x = clamp(v, (type)-9.0f, (type)9.0f);                          \
    const type z = x * x;                                                      \
    type p = mad(z, (type)1.33549136e-08f, (type)2.06093027e-05f);             \
    p = mad(p, z, (type)0.00349560333f);                                       \
    p = mad(p, z, (type)0.133810386f);                                         \
    p = mad(p, z, (type)1.0f);                                                 \
    type q = mad(z, (type)7.7766731e-07f, (type)0.00032856586f);               \
    q = mad(q, z, (type)0.0258770417f);                                        \
    q = mad(q, z, (type)0.467143536f);                                         \
    q = mad(q, z, (type)1.0f);                                                 \
    return clamp(x * p / q, (type)-1.0f, (type)1.0f);

#define GELU_TANH_OF(type, v)                                                  \
    const type x = max(v, (type)-12.0f);                                       \
    const type u = x * mad(x * x, (type)-0.0713548163f, (type)-1.59576912f);   \
    return x / (1.0f + exp(u));

#define HARDSWISH_OF(type, v)                                                  \
    const type x = max(v, (type)-3.0f);                                        \
    return x * (min(x + 3.0f, (type)6.0f) * (1.0f / 6.0f));

#if SPEC0 == 0
#define ACT_OF(x) (x)
#elif SPEC0 == 1
#define ACT_OF(x) max(x, 0.0f)
#elif SPEC0 == 2
#define ACT_OF(x) min(max(x, 0.0f), 6.0f)
#elif SPEC0 == 4
#define ACT_OF(x) (1.0f / (1.0f + exp(-(x))))
#elif SPEC0 == 3
#define ACT_BODY GELU_OF
#elif SPEC0 == 5
#define ACT_BODY GELU_TANH_OF
#elif SPEC0 == 6
#define ACT_BODY TANH_OF
#elif SPEC0 == 7
#define ACT_BODY HARDSWISH_OF
#else
#error "unknown activation"
#endif

#ifdef ACT_BODY
static inline float act_f(float v)
{
    ACT_BODY(float, v)
}

static inline float16 act_f16(float16 v)
{
    ACT_BODY(float16, v)
}
#else
static inline float act_f(float x)
{
    return ACT_OF(x);
}

static inline float16 act_f16(float16 x)
{
    return ACT_OF(x);
}
#endif

/* max(low, min(x, high)) that keeps NaN; an infinite bound is none. */
static inline float bound_f(float x, float low, float high)
{
    x = x < low ? low : x;
    return x > high ? high : x;
}

static inline float16 bound_f16(float16 x, float low, float high)
{
    x = select(x, (float16)low, x < (float16)low);
    return select(x, (float16)high, x > (float16)high);
}
