/* SPDX-License-Identifier: Apache-2.0
 *
 * The reference of binary for f32 and f16: the including file defines KERNEL
 * as its symbol. In double, one rounding at the end; element by element
 * through the four dimensions as they are told. Formula: binary.h. Serial:
 * thread 0 computes everything. Row: binary.def; test: test_kernels.c.
 */
#include <math.h>

#include "kernels/element.h"

assay_cpu_function KERNEL;

static double combine(enum assay_binary_kind kind, double a, double b)
{
    switch (kind) {
    case ASSAY_BINARY_ADD:
        return a + b;
    case ASSAY_BINARY_SUB:
        return a - b;
    case ASSAY_BINARY_MUL:
        return a * b;
    case ASSAY_BINARY_DIV:
        return a / b;
    case ASSAY_BINARY_MIN:
        return a < b ? a : b;
    case ASSAY_BINARY_MAX:
        return a > b ? a : b;
    case ASSAY_BINARY_POW:
        return pow(a, b);
    case ASSAY_BINARY_KINDS:
        break;
    }
    return 0;
}

/* Number of an input's element at a place of y; `in`: which dimensions it
 * has. */
static size_t element_at(const int64_t *sizes, const int64_t *in,
                         const int64_t *place)
{
    int64_t at = 0;
    for (int i = 0; i < 4; i++)
        if (in[i])
            at = at * sizes[i] + place[i];
    return (size_t)at;
}

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_binary *d = &call->problem->as.binary;
    const enum assay_dtype type = call->problem->dtype;
    const int64_t sizes[] = {d->d0, d->d1, d->d2, d->d3};
    const int64_t in_a[] = {d->a0, d->a1, d->a2, d->a3};
    const int64_t in_b[] = {d->b0, d->b1, d->b2, d->b3};
    const size_t n = (size_t)(d->d0 * d->d1 * d->d2 * d->d3);
    if (call->thread != 0)
        return;
    for (size_t i = 0; i < n; i++) {
        int64_t place[4], rest = (int64_t)i;
        for (int k = 3; k >= 0; k--) {
            place[k] = rest % sizes[k];
            rest /= sizes[k];
        }
        const double a = assay_element(type, call->inputs[0],
                                       element_at(sizes, in_a, place));
        const double b = assay_element(type, call->inputs[1],
                                       element_at(sizes, in_b, place));
        assay_element_set(
            type, call->output, i,
            assay_act_apply((enum assay_act)d->act,
                            combine((enum assay_binary_kind)d->kind, a, b)));
    }
}
