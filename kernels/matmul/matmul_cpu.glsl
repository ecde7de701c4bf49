/* SPDX-License-Identifier: Apache-2.0
 *
 * Products of matrices, f32 and f16, for CPU drivers of Vulkan (llvmpipe); the
 * including file defines HALF for f16. Formula and layouts: matmul.h.
 *
 * ROWS rows by LANES x COLS columns in a work-group, as in gemm_steps.glsl. A
 * lane's columns of b lie side by side; with TRANSPOSE it reads four steps of
 * each of its columns at once. With VECTOR every row of b starts at a multiple
 * of four elements. Beyond the last step a is zero and b the last step again;
 * columns beyond the last are the last one again, not stored.
 */
#include "comp.glsl"
layout(constant_id = 3) const uint ROWS = 8u;
layout(constant_id = 4) const uint COLS = 4u;
layout(constant_id = 5) const uint VECTOR = 0u;
layout(constant_id = 6) const uint TRANSPOSE = 0u;
#include "matmul/matmul_words.glsl"

#define GEMM_VALUE float
#define GEMM_SUM float
#define GEMM_MAC(sum, a, b) fma(a, b, sum)
#include "gemm_steps.glsl"

/* Where this lane's columns of b begin, one by one and the first of four. */
uint line[COLS], quad;

void load_weights(uint step, out float w[COLS])
{
    const uint down_b = min(step, depth - 1u) * columns;
    if (COLS == 4u && VECTOR == 1u) {
        const vec4 v = vec4(b4[(quad + down_b) / 4u]);
        [[unroll]] for (uint c = 0u; c < COLS; c++)
            w[c] = v[c];
    } else {
        [[unroll]] for (uint c = 0u; c < COLS; c++)
            w[c] = float(b[line[c] + down_b]);
    }
}

void load_lines(uint step, out vec4 w[COLS])
{
    [[unroll]] for (uint c = 0u; c < COLS; c++) {
        if (VECTOR == 1u) {
            w[c] = vec4(b4[(line[c] + min(step, depth - 4u)) / 4u]);
        } else {
            [[unroll]] for (uint e = 0u; e < 4u; e++)
                w[c][e] = float(b[line[c] + min(step + e, depth - 1u)]);
        }
    }
}

#define LINE_STEP(t, e)                                                        \
    [[unroll]] for (uint i = 0u; i < ROWS; i++) {                              \
        const float v = subgroupBroadcast(part[i], t + e);                     \
        [[unroll]] for (uint c = 0u; c < COLS; c++)                            \
            acc[i][c] = fma(v, w[c][e], acc[i][c]);                            \
    }
#define LINE_STEPS(t)                                                          \
    if (LANES > t) {                                                           \
        vec4 w[COLS];                                                          \
        load_lines(l + t, w);                                                  \
        LINE_STEP(t, 0u)                                                       \
        LINE_STEP(t, 1u)                                                       \
        LINE_STEP(t, 2u)                                                       \
        LINE_STEP(t, 3u)                                                       \
    }

void main()
{
    const uint lane = gl_SubgroupInvocationID;
    const uint product = group_number() / (down * across);
    const uint first = group_number() / across % down * ROWS;
    const uint j = (group_number() % across * LANES + lane) * COLS;
    const uint from = one_b == 1u ? 0u : product * columns * depth;
    uint row[ROWS];
    [[unroll]] for (uint i = 0u; i < ROWS; i++) {
        row[i] = (product * m + min(first + i, m - 1u)) * depth;
        [[unroll]] for (uint c = 0u; c < COLS; c++)
            acc[i][c] = 0.0;
    }
    quad = from + min(j, max(columns, 4u) - 4u);
    [[unroll]] for (uint c = 0u; c < COLS; c++)
        line[c] = from + min(j + c, columns - 1u) *
                             (TRANSPOSE == 1u ? depth : 1u);
    for (uint l = 0u; l < depth; l += LANES) {
        float part[ROWS];
        [[unroll]] for (uint i = 0u; i < ROWS; i++) {
            const float v = float(a[row[i] + min(l + lane, depth - 1u)]);
            part[i] = l + lane < depth ? v : 0.0;
        }
        if (TRANSPOSE == 0u) {
            gemm_steps(l, part);
        } else {
            LINE_STEPS(0u)
            LINE_STEPS(4u)
            LINE_STEPS(8u)
            LINE_STEPS(12u)
        }
    }
    [[unroll]] for (uint i = 0u; i < ROWS; i++)
        [[unroll]] for (uint c = 0u; c < COLS; c++)
            if (first + i < m && j + c < columns)
                y[(product * m + first + i) * columns + j + c] =
                    REAL(acc[i][c] * scale);
}
