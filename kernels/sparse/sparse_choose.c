/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/sparse/sparse_choose.h"

#include "kernels/sparse/sparse_pack.h"

/* Time of a stored weight, in that of a weight of the op dense. */
static const struct {
    enum assay_sparse_format format;
    double f32, s8;
} costs[] = {
    {ASSAY_SPARSE_BLOCK16X1, 1.2, 1.3},
    {ASSAY_SPARSE_BLOCK4X4, 1.6, 1.6},
    {ASSAY_SPARSE_CSR, 2.5, 0},
};

enum assay_sparse_format
assay_sparse_choose(enum assay_dtype dtype, const void *w, int64_t n, int64_t k)
{
    double best = (double)n * (double)k;
    enum assay_sparse_format choice = ASSAY_SPARSE_DENSE;
    for (size_t i = 0; i < sizeof costs / sizeof *costs; i++) {
        const double cost = dtype == ASSAY_F32 ? costs[i].f32 : costs[i].s8;
        const double time =
            cost * (double)assay_sparse_stored(dtype, costs[i].format, w, n, k);
        if (cost > 0 && time < best) {
            best = time;
            choice = costs[i].format;
        }
    }
    return choice;
}
