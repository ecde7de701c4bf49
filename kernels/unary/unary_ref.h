/* SPDX-License-Identifier: Apache-2.0
 *
 * The reference of unary for f32 and f16: the including file defines KERNEL as
 * its symbol. In double, one rounding at the end. Formula: unary.h and act.h.
 * Serial: thread 0 computes everything. Row: unary.def; test: test_kernels.c.
 */
#include "kernels/element.h"

assay_cpu_function KERNEL;

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_unary *d = &call->problem->as.unary;
    const enum assay_dtype type = call->problem->dtype;
    if (call->thread != 0)
        return;
    for (size_t i = 0; i < (size_t)d->n; i++)
        assay_element_set(
            type, call->output, i,
            assay_unary_apply(d, assay_element(type, call->inputs[0], i)));
}
