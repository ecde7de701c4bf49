/* SPDX-License-Identifier: Apache-2.0
 *
 * A GEMM in f32 arithmetic on elements narrower than f32, for OpenCL rows on
 * CPU drivers: sums of f16, or of s8 as long as they are exact (below 2^24,
 * 1024 products of s8). DEPTH steps of k at a time, the rows of x become f32
 * in private memory, whence they are broadcast; weights are widened as they
 * are read, sixteen columns a vector, and serve TILE_M rows.
 *
 * The includer defines TILE_M and for x and the weights of a panel, [k][16],
 * X and W (types of their elements), x_load16(p), x_load(p), w_load16(p) (as
 * float16, float, float16).
 */
#define WIDTH 16
#define DEPTH 256

/* The rows' elements `first` to `first + depth`, to xs. */
static inline void narrow_rows(float xs[TILE_M][DEPTH],
                               __global const X *const a[TILE_M], uint first,
                               uint depth)
{
    for (uint i = 0; i < TILE_M; i++) {
        uint t = 0;
        for (; t + 16 <= depth; t += 16)
            vstore16(x_load16(a[i] + first + t), 0, xs[i] + t);
        for (; t < depth; t++)
            xs[i][t] = x_load(a[i] + first + t);
    }
}

/* acc += xs times the weights from w on; `panels` is 1 or 2, a constant where
 * inlined, and they are `stride` elements apart. */
__attribute__((always_inline)) static inline void
narrow_steps(const uint panels, float xs[TILE_M][DEPTH], uint depth,
             __global const W *restrict w, size_t stride,
             float16 acc[TILE_M][2])
{
    for (uint t = 0; t < depth; t++) {
#pragma unroll
        for (uint v = 0; v < panels; v++) {
            const float16 b = w_load16(w + v * stride);
#pragma unroll
            for (uint i = 0; i < TILE_M; i++)
                acc[i][v] = fma((float16)(xs[i][t]), b, acc[i][v]);
        }
        w += WIDTH;
    }
}
