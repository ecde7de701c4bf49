/* SPDX-License-Identifier: Apache-2.0
 *
 * Batch normalization, f32 or f16 (real_vector.h), for one ISA level: the
 * including file defines KERNEL as its symbol. One multiplication and addition
 * an element, bound by memory; scale and shift stay in the cache. Tails are
 * partial vectors. Threads share the rows, or the channels where rows are
 * fewer than threads. y may be x. Deviation from the reference: two roundings
 * or one by contraction, and that of act_vector.h.
 */
#include "kernels/batchnorm/batchnorm_pack.h"
#include "kernels/kernel.h"
#include "kernels/real_vector.h"
#include "kernels/split.h"

assay_cpu_function KERNEL;

enum { LANES = ASSAY_VF_LANES };

struct part {
    const assay_real *x;
    assay_real *y;
    const float *scale, *shift;
    int64_t rows, cols, stride;
};

ASSAY_INLINE void sweep(struct part p, enum assay_act act)
{
    for (int64_t i = 0; i < p.rows; i++, p.x += p.stride, p.y += p.stride) {
        int64_t j = 0;
        for (; j + LANES <= p.cols; j += LANES)
            assay_real_store(p.y + j,
                             assay_vf_act(assay_real_load(p.x + j) *
                                                  assay_vf_load(p.scale + j) +
                                              assay_vf_load(p.shift + j),
                                          act));
        if (j < p.cols)
            assay_real_store_part(
                p.y + j, p.cols - j,
                assay_vf_act(assay_real_load_part(p.x + j, p.cols - j, 0) *
                                     assay_vf_load(p.scale + j) +
                                 assay_vf_load(p.shift + j),
                             act));
    }
}

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_batchnorm *d = &call->problem->as.batchnorm;
    const bool by_rows = d->rows >= (int64_t)call->threads;
    const struct assay_range all_rows = {0, d->rows}, all_cols = {0, d->c};
    const struct assay_range rows =
        by_rows ? assay_split(d->rows, call->threads, call->thread) : all_rows;
    const struct assay_range cols =
        by_rows ? all_cols
                : assay_split_units(d->c, 64, call->threads, call->thread);
    const int64_t first = rows.begin * d->c + cols.begin;
    const float *scale = (const float *)call->packed + cols.begin;
    const struct part part = {
        .x = (const assay_real *)call->inputs[0] + first,
        .y = (assay_real *)call->output + first,
        .scale = scale,
        .shift = scale + assay_batchnorm_stride(d->c),
        .rows = rows.end - rows.begin,
        .cols = cols.end - cols.begin,
        .stride = d->c,
    };
    switch ((enum assay_act)d->act) {
    case ASSAY_ACT_NONE:
        sweep(part, ASSAY_ACT_NONE);
        break;
    case ASSAY_ACT_RELU:
        sweep(part, ASSAY_ACT_RELU);
        break;
    case ASSAY_ACT_RELU6:
        sweep(part, ASSAY_ACT_RELU6);
        break;
    default:
        sweep(part, (enum assay_act)d->act);
    }
}
