/* SPDX-License-Identifier: Apache-2.0
 *
 * Permutation of axes, the reference: one element at a time, in the order of x.
 * The including file defines KERNEL as its symbol and ELEMENT as an unsigned
 * type of the size. Formula and layouts: transpose.h. Serial: thread 0 does
 * everything.
 */
#include "kernels/kernel.h"

assay_cpu_function KERNEL;

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_transpose *d = &call->problem->as.transpose;
    const ELEMENT *x = call->inputs[0];
    ELEMENT *y = call->output;
    int64_t i[6] = {0};
    if (call->thread != 0)
        return;
    do {
        int64_t at = 0;
        for (int a = 0; a < 6; a++)
            at = at * d->d[d->p[a]] + i[d->p[a]];
        y[at] = *x++;
        for (int a = 5; a >= 0 && ++i[a] == d->d[a] && a > 0; a--)
            i[a] = 0;
    } while (i[0] < d->d[0]);
}
