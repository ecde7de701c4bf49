/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution, f16: depthwise_tile.h with f32 sums of widened inputs
 * and of weights that were widened when they were packed. Each output is
 * narrowed once, after its activation.
 */
#include "kernels/act_finish.h"
#include "kernels/half_vector.h"
#include "kernels/requantize.h"

typedef uint16_t depthwise_x;
typedef float depthwise_w;
typedef assay_vf depthwise_v;

#include "kernels/depthwise/depthwise_tile.h"

ASSAY_INLINE depthwise_v depthwise_first(const struct depthwise_tile *t,
                                         int64_t c)
{
    return assay_vf_load((const float *)t->head + c);
}

ASSAY_INLINE depthwise_v depthwise_load(const struct depthwise_tile *t,
                                        const depthwise_x *x, int64_t n)
{
    (void)t;
    return n == ASSAY_VF_LANES ? assay_vf_load_half(x)
                               : assay_vf_load_half_part(x, n, 0);
}

ASSAY_INLINE depthwise_v depthwise_weight(const depthwise_w *w)
{
    return assay_vf_load(w);
}

ASSAY_INLINE depthwise_v depthwise_add(depthwise_v sum, depthwise_v w,
                                       depthwise_v x)
{
    return sum + w * x;
}

/* Not part of every tile's code. */
static __attribute__((noinline)) void depthwise_curve(float *v, int64_t act)
{
    assay_vf_store(v, assay_vf_act(assay_vf_load(v), (enum assay_act)act));
}

ASSAY_INLINE void depthwise_put(const struct depthwise_tile *t, int64_t y,
                                depthwise_v v, int64_t c, int64_t n)
{
    uint16_t *to = (uint16_t *)t->output + y;
    (void)c;
    v = assay_vf_min(assay_vf_set(t->high),
                     assay_vf_max(assay_vf_set(t->low), v));
    if (assay_act_curved(t->d->act)) {
        float lanes[ASSAY_VF_LANES];
        assay_vf_store(lanes, v);
        depthwise_curve(lanes, t->d->act);
        v = assay_vf_load(lanes);
    }
    if (n == ASSAY_VF_LANES)
        assay_vf_store_half(to, v);
    else
        assay_vf_store_half_part(to, n, v);
}

static void depthwise_begin(struct depthwise_tile *t,
                            const struct assay_cpu_call *call)
{
    t->head = call->packed;
    t->weights = (const float *)call->packed + t->padded;
    t->low = assay_act_low(t->d->act);
    t->high = assay_act_high(t->d->act);
}

static void depthwise_finish(const struct depthwise_tile *t, int64_t y,
                             int64_t n, struct assay_range channels)
{
    (void)t;
    (void)y;
    (void)n;
    (void)channels;
}
