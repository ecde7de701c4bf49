/* SPDX-License-Identifier: Apache-2.0
 *
 * The frame of a Vulkan row. A .comp file begins
 *
 *     #version 450
 *     #include "comp.glsl"                     (work-group size, group number)
 *     #include "act.glsl"                      (if it fuses an activation)
 *     layout(push_constant) uniform words { uint m, n, k; };
 *     layout(set = 0, binding = 0) readonly buffer x_array { float x[]; };
 *     layout(set = 0, binding = 1) writeonly buffer y_array { float y[]; };
 *
 * and its entry point is main.
 * Bindings: set 0, in the op's order: inputs, the packed constants if the op
 * has any, the output. A binding may be declared twice, as float[] and vec4[].
 * A view ends exactly where its array ends; access beyond it is not allowed,
 * nor is reliance on robustness. Views begin at multiples of 16 bytes.
 * Push constants: launch.words, at most 32, as uint (or int).
 * Specialization constants: 0 to 2 are launch.local; 3, 4 … are launch.spec[0],
 * spec[1] …; 3 is the activation in rows that include act.glsl. Each set of
 * values is a pipeline of its own, so a spec is for what shapes the code, a
 * word for what only sizes a loop.
 * Work-groups: at most 65535 in a dimension and 128 invocations in a group are
 * sure to be had; launch.h folds a long row of groups into two dimensions.
 */
layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z_id = 2) in;

/* Number of the work-group after assay_launch_groups; may lie beyond the last
 * one that was asked for, since the fold rounds up. */
uint group_number()
{
    return gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
}
