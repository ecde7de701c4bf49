/* SPDX-License-Identifier: Apache-2.0
 *
 * Arithmetic of two inputs, s8, the reference: the integers and the one float
 * multiplication of binary.h, element by element; 64-bit sums, so that none
 * can be too large. Serial: thread 0 computes everything. Row: binary.def;
 * test: test_kernels.c.
 */
#include <math.h>

#include "kernels/binary/binary_pack.h"

void assay_binary_s8_ref(const struct assay_cpu_call *call);

/* value / 2^shift to nearest, ties to even. */
static int64_t shift_even(int64_t value, int shift)
{
    const int64_t one = (int64_t)1 << shift, down = value >> shift;
    const int64_t rest = value - down * one;
    return down + (rest * 2 > one || (rest * 2 == one && down % 2 != 0));
}

static int64_t element_at(const int64_t *sizes, const int64_t *in,
                          const int64_t *place)
{
    int64_t at = 0;
    for (int i = 0; i < 4; i++)
        if (in[i])
            at = at * sizes[i] + place[i];
    return at;
}

void assay_binary_s8_ref(const struct assay_cpu_call *call)
{
    const struct assay_binary *d = &call->problem->as.binary;
    const struct assay_binary_scales *scales = call->packed;
    const int64_t sizes[] = {d->d0, d->d1, d->d2, d->d3};
    const int64_t in_a[] = {d->a0, d->a1, d->a2, d->a3};
    const int64_t in_b[] = {d->b0, d->b1, d->b2, d->b3};
    const int64_t n = d->d0 * d->d1 * d->d2 * d->d3;
    int8_t *y = call->output;
    if (call->thread != 0)
        return;
    for (int64_t i = 0; i < n; i++) {
        int64_t place[4], rest = i;
        for (int k = 3; k >= 0; k--) {
            place[k] = rest % sizes[k];
            rest /= sizes[k];
        }
        const int64_t a =
            ((const int8_t *)call->inputs[0])[element_at(sizes, in_a, place)] -
            d->a_zero;
        const int64_t b =
            ((const int8_t *)call->inputs[1])[element_at(sizes, in_b, place)] -
            d->b_zero;
        int64_t v =
            d->kind == ASSAY_BINARY_MUL
                ? (int64_t)fminf(
                      fmaxf(rintf((float)(a * b) * scales->product), -1024),
                      1024)
                : shift_even(a * scales->a + b * scales->b, scales->shift);
        v += d->y_zero;
        y[i] = (int8_t)(v < d->low ? d->low : v > d->high ? d->high : v);
    }
}
