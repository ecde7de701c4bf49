/* SPDX-License-Identifier: Apache-2.0
 *
 * Sparse, s8, the whole of the Vulkan rows.
 * Formula and layouts: sparse.h, quantized.h; packed weights: sparse_pack.h,
 * singles. int sums. Vulkan 1.1, 8-bit storage and arithmetic.
 * Lanes are outputs on GPUs (COLS is 1), so that those of a strip read its
 * weights side by side, and rows on CPU drivers (COLS is 4), where a load of
 * an element of x serves four outputs and a load four weights; ROWS rows an
 * invocation. Rows beyond the last repeat it and are not written. Equal to the
 * reference to the bit. Launch: sparse_launch.c.
 */
#extension GL_EXT_control_flow_attributes : require
#include "comp.glsl"
#define WORDS                                                                  \
    float low, high;                                                           \
    int y_zero;
#include "sparse/sparse.glsl"
layout(constant_id = 3) const uint OUT = 2u;
layout(constant_id = 5) const uint ROWS = 8u;
layout(constant_id = 6) const uint COLS = 1u; /* outputs of an invocation, 1 or 4 */
layout(set = 0, binding = 2) writeonly buffer y_array { float y[]; };
layout(set = 0, binding = 2) writeonly buffer y_array32 { int y32[]; };
#include "requantize.glsl"
layout(set = 0, binding = 0) readonly buffer x_array { int8_t x[]; };
layout(set = 0, binding = 1) readonly buffer w_array { int8_t w[]; };
layout(set = 0, binding = 2) writeonly buffer y_array8 { int8_t y8[]; };
const uint DEPTH = 512u; /* ASSAY_SPARSE_DEPTH_DEVICE */

void main()
{
    const uint lanes = gl_WorkGroupSize.x, lane = gl_LocalInvocationID.x;
    const uint wide = COLS == 1u ? lanes : COLS;
    const uint across = (n + wide - 1u) / wide;
    const uint down = group_number() / across;
    const uint first = COLS == 1u ? down * ROWS : down * lanes * ROWS + lane;
    const uint apart = COLS == 1u ? 1u : lanes;
    const uint j =
        group_number() % across * wide + (COLS == 1u ? lane : 0u);
    if (first >= m || j >= n)
        return;
    int sum[ROWS][COLS];
    uint row[ROWS];
    [[unroll]] for (uint i = 0u; i < ROWS; i++) {
        row[i] = min(first + i * apart, m - 1u) * k;
        [[unroll]] for (uint c = 0u; c < COLS; c++)
            sum[i][c] = int(packed[j + c]);
    }
    uint list = j / HEIGHT;
    for (uint from = 0u; from < k; from += DEPTH, list += strips) {
        const uint end = begin_of(list + 1u);
        for (uint e = begin_of(list); e < end; e++) {
            const uint at = from + column_of(e);
            const uint number = weights_at * 4u + e * HEIGHT + j % HEIGHT;
            int v[COLS];
            if (COLS == 4u) {
                const int four = int(packed[number / 4u]);
                [[unroll]] for (uint c = 0u; c < COLS; c++)
                    v[c] = bitfieldExtract(four, int(c * 8u), 8);
            } else {
                v[0] = int(w[number]);
            }
            [[unroll]] for (uint i = 0u; i < ROWS; i++) {
                const int a = int(x[row[i] + at]);
                [[unroll]] for (uint c = 0u; c < COLS; c++)
                    sum[i][c] += a * v[c];
            }
        }
    }
    [[unroll]] for (uint i = 0u; i < ROWS; i++)
        [[unroll]] for (uint c = 0u; c < COLS; c++) {
            const uint r = first + i * apart, at = r * n + j + c;
            if (r < m && j + c < n) {
                const float scale = uintBitsToFloat(packed[scale_at + j + c]);
                REQUANTIZE_STORE(at, sum[i][c], scale)
            }
        }
}
