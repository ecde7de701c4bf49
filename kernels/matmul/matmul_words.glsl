/* SPDX-License-Identifier: Apache-2.0
 *
 * Words and arrays of the Vulkan rows of matmul (matmul_launch.c); `depth` is
 * k, `columns` n. The elements are those of real.glsl.
 */
layout(push_constant) uniform words
{
    uint m, columns, depth, one_b, transpose, down, across;
    float scale;
};
layout(set = 0, binding = 0) readonly buffer a_array { REAL a[]; };
layout(set = 0, binding = 1) readonly buffer b_array { REAL b[]; };
layout(set = 0, binding = 1) readonly buffer b_vectors { REAL4 b4[]; };
layout(set = 0, binding = 2) writeonly buffer y_array { REAL y[]; };
