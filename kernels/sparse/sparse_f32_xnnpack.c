/* SPDX-License-Identifier: Apache-2.0
 *
 * Sparse, f32, by XNNPACK's 1x1 convolution of images with channels first,
 * which stores the weights that are not zero, whatever the format. Its layout
 * is not ours, so rows are turned before and after, by the same threads, within
 * the time that counts; our own row turns them as well. Activations but relu
 * and relu6 are declined. A peer, to compare with. Contract: sparse.h. Row:
 * sparse.def; test: test_kernels.c.
 */
#include <pthreadpool.h>
#include <stdlib.h>

#include "kernels/act_finish.h"
#include "kernels/turn_vector.h"
#include "kernels/xnnpack_peer.h"

assay_cpu_function assay_sparse_f32_xnnpack;
extern const struct assay_peer assay_sparse_f32_xnnpack_peer;

#define LANES ASSAY_VF_LANES

static enum assay_status build(const struct assay_sparse *s,
                               const void *const *constants,
                               struct assay_xnnpack *state)
{
    /* The library reads up to XNN_EXTRA_BYTES beyond an array. */
    state->before =
        calloc((size_t)(s->m * s->k) + XNN_EXTRA_BYTES, sizeof(float));
    state->after =
        calloc((size_t)(s->m * s->n) + XNN_EXTRA_BYTES, sizeof(float));
    if (!state->before || !state->after)
        return assay_fail(ASSAY_NOMEM, "XNNPACK: no memory for turned rows");
    const enum xnn_status status = xnn_create_convolution2d_nchw_f32(
        0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, (size_t)s->k, (size_t)s->n,
        (size_t)s->k, (size_t)s->n, constants[0], constants[1],
        assay_act_low(s->act), assay_act_high(s->act), 0, &state->operator);
    return status == xnn_status_success
               ? ASSAY_OK
               : assay_xnnpack_fail("convolution", status);
}

static enum assay_status open_sparse(const struct assay_problem *problem,
                                     const void *const *constants,
                                     size_t threads, void **state)
{
    const struct assay_sparse *s = &problem->as.sparse;
    struct assay_xnnpack *created;
    enum assay_status status = assay_xnnpack_open(s->act, threads, &created);
    if (status == ASSAY_OK) {
        status = build(s, constants, created);
        if (status != ASSAY_OK)
            assay_xnnpack_close(created);
        else
            *state = created;
    }
    return status;
}

/* A matrix [rows][columns], to be turned. */
struct matrix {
    const float *from;
    float *to;
    size_t rows, columns;
};

/* A piece of at most 64 x 64. */
static void turn_piece(void *context, size_t row, size_t column, size_t rows,
                       size_t columns)
{
    const struct matrix *t = context;
    for (size_t i = row; i < row + rows; i += LANES)
        for (size_t j = column; j < column + columns; j += LANES) {
            const size_t down = row + rows - i, across = column + columns - j;
            if (down >= LANES && across >= LANES) {
                assay_vf v[LANES];
                for (size_t l = 0; l < LANES; l++)
                    v[l] = assay_vf_load(t->from + (i + l) * t->columns + j);
                assay_vf_turn(v);
                for (size_t l = 0; l < LANES; l++)
                    assay_vf_store(t->to + (j + l) * t->rows + i, v[l]);
                continue;
            }
            for (size_t a = i; a < i + LANES && a < row + rows; a++)
                for (size_t b = j; b < j + LANES && b < column + columns; b++)
                    t->to[b * t->rows + a] = t->from[a * t->columns + b];
        }
}

static void turn(pthreadpool_t pool, const float *from, float *to, int64_t rows,
                 int64_t columns)
{
    struct matrix t = {from, to, (size_t)rows, (size_t)columns};
    pthreadpool_parallelize_2d_tile_2d(pool, turn_piece, &t, t.rows, t.columns,
                                       64, 64, 0);
}

void assay_sparse_f32_xnnpack(const struct assay_cpu_call *call)
{
    const struct assay_sparse *s = &call->problem->as.sparse;
    struct assay_xnnpack *state = call->state;
    turn(state->pool, call->inputs[0], state->before, s->m, s->k);
    xnn_setup_convolution2d_nchw_f32(state->operator, 1, 1, (size_t)s->m,
                                     state->before, state->after, state->pool);
    xnn_run_operator(state->operator, state->pool);
    turn(state->pool, state->after, call->output, s->n, s->m);
}

static const char *configuration(void)
{
    return "XNNPACK, with rows turned to channels first and back";
}

const struct assay_peer assay_sparse_f32_xnnpack_peer = {
    .open = open_sparse,
    .close = assay_xnnpack_close,
    .configuration = configuration,
};
