/* SPDX-License-Identifier: Apache-2.0
 *
 * The sums of a GEMM of any element type, for CPU drivers of Vulkan.
 *
 * Such a driver turns an invocation into a lane of a vector and every load from
 * a buffer into one scalar load a lane, in a loop: what counts is the number of
 * loads for each multiplication, and that no load is done twice. A work-group
 * is therefore one subgroup of LANES invocations, each with a register tile of
 * ROWS x COLS: its own COLS columns, of the same ROWS rows. For LANES steps of
 * the depth at once, lane t loads the rows' elements of step t, and a broadcast
 * gives them to the others; LANES x ROWS x COLS products a lane follow from
 * ROWS + LANES x COLS loads, or fewer where one load brings several narrow
 * weights. No shared memory, no barrier.
 *
 * The includer declares `depth` and `columns` (of the output that this group of
 * panels makes), the specialization constants ROWS and COLS (1, 2 or 4), and
 * the macros GEMM_VALUE (type of the factors), GEMM_SUM (of the sums) and
 * GEMM_MAC(sum, a, b); after the inclusion it defines load_weights. The last
 * steps may go beyond the depth, where nothing may be read and all must count
 * nothing: load_weights gives what it likes there, if the values are zero, or
 * zero, if it is a difference that counts.
 */
#extension GL_EXT_control_flow_attributes : require
#extension GL_KHR_shader_subgroup_ballot : require

const uint LANES = gl_WorkGroupSize.x;

GEMM_SUM acc[ROWS][COLS];
uint panel; /* elements before the weights of this lane's first column */

/* The weights of this lane's columns at a step, which may lie beyond the depth.
 */
void load_weights(uint step, out GEMM_VALUE b[COLS]);

#define GEMM_STEP(t)                                                           \
    if (LANES > t) {                                                           \
        GEMM_VALUE b[COLS];                                                    \
        load_weights(l + t, b);                                                \
        [[unroll]] for (uint i = 0u; i < ROWS; i++) {                          \
            const GEMM_VALUE v = subgroupBroadcast(a[i], t);                   \
            [[unroll]] for (uint c = 0u; c < COLS; c++)                        \
                acc[i][c] = GEMM_MAC(acc[i][c], v, b[c]);                      \
        }                                                                      \
    }

/* LANES steps of the depth from l; a[i] is row i's element l + lane, zero
 * beyond the depth. */
void gemm_steps(uint l, GEMM_VALUE a[ROWS])
{
    GEMM_STEP(0u)
    GEMM_STEP(1u)
    GEMM_STEP(2u)
    GEMM_STEP(3u)
    GEMM_STEP(4u)
    GEMM_STEP(5u)
    GEMM_STEP(6u)
    GEMM_STEP(7u)
    GEMM_STEP(8u)
    GEMM_STEP(9u)
    GEMM_STEP(10u)
    GEMM_STEP(11u)
    GEMM_STEP(12u)
    GEMM_STEP(13u)
    GEMM_STEP(14u)
    GEMM_STEP(15u)
}
