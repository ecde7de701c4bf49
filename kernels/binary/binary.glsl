/* SPDX-License-Identifier: Apache-2.0
 *
 * What the Vulkan rows of binary share: the words of their launch, and where
 * the operands of an element of y lie (binary_plan.h). Four consecutive
 * elements of y have operands that
 *   MODE 0: are four consecutive elements of both inputs, from a multiple of
 *           four on,
 *   MODE 1: the same, but b is one number,
 *   MODE 2: the same, but a is one number,
 *   MODE 3: lie anywhere.
 */
layout(constant_id = 4) const uint KIND = 0u; /* enum assay_binary_kind */
layout(constant_id = 5) const uint MODE = 0u;
#define PLAN_WORDS                                                             \
    uint n, chunk, size1, size2, size3;                                        \
    uint a_step0, a_step1, a_step2, a_step3;                                   \
    uint b_step0, b_step1, b_step2, b_step3;

#define BINARY_PLACE                                                           \
    /* Of the operands of element i: x in a, y in b. */                        \
    uvec2 place(uint i)                                                        \
    {                                                                          \
        const uint row = i / size3, i3 = i - row * size3;                      \
        const uint plane = row / size2, i2 = row - plane * size2;              \
        const uint i0 = plane / size1, i1 = plane - i0 * size1;                \
        return i0 * uvec2(a_step0, b_step0) + i1 * uvec2(a_step1, b_step1) +   \
               i2 * uvec2(a_step2, b_step2) + i3 * uvec2(a_step3, b_step3);    \
    }
