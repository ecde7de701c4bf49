/* SPDX-License-Identifier: Apache-2.0
 *
 * Signs as bits, the reference: element by element. Formula: signpack.h.
 * Serial: thread 0 computes everything. Row: signpack.def; test:
 * test_kernels.c.
 */
#include "kernels/element.h"

void assay_signpack_b1_ref(const struct assay_cpu_call *call);

void assay_signpack_b1_ref(const struct assay_cpu_call *call)
{
    const struct assay_signpack *d = &call->problem->as.signpack;
    const enum assay_dtype from = assay_problem_type(call->problem, 0);
    const double border = from == ASSAY_S8 ? (double)d->zero : 0;
    const size_t words = (size_t)(d->rows * d->cols / 32);
    uint32_t *y = call->output;
    if (call->thread != 0)
        return;
    for (size_t i = 0; i < words; i++) {
        y[i] = 0;
        for (size_t j = 0; j < 32; j++)
            if (assay_element(from, call->inputs[0], 32 * i + j) < border)
                y[i] |= (uint32_t)1 << j;
    }
}
