/* SPDX-License-Identifier: Apache-2.0
 *
 * Reduction, the reference of f32 and f16: the including file defines KERNEL as
 * its symbol. Sums in double, in order. Formula: reduce.h. Serial: thread 0
 * computes everything.
 */
#include "kernels/element.h"

void KERNEL(const struct assay_cpu_call *call);

static double combine(enum assay_reduce_kind kind, double a, double b)
{
    switch (kind) {
    case ASSAY_REDUCE_MAX:
        return b > a ? b : a;
    case ASSAY_REDUCE_MIN:
        return b < a ? b : a;
    case ASSAY_REDUCE_SUMSQ:
        return a + b * b;
    case ASSAY_REDUCE_MEAN:
    case ASSAY_REDUCE_SUM:
    case ASSAY_REDUCE_KINDS:
        break;
    }
    return a + b;
}

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_reduce *d = &call->problem->as.reduce;
    const enum assay_dtype type = call->problem->dtype;
    const enum assay_reduce_kind kind = (enum assay_reduce_kind)d->kind;
    const bool choice = kind == ASSAY_REDUCE_MAX || kind == ASSAY_REDUCE_MIN;
    if (call->thread != 0)
        return;
    for (int64_t o = 0; o < d->outer; o++) {
        for (int64_t i = 0; i < d->inner; i++) {
            const size_t first = (size_t)(o * d->n * d->inner + i);
            double sum =
                choice ? assay_element(type, call->inputs[0], first) : 0;
            for (int64_t k = 0; k < d->n; k++)
                sum = combine(kind, sum,
                              assay_element(type, call->inputs[0],
                                            first + (size_t)(k * d->inner)));
            if (kind == ASSAY_REDUCE_MEAN)
                sum /= (double)d->n;
            assay_element_set(type, call->output, (size_t)(o * d->inner + i),
                              sum);
        }
    }
}
