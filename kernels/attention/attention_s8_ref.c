/* SPDX-License-Identifier: Apache-2.0
 *
 * Attention, s8, the reference: the integer definition of attention.h in plain
 * loops. Scratch: skv words. Serial: thread 0 computes everything. Row:
 * attention.def; test: test_kernels.c, test_reference_attention.c.
 */
#include "kernels/attention/attention_s8.h"
#include "kernels/kernel.h"

assay_cpu_function assay_attention_s8_ref;

struct query {
    const struct assay_attention *d;
    const struct assay_attention_packed *packed;
    const int8_t *q, *k, *v; /* of this query and head; of key 0 */
    int32_t *s;              /* scratch, [skv] */
    int64_t i, stride;       /* between keys */
};

static int32_t dot(const int8_t *a, const int8_t *b, int64_t n)
{
    int32_t sum = 0;
    for (int64_t c = 0; c < n; c++)
        sum += a[c] * b[c];
    return sum;
}

/* y begins at element `at` of the output. */
static void attend(const struct query *query, void *y, int64_t at)
{
    const struct assay_attention *d = query->d;
    const struct assay_range keys = assay_attention_keys(d, query->i);
    int32_t top = INT32_MIN, sum = 0, *s = query->s;
    for (int64_t j = keys.begin; j < keys.end; j++) {
        s[j] = dot(query->q, query->k + j * query->stride, d->d);
        if (assay_attention_lets(d, query->packed->pattern, query->i, j) &&
            s[j] > top)
            top = s[j];
    }
    for (int64_t j = keys.begin; j < keys.end; j++) {
        s[j] = assay_attention_lets(d, query->packed->pattern, query->i, j)
                   ? assay_attention_exp(query->packed, top, s[j])
                   : 0;
        sum += s[j];
    }
    for (int64_t c = 0; c < d->d; c++) {
        int32_t total = 0;
        for (int64_t j = keys.begin; j < keys.end; j++)
            total += s[j] * query->v[j * query->stride + c];
        assay_attention_store(d, query->packed, total, sum, y, at + c);
    }
}

void assay_attention_s8_ref(const struct assay_cpu_call *call)
{
    const struct assay_attention *d = &call->problem->as.attention;
    const int8_t *q = call->inputs[0], *k = call->inputs[1],
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
                                            .packed = call->packed,
                                            .q = q + at,
                                            .k = k + key,
                                            .v = v + key,
                                            .s = call->scratch,
                                            .i = i,
                                            .stride = d->hkv * d->d};
                attend(&query, call->output, at);
            }
        }
    }
}
