/* SPDX-License-Identifier: Apache-2.0
 *
 * What the Vulkan rows of quantize and dequantize share: the words of their
 * launch, the packed constants (`count` factors, then as many zero points), and
 * those of four consecutive elements from 4 q on.
 */
layout(constant_id = 3) const uint SCALES = 0u; /* enum assay_scales */
layout(push_constant) uniform words { uint n, chunk, cols, count; int low, high; };
layout(set = 0, binding = 1) readonly buffer factor_array { float factors[]; };
layout(set = 0, binding = 1) readonly buffer zero_array { int zeros[]; };

void factors_of(uint q, out vec4 factor, out ivec4 zero)
{
    if (SCALES == 0u) {
        factor = vec4(factors[0]);
        zero = ivec4(zeros[1]);
        return;
    }
    uint row = 4u * q / cols, column = 4u * q - row * cols;
    for (uint j = 0u; j < 4u; j++) {
        /* Beyond the last element any factor will do. */
        const uint f = min(SCALES == 1u ? row : column, count - 1u);
        factor[j] = factors[f];
        zero[j] = zeros[count + f];
        if (++column == cols) {
            column = 0u;
            row++;
        }
    }
}
