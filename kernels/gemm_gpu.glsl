/* SPDX-License-Identifier: Apache-2.0
 *
 * A GEMM of rows with packed panels (dense_pack.h, width 64), for GPUs; shared
 * by the rows of dense and conv2d.
 *
 * A work-group of 128 invocations makes 64 rows x 64 columns (one panel), each
 * invocation 8 x 4 of them in registers. Steps of 16 along the depth go through
 * shared memory: invocation t brings the elements t % 16 of the rows
 * t / 16 + 8 i, i < 8 (ROWS), and two vec4 of weights. 8.5 KiB of shared
 * memory.
 *
 * The includer declares `columns`, `depth`, `low`, `high`, the arrays w4 and y,
 * ROWS = 8, and rows_load(l, a): element l of this invocation's rows, zero
 * beyond the depth.
 */
#extension GL_EXT_control_flow_attributes : require

const uint STEPS = 16u, TILE = 64u, PITCH = TILE + 4u;

shared float tile_a[STEPS * PITCH];
shared vec4 tile_b[STEPS * TILE / 4u];

/* Rows first … of `rows`, each `pitch` floats in y; `block` is the panel among
 * those that start at float `panels`, whose columns y has from `offset`. */
void gemm(uint first, uint rows, uint pitch, uint panels, uint block,
          uint offset)
{
    const uint t = gl_LocalInvocationID.x;
    const uint across = t % 16u, down = t / 16u;
    const uint panel = panels / 4u + block * (depth + 1u) * (TILE / 4u);
    vec4 acc[8];
    [[unroll]] for (uint i = 0u; i < 8u; i++)
        acc[i] = w4[panel + across];
    for (uint l = 0u; l < depth; l += STEPS) {
        float a[ROWS];
        rows_load(l + across, a);
        [[unroll]] for (uint i = 0u; i < ROWS; i++)
            tile_a[across * PITCH + down + 8u * i] = a[i];
        [[unroll]] for (uint i = 0u; i < 2u; i++) {
            const uint step = down + 8u * i;
            tile_b[step * (TILE / 4u) + across] =
                l + step < depth
                    ? w4[panel + (l + step + 1u) * (TILE / 4u) + across]
                    : vec4(0.0);
        }
        barrier();
        for (uint step = 0u; step < STEPS; step++) {
            const vec4 b = tile_b[step * (TILE / 4u) + across];
            [[unroll]] for (uint i = 0u; i < 8u; i++)
                acc[i] = fma(vec4(tile_a[step * PITCH + down * 8u + i]), b,
                             acc[i]);
        }
        barrier();
    }
    const uint j = block * TILE + across * 4u;
    [[unroll]] for (uint i = 0u; i < 8u; i++) {
        const uint row = first + down * 8u + i;
        const uint at = row * pitch + offset + j;
        const vec4 v = act_between(acc[i], low, high);
        [[unroll]] for (uint n = 0u; n < 4u; n++)
            if (row < rows && j + n < columns)
                y[at + n] = v[n];
    }
}
