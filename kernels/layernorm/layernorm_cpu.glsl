/* SPDX-License-Identifier: Apache-2.0
 *
 * Layer normalization, f32 or f16 (real.glsl), Vulkan on a CPU driver; the
 * including file defines NORM_RMS for rmsnorm, which has no mean and no beta.
 * Formulas: layernorm.h, rmsnorm.h. An invocation takes a row, so that nothing
 * is shared and no one waits, in three passes: mean, squares of the
 * differences, scaling. Loads are gathers there: where VECTORS is 1 (cols is a
 * multiple of four) they take four columns each. The packed constants are
 * gamma, then beta `stride` behind it. y may be x. Deviation: sums in float in
 * another order, one rounding of 1/deviation.
 */
#include "loop.glsl"
#include "real.glsl"
#include "comp.glsl"

layout(constant_id = 3) const uint VECTORS = 0u;

layout(push_constant) uniform words {
    uint rows, cols, chunk, stride;
    float eps;
};
layout(set = 0, binding = 0) readonly buffer x_array { REAL x[]; };
layout(set = 0, binding = 0) readonly buffer x_vectors { REAL4 x4[]; };
layout(set = 0, binding = 1) readonly buffer gamma_array { float gamma[]; };
layout(set = 0, binding = 1) readonly buffer gamma_vectors { vec4 gamma4[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { REAL y[]; };
layout(set = 0, binding = 2) writeonly buffer y_vectors { REAL4 y4[]; };

float total(vec4 v)
{
    return (v.x + v.y) + (v.z + v.w);
}

#ifdef NORM_RMS
#define BETA(array, j) 0.0
#else
#define BETA(array, j) array[j]
#endif

void by_vectors(uint begin, uint n)
{
    float mean = 0.0;
#ifndef NORM_RMS
    vec4 sum = vec4(0.0);
    LOOP(j, 0u, n, sum += vec4(x4[begin + j]);)
    mean = total(sum) / float(cols);
#endif
    vec4 squares = vec4(0.0);
    LOOP(j, 0u, n, const vec4 v = vec4(x4[begin + j]) - mean;
         squares = fma(v, v, squares);)
    const float scale = 1.0 / sqrt(total(squares) / float(cols) + eps);
    LOOP(j, 0u, n,
         y4[begin + j] = REAL4((vec4(x4[begin + j]) - mean) *
                                   (gamma4[j] * scale) +
                               BETA(gamma4, j + stride / 4u));)
}

void by_elements(uint begin, uint n)
{
    float mean = 0.0;
#ifndef NORM_RMS
    LOOP(j, 0u, n, mean += float(x[begin + j]);)
    mean /= float(cols);
#endif
    float squares = 0.0;
    LOOP(j, 0u, n, const float v = float(x[begin + j]) - mean;
         squares = fma(v, v, squares);)
    const float scale = 1.0 / sqrt(squares / float(cols) + eps);
    LOOP(j, 0u, n,
         y[begin + j] = REAL((float(x[begin + j]) - mean) *
                                 (gamma[j] * scale) +
                             BETA(gamma, j + stride));)
}

void main()
{
    const uint row = group_number() * gl_WorkGroupSize.x +
                     gl_LocalInvocationID.x;
    if (row >= rows)
        return;
    if (VECTORS == 1u)
        by_vectors(row * (cols / 4u), cols / 4u);
    else
        by_elements(row * cols, cols);
}
