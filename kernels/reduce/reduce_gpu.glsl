/* SPDX-License-Identifier: Apache-2.0
 *
 * Reduction, f32 or f16 (real.glsl), Vulkan on a GPU. Formula: reduce.h;
 * reduce.glsl tells how a kind is computed. Where ROWS is 1 (inner = 1), a
 * group takes `chunk` rows, each with a team of invocations (team.glsl) that
 * steps through it; otherwise an invocation has one result, and neighbours read
 * neighbours. Deviation: sums in float in another order.
 */
#include "real.glsl"
#include "comp.glsl"
#include "team.glsl"
#include "reduce/reduce.glsl"

layout(constant_id = 3) const uint ROWS = 0u;

layout(push_constant) uniform words {
    uint outer, n, chunk, inner;
    float scale, sign;
};
layout(set = 0, binding = 0) readonly buffer x_array { REAL x[]; };
layout(set = 0, binding = 1) writeonly buffer y_array { REAL y[]; };

void rows()
{
    const uint team = ITEMS / chunk;
    const uint item = gl_LocalInvocationID.x, first = item % team;
    const uint o = group_number() * chunk + item / team;
    const uint base = min(o, outer - 1u) * n, end = o < outer ? n : 0u;
    float sum = neutral();
    for (uint k = first; k < end; k += team)
        sum = combine(sum, float(x[base + k]), sign);
    if (FORM == 2u)
        sum = team_max(team, sum);
    else
        sum = team_sum(team, sum);
    if (first == 0u && o < outer)
        y[o] = REAL(sum * scale);
}

void columns()
{
    const uint result = group_number() * ITEMS + gl_LocalInvocationID.x;
    if (result >= outer * inner)
        return;
    const uint base = result / inner * n * inner + result % inner;
    float sum = neutral();
    for (uint k = 0u; k < n; k++)
        sum = combine(sum, float(x[base + k * inner]), sign);
    y[result] = REAL(sum * scale);
}

void main()
{
    if (ROWS == 1u)
        rows();
    else
        columns();
}
