#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Softmax, f32, Vulkan on a CPU driver. Formula: softmax.h. An invocation takes
 * a row, so that nothing is shared and no one waits, in three passes: maximum,
 * exponentials with their sum, scaling. Loads are gathers there: where VECTORS
 * is 1 (cols is a multiple of four) they take four columns each. y may be x.
 * Deviation: the driver's exp, the order of the sum, one rounding of 1/sum.
 * Row: softmax.def; test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "comp.glsl"

layout(constant_id = 3) const uint VECTORS = 0u;

layout(push_constant) uniform words { uint rows, cols; };
layout(set = 0, binding = 0) readonly buffer x_array { float x[]; };
layout(set = 0, binding = 0) readonly buffer x_vectors { vec4 x4[]; };
layout(set = 0, binding = 1) buffer y_array { float y[]; };
layout(set = 0, binding = 1) buffer y_vectors { vec4 y4[]; };

void by_vectors(uint begin, uint end)
{
    vec4 most = x4[begin];
    for (uint j = begin + 1u; j < end; j++)
        most = max(most, x4[j]);
    const float top = max(max(most.x, most.y), max(most.z, most.w));
    vec4 sum = vec4(0.0);
    for (uint j = begin; j < end; j++) {
        const vec4 e = exp(x4[j] - top);
        y4[j] = e;
        sum += e;
    }
    const float scale = 1.0 / ((sum.x + sum.y) + (sum.z + sum.w));
    for (uint j = begin; j < end; j++)
        y4[j] *= scale;
}

void by_elements(uint begin, uint end)
{
    float most = x[begin];
    for (uint j = begin + 1u; j < end; j++)
        most = max(most, x[j]);
    float sum = 0.0;
    for (uint j = begin; j < end; j++) {
        const float e = exp(x[j] - most);
        y[j] = e;
        sum += e;
    }
    const float scale = 1.0 / sum;
    for (uint j = begin; j < end; j++)
        y[j] *= scale;
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
