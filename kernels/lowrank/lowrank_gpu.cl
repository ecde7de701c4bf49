/* SPDX-License-Identifier: Apache-2.0
 *
 * The two products of lowrank for OpenCL rows on GPUs. A work-group of 64
 * computes ROWS rows: t, a column a work-item at a time, into local memory;
 * then, when all of it is there, outputs likewise. Neighbours have neighbouring
 * columns of a panel of 16, so that they read weights side by side and the same
 * element of x or t, and a weight serves ROWS products. The includer defines
 * ROWS, R (≥ r), the types X, W, SUM (of one sum) and HEAD (rows of 16 words
 * before the weights of a panel).
 */
#define WIDTH 16
#define ITEMS 64

static inline __global const char *panel_of(__global const char *w, uint j,
                                            uint k)
{
    return w + (size_t)(j / WIDTH) * WIDTH * (HEAD * 4 + k * sizeof(W));
}

/* Word number `row` of 16 before the weights of column j. */
#define HEAD_OF(type, panel, row, j)                                           \
    (((__global const type *)(panel))[(row)*WIDTH + (j) % WIDTH])

static inline void product_x(__global const X *const a[ROWS], uint k,
                             __global const char *panel, uint j,
                             SUM sum[ROWS])
{
    __global const W *w =
        (__global const W *)(panel + HEAD * WIDTH * 4) + j % WIDTH;
    for (uint c = 0; c < k; c++)
        for (uint i = 0; i < ROWS; i++)
            sum[i] += (SUM)(a[i][c] * w[(size_t)c * WIDTH]);
}

static inline void product_t(__local const X *t, uint k,
                             __global const char *panel, uint j,
                             SUM sum[ROWS])
{
    __global const W *w =
        (__global const W *)(panel + HEAD * WIDTH * 4) + j % WIDTH;
    for (uint c = 0; c < k; c++)
        for (uint i = 0; i < ROWS; i++)
            sum[i] += (SUM)(t[i * R + c] * w[(size_t)c * WIDTH]);
}
