/* SPDX-License-Identifier: Apache-2.0
 *
 * Softmax, f32 or f16 (real.glsl), Vulkan on a GPU. Formula: softmax.h. A group
 * takes `chunk` rows, each with a team of invocations (team.glsl): long rows
 * have a whole group, short ones 8 or 32 invocations. A team steps side by side
 * through its row, once for the maximum, once for the exponentials and their
 * sum, once to scale; f32 keeps the exponentials in y, f16 computes them again.
 * y may be x: each element is the business of one invocation. Deviation: the
 * driver's exp, the order of the sum.
 */
#include "real.glsl"
#include "comp.glsl"
#include "team.glsl"

layout(push_constant) uniform words { uint rows, cols, chunk; };
layout(set = 0, binding = 0) readonly buffer x_array { REAL x[]; };
layout(set = 0, binding = 1) buffer y_array { REAL y[]; };

void main()
{
    const uint team = ITEMS / chunk;
    const uint item = gl_LocalInvocationID.x, first = item % team;
    const uint row = group_number() * chunk + item / team;
    const uint base = min(row, rows - 1u) * cols;
    const uint end = row < rows ? cols : 0u;
    float most = uintBitsToFloat(0xff800000u), sum = 0.0;
    for (uint j = first; j < end; j += team)
        most = max(most, float(x[base + j]));
    most = team_max(team, most);
    for (uint j = first; j < end; j += team) {
        const float e = exp(float(x[base + j]) - most);
#ifndef HALF
        y[base + j] = e;
#endif
        sum += e;
    }
    const float scale = 1.0 / team_sum(team, sum);
    for (uint j = first; j < end; j += team)
#ifdef HALF
        y[base + j] = REAL(exp(float(x[base + j]) - most) * scale);
#else
        y[base + j] *= scale;
#endif
}
