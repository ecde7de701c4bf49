/* SPDX-License-Identifier: Apache-2.0
 *
 * The OpenCL rows of gather; the includer defines KERNEL. `inner` is in units;
 * every index becomes a row of x before it is used.
 */
#include "move/move.cl"

struct gather {
    uint n, chunk, rows, inner, count;
};

static inline uint row_of(const int index, const uint rows)
{
    const int r = index < 0 ? index + (int)rows : index;
    return (uint)clamp(r, 0, (int)rows - 1);
}

__kernel void KERNEL(__global const unit *restrict x,
                     __global const int *restrict indices,
                     __global unit *restrict y, const struct gather d)
{
    const uint begin = move_begin(d.n, d.chunk);
    const uint end = min(begin + d.chunk, d.n);
    for (uint i = begin; i < end;) {
        const uint k = i / d.inner, j = i % d.inner;
        const uint r = row_of(indices[k % d.count], d.rows);
        const uint n = min(d.inner - j, end - i);
        const size_t at = (size_t)(k / d.count * d.rows + r) * d.inner + j;
        move_run(y + i, x + at, n, 1);
        i += n;
    }
}
