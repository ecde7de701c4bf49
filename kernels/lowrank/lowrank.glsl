/* SPDX-License-Identifier: Apache-2.0
 *
 * The two products of lowrank for Vulkan rows that follow no GEMM. A work-group
 * computes ROWS rows: t, a column an invocation at a time, into shared memory;
 * then, when all of it is there, outputs likewise. Neighbours have neighbouring
 * columns of a panel (lowrank_pack.h), so that they read weights side by side
 * and the same element of x or t, and a weight serves ROWS products.
 *
 * The includer includes loop.glsl and declares the words of lowrank_launch.c, the arrays x and w (of
 * weights), SUM (type of a sum), HEAD (rows of words before the weights of a
 * panel), WORD (weights in a word), head(at) (a word as a SUM), and
 *   mid_of(sum, at)       the element of t, from the words of its column in the
 *                         panel, the first of which is number `at`
 *   put_out(to, sum, at)  element `to` of y, likewise
 */
layout(constant_id = 4) const uint ROWS = 4u;
layout(constant_id = 5) const uint R = 64u; /* ≥ r */
shared SUM t[ROWS * R];

/* The first word of the panel of column j, at depth k. */
uint panel_at(uint first, uint j, uint depth)
{
    return first + j / width * (HEAD * width + depth * width / WORD);
}

void main()
{
    const uint first = group_number() * ROWS, item = gl_LocalInvocationID.x;
    SUM sum[ROWS];
    uint row[ROWS];
    if (first >= m)
        return;
    for (uint i = 0u; i < ROWS; i++)
        row[i] = min(first + i, m - 1u) * k;
    for (uint l = item; l < r; l += gl_WorkGroupSize.x) {
        const uint at = panel_at(0u, l, k);
        const uint from = (at + HEAD * width) * WORD + l % width;
        for (uint i = 0u; i < ROWS; i++)
            sum[i] = head(at + l % width);
        LOOP(c, 0u, k, const SUM v = SUM(w[from + c * width]);
             for (uint i = 0u; i < ROWS; i++)
                 sum[i] += SUM(x[row[i] + c]) * v;)
        for (uint i = 0u; i < ROWS; i++)
            t[i * R + l] = mid_of(sum[i], at + l % width);
    }
    barrier();
    for (uint j = item; j < n; j += gl_WorkGroupSize.x) {
        const uint at = panel_at(after, j, r);
        const uint from = (at + HEAD * width) * WORD + j % width;
        for (uint i = 0u; i < ROWS; i++)
            sum[i] = head(at + j % width);
        LOOP(c, 0u, r, const SUM v = SUM(w[from + c * width]);
             for (uint i = 0u; i < ROWS; i++)
                 sum[i] += t[i * R + c] * v;)
        for (uint i = 0u; i < ROWS; i++)
            if (first + i < m)
                put_out((first + i) * n + j, sum[i], at + j % width);
    }
}
