/* SPDX-License-Identifier: Apache-2.0
 *
 * A function by element, f32 or f16, for one ISA level: the including file
 * defines KERNEL as its symbol, and ASSAY_HALF for f16. One loop a function, so
 * that no branch is inside; whole vectors, then one partial vector. Bound by
 * memory for the clamps, by the 14 FMAs of gelu and its like otherwise. No
 * alignment needed; y may be x. Threads take spans of whole cache lines.
 * Deviation: see act_vector.h and function_vector.h.
 */
#include "kernels/function_vector.h"
#include "kernels/kernel.h"
#include "kernels/real_vector.h"
#include "kernels/split.h"

assay_cpu_function KERNEL;

struct terms {
    float alpha, beta, low, high;
};

ASSAY_INLINE assay_vf function(assay_vf x, enum assay_function f,
                               const struct terms *t)
{
    const assay_vf low = assay_vf_set(t->low), high = assay_vf_set(t->high);
    switch (f) {
    case ASSAY_FUNCTION_IDENTITY:
        return x;
    case ASSAY_FUNCTION_ERF:
        return assay_vf_erf(x);
    case ASSAY_FUNCTION_SQRT:
        return assay_vf_sqrt(x);
    case ASSAY_FUNCTION_EXP:
        return assay_vf_exp(x);
    case ASSAY_FUNCTION_LOG:
        return assay_vf_log(x);
    case ASSAY_FUNCTION_NEG:
        return -x;
    case ASSAY_FUNCTION_ABS:
        return (assay_vf)((assay_vi)x & 0x7fffffff);
    case ASSAY_FUNCTION_RECIPROCAL:
        return 1.0f / x;
    case ASSAY_FUNCTION_HARDSIGMOID:
        return assay_vf_min(
            assay_vf_set(1.0f),
            assay_vf_max((assay_vf){0}, x * t->alpha + t->beta));
    case ASSAY_FUNCTION_LEAKYRELU:
        return assay_vf_choose(x < 0.0f, x * t->alpha, x);
    case ASSAY_FUNCTION_ELU:
        return assay_vf_elu(x, t->alpha);
    case ASSAY_FUNCTION_SOFTPLUS:
        return assay_vf_softplus(x);
    case ASSAY_FUNCTION_CLIP:
        return assay_vf_min(high, assay_vf_max(low, x));
    case ASSAY_FUNCTION_SIGN:
        return assay_vf_choose(
            x > 0.0f, assay_vf_set(1.0f),
            assay_vf_choose(x < 0.0f, assay_vf_set(-1.0f), x));
    case ASSAY_FUNCTION_FLOOR:
        return assay_vf_floor(x);
    case ASSAY_FUNCTION_CEIL:
        return -assay_vf_floor(-x);
    case ASSAY_FUNCTION_ROUND:
        return assay_vf_round(x);
    case ASSAY_FUNCTIONS:
        break;
    }
    return assay_vf_act(x, (enum assay_act)f);
}

ASSAY_INLINE void sweep(const assay_real *x, assay_real *y, int64_t n,
                        int64_t f, const struct terms *t)
{
    const enum assay_function kind = (enum assay_function)f;
    int64_t i = 0;
    for (; i + ASSAY_VF_LANES <= n; i += ASSAY_VF_LANES)
        assay_real_store(y + i, function(assay_real_load(x + i), kind, t));
    if (i < n)
        assay_real_store_part(
            y + i, n - i,
            function(assay_real_load_part(x + i, n - i, 1), kind, t));
}

#define SWEEP(f)                                                               \
    case f:                                                                    \
        sweep(x, y, n, f, &t);                                                 \
        break;

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_unary *d = &call->problem->as.unary;
    const struct assay_range span =
        assay_split_units(d->n, 256, call->threads, call->thread);
    const assay_real *x = (const assay_real *)call->inputs[0] + span.begin;
    assay_real *y = (assay_real *)call->output + span.begin;
    const int64_t n = span.end - span.begin;
    const struct terms t = {(float)d->alpha, (float)d->beta, (float)d->low,
                            (float)d->high};
    switch (d->act) {
        SWEEP(ASSAY_ACT_RELU)
        SWEEP(ASSAY_ACT_RELU6)
        SWEEP(ASSAY_ACT_GELU)
        SWEEP(ASSAY_ACT_SIGMOID)
        SWEEP(ASSAY_ACT_GELU_TANH)
        SWEEP(ASSAY_ACT_TANH)
        SWEEP(ASSAY_ACT_HARDSWISH)
        SWEEP(ASSAY_FUNCTION_IDENTITY)
        SWEEP(ASSAY_FUNCTION_ERF)
        SWEEP(ASSAY_FUNCTION_SQRT)
        SWEEP(ASSAY_FUNCTION_EXP)
        SWEEP(ASSAY_FUNCTION_LOG)
        SWEEP(ASSAY_FUNCTION_NEG)
        SWEEP(ASSAY_FUNCTION_ABS)
        SWEEP(ASSAY_FUNCTION_RECIPROCAL)
        SWEEP(ASSAY_FUNCTION_HARDSIGMOID)
        SWEEP(ASSAY_FUNCTION_LEAKYRELU)
        SWEEP(ASSAY_FUNCTION_ELU)
        SWEEP(ASSAY_FUNCTION_SOFTPLUS)
        SWEEP(ASSAY_FUNCTION_CLIP)
        SWEEP(ASSAY_FUNCTION_SIGN)
        SWEEP(ASSAY_FUNCTION_FLOOR)
        SWEEP(ASSAY_FUNCTION_CEIL)
        SWEEP(ASSAY_FUNCTION_ROUND)
    default:
        break;
    }
}
