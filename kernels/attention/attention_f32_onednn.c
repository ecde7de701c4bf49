/* SPDX-License-Identifier: Apache-2.0
 *
 * Attention, f32, unfused by oneDNN: a matmul of queries and keys as they lie
 * (by strides) with the scale as its output scale and the mask, if any, added
 * as a post-operation; softmax in place; a matmul with the values. All scores
 * are in memory between the steps. A peer, to compare with. Contract:
 * attention.h, but every query must see a key. Row: attention.def; test:
 * test_kernels.c.
 */
#include <math.h>
#include <stdlib.h>

#include "kernels/attention/attention_pack.h"
#include "kernels/onednn.h"

assay_cpu_function assay_attention_f32_onednn;
extern const struct assay_peer assay_attention_f32_onednn_peer;

/* Of the OpenMP runtime that the library is linked with. */
void omp_set_num_threads(int threads);

enum { Q, K, V, Y, SCORES, MASK, MEMORIES };
enum { SCORE, SOFTMAX, MEAN, STEPS };

struct state {
    dnnl_engine_t engine;
    dnnl_stream_t stream;
    dnnl_primitive_t steps[STEPS];
    dnnl_memory_t memory[MEMORIES];
    float *mask; /* [sq][skv] of 0 or -infinity, or NULL */
    int threads;
};

