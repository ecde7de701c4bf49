/* SPDX-License-Identifier: Apache-2.0
 *
 * The two products of lowrank for OpenCL rows on CPU drivers, around
 * gemm_narrow.cl, which is included before, with panels of 16 columns. The
 * includer defines
 *   SUM        type of sixteen sums: float16, or uint16 for s8, whose products
 *              are summed up in f32 for DEPTH steps, exactly; sum_load(p)
 *              loads one from the head of a panel
 *   HEAD       words before the weights of a panel, in rows of 16
 *   S8         1 or 0
 *   R          r rounded up to DEPTH
 * t is in private memory, as f32 (which holds s8 exactly), DEPTH columns at a
 * time, as narrow_steps wants it.
 */
typedef float t_block[TILE_M][DEPTH];

/* Bytes of a panel of depth k. */
static inline size_t panel_bytes(uint k)
{
    return (size_t)WIDTH * (HEAD * 4 + k * sizeof(W));
}

/* Sums of TILE_M rows by one or two panels; panels and first_one are constants
 * where inlined. */
__attribute__((always_inline)) static inline void
product_of(const uint panels, const bool first_one,
           __global const X *const a[TILE_M], t_block *t, const uint k,
           __global const char *w, SUM total[TILE_M][2])
{
    const size_t bytes = panel_bytes(k);
    t_block xs;
    for (uint v = 0; v < panels; v++)
        for (uint i = 0; i < TILE_M; i++)
            total[i][v] = sum_load(w + v * bytes);
    for (uint first = 0; first < k; first += DEPTH) {
        const uint depth = min(k - first, (uint)DEPTH);
        __global const W *from =
            (__global const W *)(w + HEAD * WIDTH * 4) + (size_t)first * WIDTH;
        float16 acc[TILE_M][2];
#pragma unroll
        for (uint v = 0; v < panels; v++)
#pragma unroll
            for (uint i = 0; i < TILE_M; i++)
#if S8
                acc[i][v] = 0.0f;
#else
                acc[i][v] = total[i][v];
#endif
        if (first_one) {
            narrow_rows(xs, a, first, depth);
            narrow_steps(panels, xs, depth, from, bytes / sizeof(W), acc);
        } else {
            narrow_steps(panels, t[first / DEPTH], depth, from,
                         bytes / sizeof(W), acc);
        }
#pragma unroll
        for (uint v = 0; v < panels; v++)
#pragma unroll
            for (uint i = 0; i < TILE_M; i++)
#if S8
                total[i][v] += as_uint16(convert_int16(acc[i][v]));
#else
                total[i][v] = acc[i][v];
#endif
    }
}

/* By as many panels as the columns that are left fill, two at most; how many.
 * first_one: of x at a, else of t. */
__attribute__((always_inline)) static inline uint
product(const bool first_one, __global const X *const a[TILE_M], t_block *t,
        const uint k, __global const char *w, uint left, SUM total[TILE_M][2])
{
    if (left > WIDTH) {
        product_of(2, first_one, a, t, k, w, total);
        return 2;
    }
    product_of(1, first_one, a, t, k, w, total);
    return 1;
}

/* Where a work-item's rows and outputs are: groups (rows, outputs). */
struct part {
    uint row, first, end;
};

static inline struct part part_of(uint n, uint outputs)
{
    struct part p;
    p.row = get_group_id(0) * TILE_M;
    p.first = get_group_id(1) * outputs;
    p.end = min(p.first + outputs, n);
    return p;
}
