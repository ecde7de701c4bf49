/* SPDX-License-Identifier: Apache-2.0
 *
 * The sums of a GEMM of any element type, for GPUs.
 *
 * A work-group of 128 invocations makes 64 rows x 64 columns (one panel), each
 * invocation 8 x 4 of them in registers. Steps of 16 along the depth go through
 * shared memory: invocation t brings the elements t % 16 of the rows
 * t / 16 + 8 i, i < 8 (ROWS), and twice the weights of four columns. 8.5 KiB of
 * shared memory.
 *
 * The includer declares `depth`, ROWS = 8, and the macros GEMM_VALUE and
 * GEMM_VALUE4 (type of the factors, of four), GEMM_SUM4 (of four sums) and
 * GEMM_MAC4(sum, a, b), a being one value; GEMM_ROW_SUMS is 1 if row_sum is to
 * hold sums of the rows, else 0. Before the inclusion it defines rows_load(l,
 * a): element l of this invocation's rows, zero beyond the depth; after it,
 * load_weights.
 */
#extension GL_EXT_control_flow_attributes : require

const uint STEPS = 16u, TILE = 64u, PITCH = TILE + 4u;

shared GEMM_VALUE tile_a[STEPS * PITCH];
shared GEMM_VALUE4 tile_b[STEPS * TILE / 4u];

/* Of the rows down * 8 + i of the group's, the columns across * 4 + 0 to 3. */
GEMM_SUM4 acc[8];
GEMM_VALUE row_sum[8];
#define across (gl_LocalInvocationID.x % 16u)
#define down (gl_LocalInvocationID.x / 16u)

/* The weights of columns across * 4 + 0 to 3 at a step below the depth. */
GEMM_VALUE4 load_weights(uint step);

/* Add the steps `from` to `to`, at most the depth, to acc. */
void gemm_steps(uint from, uint to)
{
    for (uint l = from; l < to; l += STEPS) {
        GEMM_VALUE a[ROWS];
        rows_load(l + across, a);
        [[unroll]] for (uint i = 0u; i < ROWS; i++)
            tile_a[across * PITCH + down + 8u * i] = a[i];
        [[unroll]] for (uint i = 0u; i < 2u; i++) {
            const uint step = down + 8u * i;
            tile_b[step * (TILE / 4u) + across] =
                l + step < depth ? load_weights(l + step) : GEMM_VALUE4(0);
        }
        barrier();
        [[unroll]] for (uint step = 0u; step < STEPS; step++) {
            const GEMM_VALUE4 b = tile_b[step * (TILE / 4u) + across];
            [[unroll]] for (uint i = 0u; i < 8u; i++) {
                const GEMM_VALUE v = tile_a[step * PITCH + down * 8u + i];
                acc[i] = GEMM_MAC4(acc[i], v, b);
                if (GEMM_ROW_SUMS == 1)
                    row_sum[i] += v;
            }
        }
        barrier();
    }
}
