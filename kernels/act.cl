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

#if SPEC0 == 0
#define ACT_OF(x) (x)
#elif SPEC0 == 1
#define ACT_OF(x) max(x, 0.0f)
#elif SPEC0 == 2
#define ACT_OF(x) min(max(x, 0.0f), 6.0f)
#elif SPEC0 == 3
#define ACT_OF(x) (0.5f * (x) * (1.0f + erf((x) * 0.70710678118654752f)))
#elif SPEC0 == 4
#define ACT_OF(x) (1.0f / (1.0f + exp(-(x))))
#else
#error "unknown activation"
#endif

static inline float act_f(float x)
{
    return ACT_OF(x);
}

static inline float16 act_f16(float16 x)
{
    return ACT_OF(x);
}

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