#define TRY(call)                                                              \
    do {                                                                       \
        dnnl_status_t status_ = (call);                                        \
        if (status_ != dnnl_success)                                           \
            return assay_onednn_fail(#call, status_);                          \
    } while (0)

static void close_attention(void *state)
{
    struct state *s = state;
    for (int i = 0; i < STEPS; i++)
        dnnl_primitive_destroy(s->steps[i]);
    for (int i = 0; i < MEMORIES; i++)
        dnnl_memory_destroy(s->memory[i]);
    dnnl_stream_destroy(s->stream);
    dnnl_engine_destroy(s->engine);
    free(s->mask);
    free(s);
}

/* Arrays as [batch][heads of keys][heads of a group][rows][columns]; without
 * groups the third dimension is left out, since the library has faster code
 * for fewer dimensions. */
static dnnl_status_t describe(dnnl_memory_desc_t *desc, bool groups,
                              const dnnl_dim_t *dims, const dnnl_dim_t *strides)
{
    dnnl_dims_t d, s;
    int n = 0;
    for (int i = 0; i < 5; i++) {
        if (i == 2 && !groups)
            continue;
        d[n] = dims[i];
        s[n++] = strides[i];
    }
    return dnnl_memory_desc_init_by_strides(desc, n, d, dnnl_f32, s);
}

static enum assay_status make_matmul(struct state *state, int step,
                                     const dnnl_memory_desc_t *a,
                                     const dnnl_memory_desc_t *b,
                                     const dnnl_memory_desc_t *c,
                                     dnnl_primitive_attr_t attributes)
{
    dnnl_matmul_desc_t operation;
    dnnl_primitive_desc_t description;
    TRY(dnnl_matmul_desc_init(&operation, a, b, NULL, c));
    TRY(dnnl_primitive_desc_create(&description, &operation, attributes,
                                   state->engine, NULL));
    const dnnl_status_t status =
        dnnl_primitive_create(&state->steps[step], description);
    dnnl_primitive_desc_destroy(description);
    return status == dnnl_success ? ASSAY_OK
                                  : assay_onednn_fail("matmul", status);
}

static enum assay_status make_softmax(struct state *state,
                                      const dnnl_memory_desc_t *scores)
{
    dnnl_softmax_desc_t operation;
    dnnl_primitive_desc_t description;
    TRY(dnnl_softmax_forward_desc_init(&operation, dnnl_forward_inference,
                                       scores, scores->ndims - 1));
    TRY(dnnl_primitive_desc_create(&description, &operation, NULL,
                                   state->engine, NULL));
    const dnnl_status_t status =
        dnnl_primitive_create(&state->steps[SOFTMAX], description);
    dnnl_primitive_desc_destroy(description);
    return status == dnnl_success ? ASSAY_OK
                                  : assay_onednn_fail("softmax", status);
}

/* The mask, where a query does not see all keys. */
static enum assay_status make_mask(struct state *state,
                                   const struct assay_attention *d,
                                   const uint8_t *pattern)
{
    if (!d->causal && !d->window && !d->block)
        return ASSAY_OK;
    state->mask = malloc((size_t)(d->sq * d->skv) * sizeof *state->mask);
    if (!state->mask)
        return assay_fail(ASSAY_NOMEM, "oneDNN: no memory for a mask");
    for (int64_t i = 0; i < d->sq; i++) {
        const struct assay_range keys = assay_attention_keys(d, i);
        bool any = false;
        for (int64_t j = 0; j < d->skv; j++) {
            const bool seen = j >= keys.begin && j < keys.end &&
                              assay_attention_lets(d, pattern, i, j);
            state->mask[i * d->skv + j] = seen ? 0 : -INFINITY;
            any |= seen;
        }
        if (!any)
            return assay_fail(ASSAY_UNSUPPORTED,
                              "oneDNN: softmax of a query that sees no key");
    }
    return ASSAY_OK;
}

static enum assay_status make_score(struct state *state,
                                    const struct assay_attention *d,
                                    const dnnl_memory_desc_t *desc)
{
    dnnl_primitive_attr_t attributes;
    dnnl_post_ops_t ops;
    const float scale = (float)assay_attention_scale(d);
    TRY(dnnl_primitive_attr_create(&attributes));
    dnnl_status_t status =
        dnnl_primitive_attr_set_output_scales(attributes, 1, 0, &scale);
    if (status == dnnl_success && state->mask) {
        status = dnnl_post_ops_create(&ops);
        if (status == dnnl_success) {
            status =
                dnnl_post_ops_append_binary(ops, dnnl_binary_add, &desc[MASK]);
            if (status == dnnl_success)
                status = dnnl_primitive_attr_set_post_ops(attributes, ops);
            dnnl_post_ops_destroy(ops);
        }
    }
    const enum assay_status made =
        status == dnnl_success ? make_matmul(state, SCORE, &desc[Q], &desc[K],
                                             &desc[SCORES], attributes)
                               : assay_onednn_fail("attributes", status);
    dnnl_primitive_attr_destroy(attributes);
    return made;
}

static enum assay_status build(struct state *state,
                               const struct assay_attention *d,
                               const uint8_t *pattern)
{
    const int64_t b = d->batch, h = d->hkv, g = d->hq / d->hkv;
    const int64_t m = d->sq, n = d->skv, c = d->d;
    const int64_t q = g * c, row = d->hq * c, key = h * c; /* strides */
    const bool groups = g > 1;
    dnnl_memory_desc_t desc[MEMORIES];
    TRY(dnnl_engine_create(&state->engine, dnnl_cpu, 0));
    TRY(dnnl_stream_create(&state->stream, state->engine,
                           dnnl_stream_default_flags));
    TRY(describe(&desc[Q], groups, (dnnl_dims_t){b, h, g, m, c},
                 (dnnl_dims_t){m * row, q, c, row, 1}));
    TRY(describe(&desc[Y], groups, (dnnl_dims_t){b, h, g, m, c},
                 (dnnl_dims_t){m * row, q, c, row, 1}));
    TRY(describe(&desc[K], groups, (dnnl_dims_t){b, h, 1, c, n},
                 (dnnl_dims_t){n * key, c, c, 1, key}));
    TRY(describe(&desc[V], groups, (dnnl_dims_t){b, h, 1, n, c},
                 (dnnl_dims_t){n * key, c, c, key, 1}));
    TRY(describe(&desc[SCORES], groups, (dnnl_dims_t){b, h, g, m, n},
                 (dnnl_dims_t){h * g * m * n, g * m * n, m * n, n, 1}));
    TRY(describe(&desc[MASK], groups, (dnnl_dims_t){1, 1, 1, m, n},
                 (dnnl_dims_t){m * n, m * n, m * n, n, 1}));
    enum assay_status status = make_mask(state, d, pattern);
    if (status == ASSAY_OK)
        status = make_score(state, d, desc);
    if (status == ASSAY_OK)
        status = make_softmax(state, &desc[SCORES]);
    if (status == ASSAY_OK)
        status =
            make_matmul(state, MEAN, &desc[SCORES], &desc[V], &desc[Y], NULL);
    for (int i = 0; i < MEMORIES && status == ASSAY_OK; i++) {
        void *data = i == SCORES ? DNNL_MEMORY_ALLOCATE
                     : i == MASK ? (void *)state->mask
                                 : DNNL_MEMORY_NONE;
        if (i != MASK || state->mask)
            TRY(dnnl_memory_create(&state->memory[i], &desc[i], state->engine,
                                   data));
    }
    return status;
}

static enum assay_status open_attention(const struct assay_problem *problem,
                                        const void *const *constants,
                                        size_t threads, void **state)
{
    struct state *created = calloc(1, sizeof *created);
    if (!created)
        return assay_fail(ASSAY_NOMEM, "oneDNN: no memory for a row");
    created->threads = (int)threads;
    /* The library plans a primitive for the threads of this moment. */
    omp_set_num_threads(created->threads);
    enum assay_status status =
        build(created, &problem->as.attention, constants[0]);
    if (status != ASSAY_OK) {
        close_attention(created);
        return status;
    }
    *state = created;
    return ASSAY_OK;
}

void assay_attention_f32_onednn(const struct assay_cpu_call *call)
{
    struct state *s = call->state;
    omp_set_num_threads(s->threads);
    for (int i = Q; i <= V; i++)
        dnnl_memory_set_data_handle(s->memory[i], (void *)call->inputs[i]);
    dnnl_memory_set_data_handle(s->memory[Y], call->output);
    const dnnl_exec_arg_t score[] = {
        {DNNL_ARG_SRC, s->memory[Q]},
        {DNNL_ARG_WEIGHTS, s->memory[K]},
        {DNNL_ARG_DST, s->memory[SCORES]},
        {DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1, s->memory[MASK]}};
    const dnnl_exec_arg_t softmax[] = {{DNNL_ARG_SRC, s->memory[SCORES]},
                                       {DNNL_ARG_DST, s->memory[SCORES]}};
    const dnnl_exec_arg_t mean[] = {{DNNL_ARG_SRC, s->memory[SCORES]},
                                    {DNNL_ARG_WEIGHTS, s->memory[V]},
                                    {DNNL_ARG_DST, s->memory[Y]}};
    dnnl_primitive_execute(s->steps[SCORE], s->stream, s->mask ? 4 : 3, score);
    dnnl_primitive_execute(s->steps[SOFTMAX], s->stream, 2, softmax);
    dnnl_primitive_execute(s->steps[MEAN], s->stream, 3, mean);
    dnnl_stream_wait(s->stream);
}

const struct assay_peer assay_attention_f32_onednn_peer = {
    .open = open_attention,
    .close = close_attention,
    .configuration = assay_onednn_configuration,
};
