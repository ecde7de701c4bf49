/* SPDX-License-Identifier: Apache-2.0 */
#include "onednn.h"

#include <stdio.h>
#include <stdlib.h>

#include "quantized_table.h"

/* Of the OpenMP runtime that the library is linked with, libgomp; omp.h would
 * be the compiler's own, which need not be the same. */
void omp_set_num_threads(int threads);

enum { SRC, WEIGHTS, BIAS, DST, MEMORIES };

struct state {
    dnnl_engine_t engine;
    dnnl_stream_t stream;
    dnnl_primitive_attr_t attributes;
    dnnl_primitive_desc_t description;
    dnnl_primitive_t primitive;
    dnnl_memory_t memory[MEMORIES];
    dnnl_exec_arg_t arguments[MEMORIES];
    int n_arguments;
    int threads;
};

enum assay_status assay_onednn_fail(const char *what, dnnl_status_t status)
{
    return assay_fail(status == dnnl_out_of_memory ? ASSAY_NOMEM
                                                   : ASSAY_UNSUPPORTED,
                      "oneDNN: %s failed with status %d", what, (int)status);
}

#define TRY(call)                                                              \
    do {                                                                       \
        dnnl_status_t status_ = (call);                                        \
        if (status_ != dnnl_success)                                           \
            return assay_onednn_fail(#call, status_);                          \
    } while (0)

static enum assay_status append(struct state *state, dnnl_alg_kind_t kind,
                                float alpha, float beta)
{
    dnnl_post_ops_t ops;
    TRY(dnnl_post_ops_create(&ops));
    dnnl_status_t status =
        dnnl_post_ops_append_eltwise(ops, 1, kind, alpha, beta);
    if (status == dnnl_success)
        status = dnnl_primitive_attr_set_post_ops(state->attributes, ops);
    dnnl_post_ops_destroy(ops);
    return status == dnnl_success ? ASSAY_OK
                                  : assay_onednn_fail("post-ops", status);
}

/* scale, zero point of x and bounds. The library adds y_zero before it rounds,
 * which is not the same, and knows no zero points of weights. Sums go through
 * f32, so that s32 is inexact from 2^24. Before VNNI its sums saturate. */
static enum assay_status set_quantized(struct state *state,
                                       const struct assay_onednn_request *r)
{
    const struct assay_quantized *q = r->q;
    const bool s8 = r->dst->data_type == dnnl_s8;
    const int32_t zero = (int32_t)q->x_zero;
    if (q->wzero || (s8 && q->y_zero))
        return assay_fail(ASSAY_UNSUPPORTED,
                          "oneDNN: no zero points of weights, nor exact ones "
                          "of y");
    if (r->dst->data_type == dnnl_s32)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "oneDNN: sums of s8 are rounded to f32");
    if ((dnnl_get_effective_cpu_isa() & dnnl_cpu_isa_avx512_core_vnni) !=
        dnnl_cpu_isa_avx512_core_vnni)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "oneDNN: sums of s8 saturate without VNNI");
    if (r->constants[ASSAY_QUANTIZED_SCALE])
        TRY(dnnl_primitive_attr_set_output_scales(
            state->attributes, r->columns, 1 << 1,
            r->constants[ASSAY_QUANTIZED_SCALE]));
    if (zero)
        TRY(dnnl_primitive_attr_set_zero_points(state->attributes, DNNL_ARG_SRC,
                                                1, 0, &zero));
    return s8 && (q->low > -128 || q->high < 127)
               ? append(state, dnnl_eltwise_clip, (float)q->low, (float)q->high)
               : ASSAY_OK;
}

static enum assay_status set_attributes(struct state *state,
                                        const struct assay_onednn_request *r)
{
    static const struct {
        dnnl_alg_kind_t kind;
        float alpha, beta;
    } kinds[ASSAY_ACTS] = {
        [ASSAY_ACT_RELU] = {dnnl_eltwise_relu, 0, 0},
        [ASSAY_ACT_RELU6] = {dnnl_eltwise_clip, 0, 6},
        [ASSAY_ACT_GELU] = {dnnl_eltwise_gelu_erf, 0, 0},
        [ASSAY_ACT_SIGMOID] = {dnnl_eltwise_logistic, 0, 0},
        [ASSAY_ACT_GELU_TANH] = {dnnl_eltwise_gelu_tanh, 0, 0},
        [ASSAY_ACT_TANH] = {dnnl_eltwise_tanh, 0, 0},
        [ASSAY_ACT_HARDSWISH] = {dnnl_eltwise_hardswish, 1 / 6.0f, 0.5f},
    };
    TRY(dnnl_primitive_attr_create(&state->attributes));
    if (r->q)
        return set_quantized(state, r);
    return r->act == ASSAY_ACT_NONE
               ? ASSAY_OK
               : append(state, kinds[r->act].kind, kinds[r->act].alpha,
                        kinds[r->act].beta);
}

