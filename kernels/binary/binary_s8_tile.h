/* SPDX-License-Identifier: Apache-2.0
 *
 * Arithmetic of two inputs, s8, for one ISA level: the including file defines
 * KERNEL as its symbol. A thread walks through its span of y in stretches
 * along the innermost dimension (binary_plan.h), in which an input is an array
 * or one number; bytes are widened to 32-bit lanes, which hold every sum of
 * binary.h. No alignment needed; y may be an input. Threads take spans of
 * whole cache lines. Equal to the reference: integers, and one float
 * multiplication that the bounds behind it keep from being contracted.
 */
#include "kernels/binary/binary_pack.h"
#include "kernels/binary/binary_plan.h"
#include "kernels/byte_vector.h"
#include "kernels/split.h"

assay_cpu_function KERNEL;

enum { SPAN_UNIT = 256 };

struct terms {
    assay_vi a_zero, b_zero, y_zero, low, high, a, b, half;
    int shift;
    float product;
};

ASSAY_INLINE assay_vi combine(const struct terms *t, assay_vi a, assay_vi b,
                              bool product)
{
    a -= t->a_zero;
    b -= t->b_zero;
    assay_vi v;
    if (product) {
        assay_vf real = __builtin_convertvector(a * b, assay_vf) * t->product;
        real = assay_vf_max(assay_vf_set(-1024.0f), real);
        v = assay_vi_round(assay_vf_min(assay_vf_set(1024.0f), real));
    } else {
        v = a * t->a + b * t->b;
        /* Half of 2^shift, less 1 where the quotient is even: a tie then stays
         * below the next one. */
        v = (v + t->half + ((v >> t->shift) & 1)) >> t->shift;
    }
    return assay_vi_clamp(v + t->y_zero, t->low, t->high);
}

ASSAY_INLINE void sweep(const struct terms *t, const int8_t *a, const int8_t *b,
                        int8_t *y, int64_t n, bool product, bool one_a,
                        bool one_b)
{
    assay_vi va = assay_vi_set(*a), vb = assay_vi_set(*b);
    int64_t i = 0;
    for (; i + ASSAY_VF_LANES <= n; i += ASSAY_VF_LANES) {
        if (!one_a)
            va = assay_vi_load_bytes(a + i);
        if (!one_b)
            vb = assay_vi_load_bytes(b + i);
        assay_vi_store_bytes(y + i, combine(t, va, vb, product));
    }
    if (i < n) {
        if (!one_a)
            va = assay_vi_load_bytes_part(a + i, n - i);
        if (!one_b)
            vb = assay_vi_load_bytes_part(b + i, n - i);
        assay_vi_store_bytes_part(y + i, n - i, combine(t, va, vb, product));
    }
}

ASSAY_INLINE void walk(const struct assay_cpu_call *call, bool product)
{
    const struct assay_binary *d = &call->problem->as.binary;
    const struct assay_binary_scales *scales = call->packed;
    const struct assay_binary_plan plan = assay_binary_plan(d);
    const struct assay_range span =
        assay_split_units(plan.n, SPAN_UNIT, call->threads, call->thread);
    const int last = ASSAY_BINARY_DIMS - 1;
    const struct terms t = {
        .a_zero = assay_vi_set((int32_t)d->a_zero),
        .b_zero = assay_vi_set((int32_t)d->b_zero),
        .y_zero = assay_vi_set((int32_t)d->y_zero),
        .low = assay_vi_set((int32_t)d->low),
        .high = assay_vi_set((int32_t)d->high),
        .a = assay_vi_set(scales->a),
        .b = assay_vi_set(scales->b),
        .half = assay_vi_set(product ? 0 : (1 << (scales->shift - 1)) - 1),
        .shift = scales->shift,
        .product = scales->product,
    };
    for (struct assay_binary_walk at =
             assay_binary_begin(&plan, span.begin, span.end);
         assay_binary_more(&at); assay_binary_next(&plan, &at)) {
        const int8_t *a = (const int8_t *)call->inputs[0] + at.a;
        const int8_t *b = (const int8_t *)call->inputs[1] + at.b;
        int8_t *y = (int8_t *)call->output + at.at;
        if (plan.a[last] && plan.b[last])
            sweep(&t, a, b, y, at.count, product, false, false);
        else if (plan.a[last])
            sweep(&t, a, b, y, at.count, product, false, true);
        else
            sweep(&t, a, b, y, at.count, product, true, false);
    }
}

void KERNEL(const struct assay_cpu_call *call)
{
    if (call->problem->as.binary.kind == ASSAY_BINARY_MUL)
        walk(call, true);
    else
        walk(call, false);
}
