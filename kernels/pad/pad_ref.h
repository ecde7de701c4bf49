/* SPDX-License-Identifier: Apache-2.0
 *
 * Pad, the reference: one element of y at a time. The including file defines
 * KERNEL as its symbol, ELEMENT as an unsigned type of the size and VALUE(x) as
 * the element that stands for the number x. Formula and layouts: pad.h. Serial:
 * thread 0 does everything.
 */
#include "kernels/kernel.h"
#include "kernels/move/move.h"
#include "kernels/pad/pad_value.h"

assay_cpu_function KERNEL;

/* The element of axis a that place o takes, -1 for the value. */
static int64_t source(const struct assay_pad *d, int a, int64_t o)
{
    const int64_t gap = d->interior[a] + 1, t = o - d->before[a];
    const int64_t last = (d->d[a] - 1) * gap;
    if (t >= 0 && t <= last)
        return t % gap == 0 ? t / gap : -1;
    switch ((enum assay_pad_kind)d->kind) {
    case ASSAY_PAD_EDGE:
        return t < 0 ? 0 : last;
    case ASSAY_PAD_REFLECT:
        return t < 0 ? -t : 2 * last - t;
    case ASSAY_PAD_CONSTANT:
        break;
    }
    return -1;
}

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_pad *d = &call->problem->as.pad;
    const ELEMENT *x = call->inputs[0];
    ELEMENT *y = call->output;
    int64_t o[6] = {0}, counts[6];
    if (call->thread != 0)
        return;
    for (int a = 0; a < 6; a++)
        counts[a] = assay_pad_count(d, a);
    do {
        int64_t at = 0;
        for (int a = 0; a < 6 && at >= 0; a++) {
            const int64_t i = source(d, a, o[a]);
            at = i < 0 ? -1 : at * d->d[a] + i;
        }
        *y++ = at < 0 ? VALUE(d->value) : x[at];
        for (int a = 5; a >= 0 && ++o[a] == counts[a] && a > 0; a--)
            o[a] = 0;
    } while (o[0] < counts[0]);
}
