/* SPDX-License-Identifier: Apache-2.0
 *
 * Attention in plain loops and double, for one element type: the including
 * file defines KERNEL, the type `element`, and widen and narrow between it and
 * double. Scratch: skv doubles. Formula and layouts: attention.h.
 */
#include "kernels/attention/attention_pack.h"
#include "kernels/kernel.h"

assay_cpu_function KERNEL;

struct query {
    const struct assay_attention *d;
    const uint8_t *pattern;
    const element *q, *k, *v; /* of this query and head; of key 0 */
    double *p;                /* scratch, [skv] */
    int64_t i, stride;        /* between keys */
};

static void attend(const struct query *query, element *y)
{
    const struct assay_attention *d = query->d;
    const struct assay_range keys = assay_attention_keys(d, query->i);
    const double scale = assay_attention_scale(d);
    double top = (double)-INFINITY, sum = 0, *p = query->p;
    for (int64_t j = keys.begin; j < keys.end; j++) {
        p[j] = 0;
        for (int64_t c = 0; c < d->d; c++)
            p[j] += widen(query->q[c]) * widen(query->k[j * query->stride + c]);
        p[j] = assay_attention_lets(d, query->pattern, query->i, j)
                   ? p[j] * scale
                   : (double)-INFINITY;
        top = p[j] > top ? p[j] : top;
    }
    for (int64_t j = keys.begin; j < keys.end; j++) {
        p[j] = isfinite(p[j]) ? exp(p[j] - top) : 0;
        sum += p[j];
    }
    for (int64_t c = 0; c < d->d; c++) {
        double mean = 0;
        for (int64_t j = keys.begin; j < keys.end; j++)
            mean += p[j] * widen(query->v[j * query->stride + c]);
        y[c] = narrow(sum > 0 ? mean / sum : 0);
    }
}

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_attention *d = &call->problem->as.attention;
    const struct assay_attention_packed *packed = call->packed;
    const element *q = call->inputs[0], *k = call->inputs[1],
                  *v = call->inputs[2];
    if (call->thread != 0)
        return;
    for (int64_t b = 0; b < d->batch; b++) {
        for (int64_t i = 0; i < d->sq; i++) {
            for (int64_t h = 0; h < d->hq; h++) {
                const int64_t at = ((b * d->sq + i) * d->hq + h) * d->d;
                const int64_t key =
                    (b * d->skv * d->hkv + h / (d->hq / d->hkv)) * d->d;
                const struct query query = {.d = d,
                                            .pattern = packed->pattern,
                                            .q = q + at,
                                            .k = k + key,
                                            .v = v + key,
                                            .p = call->scratch,
                                            .i = i,
                                            .stride = d->hkv * d->d};
                attend(&query, (element *)call->output + at);
            }
        }
    }
}
