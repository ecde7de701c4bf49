/* SPDX-License-Identifier: Apache-2.0
 *
 * What the OpenCL rows of sparse for CPU drivers share: rows of x, turned, and
 * the sums of a strip that is lower than 16 outputs. The includer defines X
 * and W, the element types of x and of the weights, x_load16(p), x_load(p),
 * w_load(p) (as float16, float, float), and HEIGHT.
 */
#include "turn.cl"

#define DEPTH 512   /* ASSAY_SPARSE_DEPTH_DEVICE */
#define OUTPUTS 256 /* at most, of a work-item */

/* Sixteen elements, of which `left` exist, the others 0. */
static inline float16 x_load_part(__global const X *from, uint left)
{
    float part[16] = {0};
    if (left >= 16)
        return x_load16(from);
    for (uint j = 0; j < left; j++)
        part[j] = x_load(from + j);
    return vload16(0, part);
}

/* Columns 0 … depth - 1 of `rows` rows of k elements, of which the last is
 * read again beyond them: [depth] of 16 rows. */
static inline void turn_rows(__global const X *x, uint k, uint rows, uint depth,
                             float16 *to)
{
    for (uint c = 0; c < depth; c += 16) {
        float16 v[16];
#pragma unroll
        for (uint i = 0; i < 16; i++)
            v[i] = x_load_part(x + (size_t)min(i, rows - 1) * k + c, depth - c);
        turn16(v);
#pragma unroll
        for (uint i = 0; i < 16; i++)
            to[c + i] = v[i];
    }
}

#if HEIGHT < 16
/* Add entries e … end - 1 of a strip to sum[HEIGHT]. */
static inline void list_sums(const float16 *turned,
                             __global const ushort *columns,
                             __global const W *weights, uint e, uint end,
                             float16 *sum)
{
#if HEIGHT == 1
    float16 part[4] = {sum[0], 0.0f, 0.0f, 0.0f};
    for (; e + 4 <= end; e += 4)
#pragma unroll
        for (uint p = 0; p < 4; p++)
            part[p] = fma((float16)(w_load(weights + e + p)),
                          turned[columns[e + p]], part[p]);
    for (; e < end; e++)
        part[0] =
            fma((float16)(w_load(weights + e)), turned[columns[e]], part[0]);
    sum[0] = (part[0] + part[1]) + (part[2] + part[3]);
#else
    float16 part[HEIGHT];
#pragma unroll
    for (uint h = 0; h < HEIGHT; h++)
        part[h] = sum[h];
    for (; e < end; e++) {
        const float16 b = turned[columns[e]];
#pragma unroll
        for (uint h = 0; h < HEIGHT; h++)
            part[h] = fma((float16)(w_load(weights + e * HEIGHT + h)), b,
                          part[h]);
    }
#pragma unroll
    for (uint h = 0; h < HEIGHT; h++)
        sum[h] = part[h];
#endif
}
#endif
