/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/sparse/sparse_choose.h"

#include "kernels/sparse/sparse_pack.h"

/* Time for a row of x, in that of a weight of the op dense: of each weight that
 * is stored, and of each k and each output, for turning x and y and for the
 * lists. */
static const struct {
    enum assay_sparse_format format;
    struct {
        double weight, line;
    } f32, s8;
} costs[] = {
    {ASSAY_SPARSE_BLOCK16X1, {1.06, 9}, {1.49, 30}},
    {ASSAY_SPARSE_BLOCK4X4, {1.07, 13}, {1.0, 37}},
    {ASSAY_SPARSE_CSR, {2.0, 26}, {0, 0}},
};

enum assay_sparse_format
assay_sparse_choose(enum assay_dtype dtype, const void *w, int64_t n, int64_t k)
{
    double best = (double)n * (double)k;
    enum assay_sparse_format choice = ASSAY_SPARSE_DENSE;
    for (size_t i = 0; i < sizeof costs / sizeof *costs; i++) {
        const bool f32 = dtype == ASSAY_F32;
        const double weight = f32 ? costs[i].f32.weight : costs[i].s8.weight;
        const double line = f32 ? costs[i].f32.line : costs[i].s8.line;
        const double time = weight * (double)assay_sparse_stored(
                                         dtype, costs[i].format, w, n, k) +
                            line * (double)(n + k);
        if (weight > 0 && time < best) {
            best = time;
            choice = costs[i].format;
        }
    }
    return choice;
}
