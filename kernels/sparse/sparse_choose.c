/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/sparse/sparse_choose.h"

#include "kernels/sparse/sparse_pack.h"

/* Time for a row of x, in that of a weight of the op dense: of each weight that
 * is stored, and of each k and each output, for turning x and y and for the
 * lists. Fewer than `rows` rows take as long as these: vectors across rows are
 * then partly empty, or weights come from memory no faster. */
struct cost {
    double weight, line, rows;
};

static const struct cost dense[] = {{1, 0, 5}, {1, 0, 4}}; /* f32, s8 */

static const struct {
    enum assay_sparse_format format;
    struct cost f32, s8;
} costs[] = {
    {ASSAY_SPARSE_BLOCK16X1, {1.06, 9, 5}, {1.49, 30, 20}},
    {ASSAY_SPARSE_BLOCK4X4, {1.07, 13, 20}, {1.0, 37, 32}},
    {ASSAY_SPARSE_CSR, {2.0, 26, 24}, {0, 0, 0}},
};

static double time_of(struct cost cost, double stored, int64_t m, double lines)
{
    const double rows = (double)m > cost.rows ? (double)m : cost.rows;
    return rows * (cost.weight * stored + cost.line * lines);
}

enum assay_sparse_format assay_sparse_choose(enum assay_dtype dtype,
                                             const void *w, int64_t m,
                                             int64_t n, int64_t k)
{
    const bool f32 = dtype == ASSAY_F32;
    const double lines = (double)(n + k);
    double best = time_of(dense[f32 ? 0 : 1], (double)n * (double)k, m, lines);
    enum assay_sparse_format choice = ASSAY_SPARSE_DENSE;
    for (size_t i = 0; i < sizeof costs / sizeof *costs; i++) {
        const struct cost cost = f32 ? costs[i].f32 : costs[i].s8;
        const double time = time_of(
            cost, (double)assay_sparse_stored(dtype, costs[i].format, w, n, k),
            m, lines);
        if (cost.weight > 0 && time < best) {
            best = time;
            choice = costs[i].format;
        }
    }
    return choice;
}
