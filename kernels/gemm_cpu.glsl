/* SPDX-License-Identifier: Apache-2.0
 *
 * A GEMM of rows with packed panels (dense_pack.h), for CPU drivers; shared by
 * the rows of dense and conv2d.
 *
 * Such a driver turns an invocation into a lane of a vector and every load from
 * a buffer into one scalar load a lane, in a loop: what counts is the number of
 * loads for each multiplication, and that no load is done twice. A work-group
 * is therefore one subgroup of LANES invocations, each with a register tile of
 * ROWS x COLS: its own COLS columns, of the same ROWS rows. For LANES steps of
 * the depth at once, lane t loads the rows' elements of step t, and a broadcast
 * gives them to the others; LANES x ROWS x COLS products a lane follow from
 * ROWS + LANES x COLS loads. No shared memory, no barrier.
 *
 * The includer declares `depth`, `columns` (of the output that this group of
 * panels makes), `width` (of a panel), `low`, `high` (act.glsl), the arrays w (as float, vec2 and vec4)
 * and y (as float and vec4), and the specialization constants ROWS, COLS (1, 2
 * or 4) and VECTOR (COLS = 4, and every row of y starts on 16 bytes and has a
 * multiple of 4 columns). The last step may go beyond the depth: there the
 * weights of the last step are read again and meet zeros.
 */
#extension GL_EXT_control_flow_attributes : require
#extension GL_KHR_shader_subgroup_ballot : require

const uint LANES = gl_WorkGroupSize.x;

float acc[ROWS][COLS];
uint panel; /* floats before this lane's first column in its panel */

void load_weights(uint row, out float b[COLS])
{
    const uint at = panel + row * width;
    if (COLS == 4u) {
        const vec4 v = w4[at / 4u];
        [[unroll]] for (uint c = 0u; c < COLS; c++)
            b[c] = v[c];
    } else if (COLS == 2u) {
        const vec2 v = w2[at / 2u];
        [[unroll]] for (uint c = 0u; c < COLS; c++)
            b[c] = v[c];
    } else {
        b[0] = w[at];
    }
}

/* Start with the bias. `first` is the first float of the group's panels, j the
 * lane's first column; lanes beyond the last panel read the last. */
void gemm_begin(uint first, uint j)
{
    const uint last = (columns - 1u) / width;
    panel = first + min(j / width, last) * (depth + 1u) * width + j % width;
    float b[COLS];
    load_weights(0u, b);
    [[unroll]] for (uint i = 0u; i < ROWS; i++)
        [[unroll]] for (uint c = 0u; c < COLS; c++)
            acc[i][c] = b[c];
}

#define GEMM_STEP(t)                                                           \
    if (LANES > t) {                                                           \
        float b[COLS];                                                         \
        load_weights(min(l + t, depth - 1u) + 1u, b);                          \
        [[unroll]] for (uint i = 0u; i < ROWS; i++) {                          \
            const float v = subgroupBroadcast(a[i], t);                        \
            [[unroll]] for (uint c = 0u; c < COLS; c++)                        \
                acc[i][c] = fma(v, b[c], acc[i][c]);                           \
        }                                                                      \
    }

/* LANES steps of the depth from l; a[i] is row i's element l + lane, zero
 * beyond the depth. */
void gemm_steps(uint l, float a[ROWS])
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

/* Rows first … of `rows`, each `pitch` floats in y, written from column
 * offset + j. */
void gemm_end(uint first, uint rows, uint pitch, uint offset, uint j)
{
    [[unroll]] for (uint i = 0u; i < ROWS; i++) {
        const uint at = (first + i) * pitch + offset + j;
        if (VECTOR == 1u) {
            const vec4 v = vec4(acc[i][0], acc[i][1u % COLS], acc[i][2u % COLS],
                                acc[i][3u % COLS]);
            if (first + i < rows && j < columns)
                y4[at / 4u] = act_between(v, low, high);
        } else {
            [[unroll]] for (uint c = 0u; c < COLS; c++)
                if (first + i < rows && j + c < columns)
                    y[at + c] = act_between(acc[i][c], low, high);
        }
    }
}
