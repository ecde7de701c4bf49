/* SPDX-License-Identifier: Apache-2.0
 *
 * Batch normalization, f32 or f16 (real.glsl), Vulkan. Formula: batchnorm.h. A
 * group takes `chunk` of the n units, which are four channels where VECTORS is
 * 1 (c is a multiple of four) and one otherwise; its invocations stand side by
 * side and step by the group's size, and each keeps the number of its channel
 * by addition, since a division costs more than the rest on a CPU driver. The
 * packed constants are scale, then shift `stride` units behind it; c is in
 * units too. y may be x. Deviation: two roundings or one, and act.glsl.
 */
#include "real.glsl"
#include "comp.glsl"
#include "act.glsl"

layout(constant_id = 4) const uint VECTORS = 0u;

layout(push_constant) uniform words { uint n, c, chunk, stride; };
layout(set = 0, binding = 0) readonly buffer x_array { REAL x[]; };
layout(set = 0, binding = 0) readonly buffer x_vectors { REAL4 x4[]; };
layout(set = 0, binding = 1) readonly buffer scale_array { float scale[]; };
layout(set = 0, binding = 1) readonly buffer scale_vectors { vec4 scale4[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { REAL y[]; };
layout(set = 0, binding = 2) writeonly buffer y_vectors { REAL4 y4[]; };

void main()
{
    const uint begin = min(group_number() * chunk, n);
    const uint end = min(begin + chunk, n);
    const uint first = begin + gl_LocalInvocationID.x;
    const uint step_c = gl_WorkGroupSize.x % c;
    uint j = first % c;
    for (uint i = first; i < end; i += gl_WorkGroupSize.x) {
        if (VECTORS == 1u)
            y4[i] = REAL4(
                act(fma(vec4(x4[i]), scale4[j], scale4[j + stride])));
        else
            y[i] = REAL(act(fma(float(x[i]), scale[j], scale[j + stride])));
        j += step_c;
        j -= j >= c ? c : 0u;
    }
}
