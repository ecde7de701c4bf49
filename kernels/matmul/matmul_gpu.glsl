/* SPDX-License-Identifier: Apache-2.0
 *
 * Products of matrices, f32 and f16, for GPUs; the including file defines HALF
 * for f16. Formula and layouts: matmul.h.
 *
 * A work-group of 128 invocations computes 64 rows x 64 columns: 16 steps of
 * the depth at a time go to shared memory, and each invocation keeps 8 x 4
 * sums. Of either layout of b neighbours read neighbouring elements. What lies
 * beyond a border is zero in shared memory and not stored.
 */
#include "comp.glsl"
#include "matmul/matmul_words.glsl"

const uint ITEMS = 128u, TILE = 64u, STEPS = 16u, PITCH = TILE + 1u;

shared float left[STEPS * PITCH], right[STEPS * PITCH];

void main()
{
    const uint product = group_number() / (down * across);
    const uint first = group_number() / across % down * TILE;
    const uint column = group_number() % across * TILE;
    const uint item = gl_LocalInvocationID.x, tx = item % 16u, ty = item / 16u;
    const uint from = one_b == 1u ? 0u : product * columns * depth;
    float acc[8][4];
    for (uint i = 0u; i < 8u; i++)
        for (uint j = 0u; j < 4u; j++)
            acc[i][j] = 0.0;
    for (uint start = 0u; start < depth; start += STEPS) {
        for (uint i = item; i < STEPS * TILE; i += ITEMS) {
            const uint r = first + i / STEPS, l = start + i % STEPS;
            left[i % STEPS * PITCH + i / STEPS] =
                r < m && l < depth ? float(a[(product * m + r) * depth + l])
                                   : 0.0;
            const uint s = transpose == 1u ? i % STEPS : i / TILE;
            const uint t = transpose == 1u ? i / STEPS : i % TILE;
            const uint c = column + t, e = start + s;
            const uint at = transpose == 1u ? c * depth + e : e * columns + c;
            right[s * PITCH + t] =
                c < columns && e < depth ? float(b[from + at]) : 0.0;
        }
        barrier();
        for (uint s = 0u; s < STEPS; s++)
            for (uint i = 0u; i < 8u; i++)
                for (uint j = 0u; j < 4u; j++)
                    acc[i][j] = fma(left[s * PITCH + ty + i * 8u],
                                    right[s * PITCH + tx + j * 16u], acc[i][j]);
        barrier();
    }
    for (uint i = 0u; i < 8u; i++)
        for (uint j = 0u; j < 4u; j++) {
            const uint r = first + ty + i * 8u, c = column + tx + j * 16u;
            if (r < m && c < columns)
                y[(product * m + r) * columns + c] = REAL(acc[i][j] * scale);
        }
}
