#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Softmax, f32, Vulkan on a GPU. Formula: softmax.h. The 128 invocations of a
 * group are TEAMS teams, one a row: long rows have a whole group, short ones 8
 * or 32 invocations. A team steps side by side through its row, once for the
 * maximum, once for the exponentials and their sum, once to scale; partial
 * results are joined in shared memory by halves. All invocations meet at every
 * barrier, also those without a row. y may be x: each element is the business
 * of one invocation. Deviation: the driver's exp, the order of the sum. Row:
 * softmax.def; test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "comp.glsl"

#define ITEMS 128u
layout(constant_id = 3) const uint TEAMS = 1u;

layout(push_constant) uniform words { uint rows, cols; };
layout(set = 0, binding = 0) readonly buffer x_array { float x[]; };
layout(set = 0, binding = 1) buffer y_array { float y[]; };

shared float part[ITEMS];

void main()
{
    const uint team = ITEMS / TEAMS;
    const uint item = gl_LocalInvocationID.x, first = item % team;
    const uint row = group_number() * TEAMS + item / team;
    const uint base = min(row, rows - 1u) * cols;
    const uint end = row < rows ? cols : 0u;
    float most = uintBitsToFloat(0xff800000u), sum = 0.0;
    for (uint j = first; j < end; j += team)
        most = max(most, x[base + j]);
    part[item] = most;
    for (uint half_team = team / 2u; half_team > 0u; half_team /= 2u) {
        barrier();
        if (first < half_team)
            part[item] = max(part[item], part[item + half_team]);
    }
    barrier();
    most = part[item - first];
    for (uint j = first; j < end; j += team) {
        const float e = exp(x[base + j] - most);
        y[base + j] = e;
        sum += e;
    }
    barrier();
    part[item] = sum;
    for (uint half_team = team / 2u; half_team > 0u; half_team /= 2u) {
        barrier();
        if (first < half_team)
            part[item] += part[item + half_team];
    }
    barrier();
    const float scale = 1.0 / part[item - first];
    for (uint j = first; j < end; j += team)
        y[base + j] *= scale;
}
