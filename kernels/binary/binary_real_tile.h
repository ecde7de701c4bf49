/* SPDX-License-Identifier: Apache-2.0
 *
 * Arithmetic of two inputs, f32 or f16, for one ISA level: the including file
 * defines KERNEL as its symbol, and ASSAY_HALF for f16. A thread walks through
 * its span of y in stretches along the innermost dimension (binary_plan.h), in
 * which an input is an array or one number; a loop for each kind and each of
 * these three cases, so that no branch is inside: whole vectors, then a
 * partial one. none, relu and relu6 are bounds in the same loop; for the other
 * activations a piece of floats lies in the cache in between. Bound by memory
 * but for div and pow. No alignment needed; y may be an input. Threads take
 * spans of whole cache lines. Deviation: pow_vector.h, act_vector.h.
 */
#include "kernels/act_finish.h"
#include "kernels/binary/binary_plan.h"
#include "kernels/binary/pow_vector.h"
#include "kernels/real_vector.h"
#include "kernels/split.h"

assay_cpu_function KERNEL;

enum { PIECE = 512, SPAN_UNIT = 256 };

ASSAY_INLINE assay_vf combine(enum assay_binary_kind kind, assay_vf a,
                              assay_vf b)
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
        return assay_vf_min(a, b);
    case ASSAY_BINARY_MAX:
        return assay_vf_max(a, b);
    case ASSAY_BINARY_POW:
        return assay_vf_pow(a, b);
    case ASSAY_BINARY_KINDS:
        break;
    }
    return a;
}

struct bounds {
    float low, high;
};

/* n results from a and b on; an input that is `one` number is that number in
 * all lanes. The results go to y, or to `wide` if that is not NULL. */
ASSAY_INLINE void sweep(const assay_real *a, const assay_real *b, assay_real *y,
                        float *wide, int64_t n, enum assay_binary_kind kind,
                        bool one_a, bool one_b, struct bounds bounds)
{
    const assay_vf low = assay_vf_set(bounds.low);
    const assay_vf high = assay_vf_set(bounds.high);
    assay_vf va = {0}, vb = {0};
    if (one_a)
        va = assay_vf_set(assay_real_load_part(a, 1, 0)[0]);
    if (one_b)
        vb = assay_vf_set(assay_real_load_part(b, 1, 0)[0]);
    int64_t i = 0;
    for (; i + ASSAY_VF_LANES <= n; i += ASSAY_VF_LANES) {
        if (!one_a)
            va = assay_real_load(a + i);
        if (!one_b)
            vb = assay_real_load(b + i);
        const assay_vf v =
            assay_vf_min(high, assay_vf_max(low, combine(kind, va, vb)));
        if (wide)
            assay_vf_store(wide + i, v);
        else
            assay_real_store(y + i, v);
    }
    if (i < n) {
        if (!one_a)
            va = assay_real_load_part(a + i, n - i, 1);
        if (!one_b)
            vb = assay_real_load_part(b + i, n - i, 1);
        const assay_vf v =
            assay_vf_min(high, assay_vf_max(low, combine(kind, va, vb)));
        if (wide)
            assay_vf_store_part(wide + i, n - i, v);
        else
            assay_real_store_part(y + i, n - i, v);
    }
}

/* A stretch in pieces whose activation follows while they are in the cache. */
ASSAY_INLINE void curve(const assay_real *a, const assay_real *b, assay_real *y,
                        int64_t n, enum assay_binary_kind kind, bool one_a,
                        bool one_b, int64_t act)
{
    const struct bounds none = {-INFINITY, INFINITY};
    float piece[PIECE];
    for (int64_t i = 0; i < n; i += PIECE) {
        const int64_t m = n - i < PIECE ? n - i : PIECE;
        sweep(one_a ? a : a + i, one_b ? b : b + i, NULL, piece, m, kind, one_a,
              one_b, none);
        assay_act_finish(piece, 0, 1, m, act);
        for (int64_t j = 0; j < m; j += ASSAY_VF_LANES) {
            const int64_t left = m - j;
            const int64_t lanes = left < ASSAY_VF_LANES ? left : ASSAY_VF_LANES;
            assay_real_store_part(y + i + j, lanes,
                                  assay_vf_load_part(piece + j, lanes, 0));
        }
    }
}

ASSAY_INLINE void stretch(const assay_real *a, const assay_real *b,
                          assay_real *y, int64_t n, int64_t act,
                          enum assay_binary_kind kind, bool one_a, bool one_b)
{
    const struct bounds bounds = {assay_act_low(act), assay_act_high(act)};
    if (assay_act_curved(act))
        curve(a, b, y, n, kind, one_a, one_b, act);
    else
        sweep(a, b, y, NULL, n, kind, one_a, one_b, bounds);
}

ASSAY_INLINE void walk(const struct assay_cpu_call *call,
                       enum assay_binary_kind kind)
{
    const struct assay_binary *d = &call->problem->as.binary;
    const struct assay_binary_plan plan = assay_binary_plan(d);
    const struct assay_range span =
        assay_split_units(plan.n, SPAN_UNIT, call->threads, call->thread);
    const int last = ASSAY_BINARY_DIMS - 1;
    const int64_t act = d->act;
    for (struct assay_binary_walk at =
             assay_binary_begin(&plan, span.begin, span.end);
         assay_binary_more(&at); assay_binary_next(&plan, &at)) {
        const assay_real *a = (const assay_real *)call->inputs[0] + at.a;
        const assay_real *b = (const assay_real *)call->inputs[1] + at.b;
        assay_real *y = (assay_real *)call->output + at.at;
        if (plan.a[last] && plan.b[last])
            stretch(a, b, y, at.count, act, kind, false, false);
        else if (plan.a[last])
            stretch(a, b, y, at.count, act, kind, false, true);
        else
            stretch(a, b, y, at.count, act, kind, true, false);
    }
}

void KERNEL(const struct assay_cpu_call *call)
{
    switch ((enum assay_binary_kind)call->problem->as.binary.kind) {
    case ASSAY_BINARY_ADD:
        walk(call, ASSAY_BINARY_ADD);
        break;
    case ASSAY_BINARY_SUB:
        walk(call, ASSAY_BINARY_SUB);
        break;
    case ASSAY_BINARY_MUL:
        walk(call, ASSAY_BINARY_MUL);
        break;
    case ASSAY_BINARY_DIV:
        walk(call, ASSAY_BINARY_DIV);
        break;
    case ASSAY_BINARY_MIN:
        walk(call, ASSAY_BINARY_MIN);
        break;
    case ASSAY_BINARY_MAX:
        walk(call, ASSAY_BINARY_MAX);
        break;
    case ASSAY_BINARY_POW:
        walk(call, ASSAY_BINARY_POW);
        break;
    case ASSAY_BINARY_KINDS:
        break;
    }
}
