/* SPDX-License-Identifier: Apache-2.0
 *
 * Slice, the reference: one element at a time, in the order of y. The including
 * file defines KERNEL as its symbol and ELEMENT as an unsigned type of the
 * size. Formula and layouts: slice.h. Serial: thread 0 does everything.
 */
#include "kernels/kernel.h"
#include "kernels/move/move.h"

assay_cpu_function KERNEL;

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_slice *d = &call->problem->as.slice;
    const ELEMENT *x = call->inputs[0];
    ELEMENT *y = call->output;
    int64_t i[6] = {0}, counts[6];
    if (call->thread != 0)
        return;
    for (int a = 0; a < 6; a++)
        counts[a] = assay_slice_count(d, a);
    do {
        int64_t at = 0;
        for (int a = 0; a < 6; a++)
            at = at * d->d[a] + d->start[a] + i[a] * d->step[a];
        *y++ = x[at];
        for (int a = 5; a >= 0 && ++i[a] == counts[a] && a > 0; a--)
            i[a] = 0;
    } while (i[0] < counts[0]);
}
