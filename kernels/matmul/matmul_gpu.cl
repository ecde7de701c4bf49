/* SPDX-License-Identifier: Apache-2.0
 *
 * Products of matrices, f32 and f16, OpenCL on a GPU; the including file
 * defines KERNEL, and HALF for f16. Formula and layouts: matmul.h.
 *
 * A group of 256 work-items computes 64 rows x 64 columns: 16 steps of k at a
 * time go to local memory, as floats, and each work-item keeps 4 x 4 sums. Of
 * either layout of b neighbours read neighbouring elements. What lies beyond a
 * border is zero in local memory and not stored.
 * Method: the usual register-tiled GEMM. Sums in f32 with fused multiply-add.
 */
#define TILE 64
#define STEP 16
#define SIDE 16

struct matmul {
    uint m, n, k, shared, transpose, down, across;
    float scale;
};

__attribute__((reqd_work_group_size(SIDE * SIDE, 1, 1))) __kernel void
KERNEL(__global const REAL *restrict a, __global const REAL *restrict b,
       __global REAL *restrict y, const struct matmul d)
{
    __local float left[STEP][TILE + 1], right[STEP][TILE + 1];
    const uint number = group_number();
    const uint product = number / (d.down * d.across);
    const uint row = number / d.across % d.down * TILE;
    const uint column = number % d.across * TILE;
    const uint item = get_local_id(0), tx = item % SIDE, ty = item / SIDE;
    float acc[4][4];
    a += (size_t)product * d.m * d.k;
    b += d.shared ? 0 : (size_t)product * d.n * d.k;
    y += (size_t)product * d.m * d.n;
    for (uint i = 0; i < 4; i++)
        for (uint j = 0; j < 4; j++)
            acc[i][j] = 0.0f;
    for (uint first = 0; first < d.k; first += STEP) {
        for (uint i = item; i < STEP * TILE; i += SIDE * SIDE) {
            const uint r = row + i / STEP, l = first + i % STEP;
            left[i % STEP][i / STEP] =
                r < d.m && l < d.k ? LOAD(a, (size_t)r * d.k + l) : 0.0f;
            const uint s = d.transpose ? i % STEP : i / TILE;
            const uint t = d.transpose ? i / STEP : i % TILE;
            const uint c = column + t, e = first + s;
            const size_t at =
                d.transpose ? (size_t)c * d.k + e : (size_t)e * d.n + c;
            right[s][t] = c < d.n && e < d.k ? LOAD(b, at) : 0.0f;
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        for (uint t = 0; t < STEP; t++)
            for (uint i = 0; i < 4; i++)
                for (uint j = 0; j < 4; j++)
                    acc[i][j] = fma(left[t][ty + i * SIDE],
                                    right[t][tx + j * SIDE], acc[i][j]);
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    for (uint i = 0; i < 4; i++)
        for (uint j = 0; j < 4; j++) {
            const uint r = row + ty + i * SIDE, c = column + tx + j * SIDE;
            if (r < d.m && c < d.n)
                STORE(y, (size_t)r * d.n + c, acc[i][j] * d.scale);
        }
}
