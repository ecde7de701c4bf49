/* SPDX-License-Identifier: Apache-2.0
 *
 * Products of matrices, f32 and f16, OpenCL on a CPU driver; the including file
 * defines KERNEL, and HALF for f16. Formula and layouts: matmul.h.
 *
 * A work-item computes ROWS rows x 32 columns in two float16 a row. Columns of
 * b lie side by side, or with transpose_b are turned in registers 16 x 16 at a
 * time (turn.cl); columns beyond n then are the last one again, not stored.
 * 256 steps of a become f32 in private memory first, from where they are
 * broadcast. One work-item a group, no barrier, no local memory. Sums in f32
 * with fused multiply-add, k in ascending order.
 */
#define ROWS SPEC0
#define DEPTH 256

struct matmul {
    uint m, n, k, shared, transpose, down, across;
    float scale;
};

/* `vectors` is 1 or 2 where it is inlined. */
__attribute__((always_inline)) static inline void
steps(const uint vectors, const float a[ROWS][DEPTH], float16 acc[ROWS][2],
      __global const REAL *b, const struct matmul d, const uint column,
      const uint depth)
{
    if (!d.transpose) {
        for (uint l = 0; l < depth; l++, b += d.n)
#pragma unroll
            for (uint u = 0; u < vectors; u++) {
                const float16 w =
                    load_most(b + u * 16, d.n - column - u * 16);
#pragma unroll
                for (uint i = 0; i < ROWS; i++)
                    acc[i][u] = fma((float16)(a[i][l]), w, acc[i][u]);
            }
        return;
    }
#pragma unroll
    for (uint u = 0; u < vectors; u++)
        for (uint l = 0; l < depth; l += 16) {
            float16 v[16];
#pragma unroll
            for (uint j = 0; j < 16; j++) {
                const uint line = min(u * 16 + j, d.n - 1 - column);
                v[j] = load_most(b + (size_t)line * d.k + l, depth - l);
            }
            turn16(v);
#pragma unroll
            for (uint j = 0; j < 16; j++)
#pragma unroll
                for (uint i = 0; i < ROWS; i++)
                    acc[i][u] = fma((float16)(a[i][l + j]), v[j], acc[i][u]);
        }
}

__attribute__((always_inline)) static inline void
tile(const uint vectors, __global const REAL *a, __global const REAL *b,
     __global REAL *y, const struct matmul d, const uint row,
     const uint column)
{
    float16 acc[ROWS][2];
    float part[ROWS][DEPTH];
#pragma unroll
    for (uint i = 0; i < ROWS; i++)
        acc[i][0] = acc[i][1] = (float16)(0.0f);
    b += d.transpose ? (size_t)column * d.k : column;
    for (uint first = 0; first < d.k; first += DEPTH) {
        const uint depth = min((uint)DEPTH, d.k - first);
        for (uint i = 0; i < ROWS; i++)
            for (uint l = 0; l < depth; l += 16)
                vstore16(load_most(
                             a + (size_t)min(row + i, d.m - 1) * d.k + first + l,
                             depth - l),
                         0, part[i] + l);
        steps(vectors, part, acc, b, d, column, depth);
        b += d.transpose ? DEPTH : (size_t)DEPTH * d.n;
    }
    for (uint i = 0; i < ROWS && row + i < d.m; i++)
#pragma unroll
        for (uint u = 0; u < vectors; u++)
            store_most(y + (size_t)(row + i) * d.n + column + u * 16,
                              d.n - column - u * 16, acc[i][u] * d.scale);
}

__attribute__((reqd_work_group_size(1, 1, 1))) __kernel void
KERNEL(__global const REAL *restrict a, __global const REAL *restrict b,
       __global REAL *restrict y, const struct matmul d)
{
    const uint number = group_number();
    const uint product = number / (d.down * d.across);
    const uint row = number / d.across % d.down * ROWS;
    const uint column = number % d.across * 32;
    a += (size_t)product * d.m * d.k;
    b += d.shared ? 0 : (size_t)product * d.n * d.k;
    y += (size_t)product * d.m * d.n;
    if (d.n - column > 16)
        tile(2, a, b, y, d, row, column);
    else
        tile(1, a, b, y, d, row, column);
}
