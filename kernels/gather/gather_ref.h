/* SPDX-License-Identifier: Apache-2.0
 *
 * Gather, the reference: one element of y at a time. The including file defines
 * KERNEL as its symbol and ELEMENT as an unsigned type of the size. Formula and
 * layouts: gather.h. Serial: thread 0 does everything.
 */
#include "kernels/kernel.h"

assay_cpu_function KERNEL;

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_gather *d = &call->problem->as.gather;
    const ELEMENT *x = call->inputs[0];
    const int32_t *indices = call->inputs[1];
    ELEMENT *y = call->output;
    if (call->thread != 0)
        return;
    for (int64_t o = 0; o < d->outer; o++)
        for (int64_t k = 0; k < d->count; k++) {
            int64_t i = indices[k];
            i += i < 0 ? d->n : 0;
            i = i < 0 ? 0 : i >= d->n ? d->n - 1 : i;
            for (int64_t j = 0; j < d->inner; j++)
                *y++ = x[(o * d->n + i) * d->inner + j];
        }
}