/* A memory of the library's own in the layout `to`, filled from `data`. */
static enum assay_status reorder(struct state *state,
                                 const dnnl_memory_desc_t *from,
                                 const void *data, const dnnl_memory_desc_t *to,
                                 dnnl_memory_t *memory)
{
    TRY(dnnl_memory_create(memory, to, state->engine, DNNL_MEMORY_ALLOCATE));
    dnnl_memory_t source = NULL;
    dnnl_primitive_desc_t description = NULL;
    dnnl_primitive_t primitive = NULL;
    dnnl_status_t status =
        dnnl_memory_create(&source, from, state->engine, (void *)data);
    if (status == dnnl_success)
        status = dnnl_reorder_primitive_desc_create(
            &description, from, state->engine, to, state->engine, NULL);
    if (status == dnnl_success)
        status = dnnl_primitive_create(&primitive, description);
    if (status == dnnl_success) {
        const dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, source},
                                             {DNNL_ARG_TO, *memory}};
        status = dnnl_primitive_execute(primitive, state->stream, 2, arguments);
    }
    if (status == dnnl_success)
        status = dnnl_stream_wait(state->stream);
    dnnl_primitive_destroy(primitive);
    dnnl_primitive_desc_destroy(description);
    dnnl_memory_destroy(source);
    return status == dnnl_success ? ASSAY_OK
                                  : assay_onednn_fail("reorder", status);
}

static void add_argument(struct state *state, int argument,
                         dnnl_memory_t memory)
{
    state->arguments[state->n_arguments++] =
        (dnnl_exec_arg_t){argument, memory};
}

static enum assay_status build(struct state *state,
                               const struct assay_onednn_request *request)
{
    TRY(dnnl_engine_create(&state->engine, dnnl_cpu, 0));
    TRY(dnnl_stream_create(&state->stream, state->engine,
                           dnnl_stream_default_flags));
    enum assay_status status = set_attributes(state, request);
    if (status != ASSAY_OK)
        return status;
    TRY(dnnl_primitive_desc_create(&state->description, request->operation,
                                   state->attributes, state->engine, NULL));
    TRY(dnnl_primitive_create(&state->primitive, state->description));
    if (request->weights)
        status = reorder(
            state, request->weights, request->constants[0],
            request->scales ? request->weights
                            : dnnl_primitive_desc_query_md(
                                  state->description, dnnl_query_weights_md, 0),
            &state->memory[WEIGHTS]);
    if (status == ASSAY_OK && request->bias && request->constants[1])
        status = reorder(state, request->bias, request->constants[1],
                         request->bias, &state->memory[BIAS]);
    if (status != ASSAY_OK)
        return status;
    TRY(dnnl_memory_create(&state->memory[SRC], request->src, state->engine,
                           DNNL_MEMORY_NONE));
    TRY(dnnl_memory_create(&state->memory[DST], request->dst, state->engine,
                           DNNL_MEMORY_NONE));
    add_argument(state, DNNL_ARG_SRC, state->memory[SRC]);
    if (state->memory[WEIGHTS])
        add_argument(state, request->scales ? DNNL_ARG_SCALE : DNNL_ARG_WEIGHTS,
                     state->memory[WEIGHTS]);
    if (state->memory[BIAS])
        add_argument(state, request->scales ? DNNL_ARG_SHIFT : DNNL_ARG_BIAS,
                     state->memory[BIAS]);
    add_argument(state, DNNL_ARG_DST, state->memory[DST]);
    return ASSAY_OK;
}

enum assay_status assay_onednn_open(const struct assay_onednn_request *request,
                                    void **state)
{
    struct state *created = calloc(1, sizeof *created);
    if (!created)
        return assay_fail(ASSAY_NOMEM, "oneDNN: no memory for a row");
    created->threads = (int)request->threads;
    /* The library plans a primitive for the threads of this moment. */
    omp_set_num_threads(created->threads);
    enum assay_status status = build(created, request);
    if (status != ASSAY_OK) {
        assay_onednn_close(created);
        return status;
    }
    *state = created;
    return ASSAY_OK;
}

void assay_onednn_close(void *state)
{
    struct state *s = state;
    for (int i = 0; i < MEMORIES; i++)
        dnnl_memory_destroy(s->memory[i]);
    dnnl_primitive_destroy(s->primitive);
    dnnl_primitive_desc_destroy(s->description);
    dnnl_primitive_attr_destroy(s->attributes);
    dnnl_stream_destroy(s->stream);
    dnnl_engine_destroy(s->engine);
    free(s);
}

void assay_onednn_run(const struct assay_cpu_call *call)
{
    struct state *s = call->state;
    omp_set_num_threads(s->threads);
    dnnl_memory_set_data_handle(s->memory[SRC], (void *)call->inputs[0]);
    dnnl_memory_set_data_handle(s->memory[DST], call->output);
    dnnl_primitive_execute(s->primitive, s->stream, s->n_arguments,
                           s->arguments);
    dnnl_stream_wait(s->stream);
}

const char *assay_onednn_configuration(void)
{
    static const struct {
        dnnl_cpu_isa_t isa;
        const char *name;
    } levels[] = {
        {dnnl_cpu_isa_avx512_core_amx, "avx512_core_amx"},
        {dnnl_cpu_isa_avx512_core_bf16, "avx512_core_bf16"},
        {dnnl_cpu_isa_avx512_core_vnni, "avx512_core_vnni"},
        {dnnl_cpu_isa_avx512_core, "avx512_core"},
        {dnnl_cpu_isa_avx2_vnni, "avx2_vnni"},
        {dnnl_cpu_isa_avx2, "avx2"},
        {dnnl_cpu_isa_avx, "avx"},
        {dnnl_cpu_isa_sse41, "sse41"},
    };
    static _Thread_local char text[96];
    const dnnl_cpu_isa_t isa = dnnl_get_effective_cpu_isa();
    const char *name = "another instruction set";
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (levels[i].isa == isa)
            name = levels[i].name;
    const dnnl_version_t *version = dnnl_version();
    snprintf(text, sizeof text, "oneDNN %d.%d.%d, %s", version->major,
             version->minor, version->patch, name);
    return text;
}
