/* SPDX-License-Identifier: Apache-2.0
 *
 * Softmax, f32 or f16 (real.glsl), Vulkan on a CPU driver. Formula: softmax.h.
 * An invocation takes a row, so that nothing is shared and no one waits, in
 * three passes: maximum, exponentials with their sum, scaling; f32 keeps the
 * exponentials in y, f16 computes them again. Loads are gathers there: where
 * VECTORS is 1 (cols is a multiple of four) they take four columns each. y may
 * be x. Deviation: the driver's exp, the order of the sum, one rounding of
 * 1/sum.
 */
#include "loop.glsl"
#include "real.glsl"
#include "comp.glsl"

layout(constant_id = 3) const uint VECTORS = 0u;

layout(push_constant) uniform words { uint rows, cols; };
layout(set = 0, binding = 0) readonly buffer x_array { REAL x[]; };
layout(set = 0, binding = 0) readonly buffer x_vectors { REAL4 x4[]; };
layout(set = 0, binding = 1) buffer y_array { REAL y[]; };
layout(set = 0, binding = 1) buffer y_vectors { REAL4 y4[]; };

/* The third pass takes what the second left in y, or computes it again. */
#ifdef HALF
#define KEEP(array, j, e)
#define SCALED(array, j, e, scale) ((e) * (scale))
#else
#define KEEP(array, j, e) array[j] = e;
#define SCALED(array, j, e, scale) (array[j] * (scale))
#endif

void by_vectors(uint begin, uint end)
{
    vec4 most = vec4(x4[begin]);
    LOOP(j, begin + 1u, end, most = max(most, vec4(x4[j]));)
    const float top = max(max(most.x, most.y), max(most.z, most.w));
    vec4 sum = vec4(0.0);
    LOOP(j, begin, end, const vec4 e = exp(vec4(x4[j]) - top); KEEP(y4, j, e)
         sum += e;)
    const float scale = 1.0 / ((sum.x + sum.y) + (sum.z + sum.w));
    LOOP(j, begin, end,
         y4[j] = REAL4(SCALED(y4, j, exp(vec4(x4[j]) - top), scale));)
}

void by_elements(uint begin, uint end)
{
    float most = float(x[begin]);
    LOOP(j, begin + 1u, end, most = max(most, float(x[j]));)
    float sum = 0.0;
    LOOP(j, begin, end, const float e = exp(float(x[j]) - most); KEEP(y, j, e)
         sum += e;)
    const float scale = 1.0 / sum;
    LOOP(j, begin, end,
         y[j] = REAL(SCALED(y, j, exp(float(x[j]) - most), scale));)
}

void main()
{
    const uint row = group_number() * gl_WorkGroupSize.x +
                     gl_LocalInvocationID.x;
    if (row >= rows)
        return;
    if (VECTORS == 1u)
        by_vectors(row * (cols / 4u), (row + 1u) * (cols / 4u));
    else
        by_elements(row * cols, (row + 1u) * cols);
}
