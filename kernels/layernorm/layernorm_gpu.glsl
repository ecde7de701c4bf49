/* SPDX-License-Identifier: Apache-2.0
 *
 * Layer normalization, f32 or f16 (real.glsl), Vulkan on a GPU; the including
 * file defines NORM_RMS for rmsnorm, which has no mean and no beta. Formulas:
 * layernorm.h, rmsnorm.h. A group takes `chunk` rows, each with a team of
 * invocations (team.glsl) that steps side by side through its row: for the
 * mean, for the squares of the differences, and to scale. The packed constants
 * are gamma, then beta `stride` behind it. y may be x: each element is the
 * business of one invocation. Deviation: sums in float in another order, one
 * rounding of 1/deviation.
 */
#include "real.glsl"
#include "comp.glsl"
#include "team.glsl"

layout(push_constant) uniform words {
    uint rows, cols, chunk, stride;
    float eps;
};
layout(set = 0, binding = 0) readonly buffer x_array { REAL x[]; };
layout(set = 0, binding = 1) readonly buffer gamma_array { float gamma[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { REAL y[]; };

void main()
{
    const uint team = ITEMS / chunk;
    const uint item = gl_LocalInvocationID.x, first = item % team;
    const uint row = group_number() * chunk + item / team;
    const uint base = min(row, rows - 1u) * cols;
    const uint end = row < rows ? cols : 0u;
    float mean = 0.0, squares = 0.0;
#ifndef NORM_RMS
    for (uint j = first; j < end; j += team)
        mean += float(x[base + j]);
    mean = team_sum(team, mean) / float(cols);
#endif
    for (uint j = first; j < end; j += team) {
        const float v = float(x[base + j]) - mean;
        squares = fma(v, v, squares);
    }
    const float scale =
        1.0 / sqrt(team_sum(team, squares) / float(cols) + eps);
    for (uint j = first; j < end; j += team) {
        float v = (float(x[base + j]) - mean) * (gamma[j] * scale);
#ifndef NORM_RMS
        v += gamma[j + stride];
#endif
        y[base + j] = REAL(v);
    }
}
