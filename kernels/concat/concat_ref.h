/* SPDX-License-Identifier: Apache-2.0
 *
 * Concat, the reference: one element of y at a time. The including file defines
 * KERNEL as its symbol and ELEMENT as an unsigned type of the size. Formula and
 * layouts: concat.h. Serial: thread 0 does everything.
 */
#include "kernels/kernel.h"

assay_cpu_function KERNEL;

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_concat *d = &call->problem->as.concat;
    ELEMENT *y = call->output;
    if (call->thread != 0)
        return;
    for (int64_t o = 0; o < d->outer; o++)
        for (int part = 0; part < 4; part++) {
            const ELEMENT *x = call->inputs[part];
            for (int64_t i = 0; i < d->n[part]; i++)
                for (int64_t j = 0; j < d->inner; j++)
                    *y++ = x[(o * d->n[part] + i) * d->inner + j];
        }
}
