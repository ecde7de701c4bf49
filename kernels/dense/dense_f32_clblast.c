/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, f32, by CLBlast's sgemm on the backend's queue. A peer, to compare
 * with; bias and activations are declined. The library compiles its kernels at
 * the first call of a process on a device. Contract: dense.h. Row: dense.def;
 * test: test_kernels.c.
 */
#define CL_TARGET_OPENCL_VERSION 120
#include <clblast_c.h>
#include <stdlib.h>

#include "kernels/kernel.h"

extern const struct assay_opencl_peer assay_dense_f32_clblast_peer;

struct state {
    size_t m, n, k;
    cl_mem w;
};

static enum assay_status open_dense(const struct assay_problem *problem,
                                    const void *const *constants, void *context,
                                    void **state)
{
    const struct assay_dense *d = &problem->as.dense;
    if (d->bias || d->act != ASSAY_ACT_NONE)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "CLBlast has no bias and no activations: compared "
                          "without them only");
    struct state *created = calloc(1, sizeof *created);
    if (!created)
        return assay_fail(ASSAY_NOMEM, "CLBlast: no memory for a row");
    cl_int error;
    created->m = (size_t)d->m;
    created->n = (size_t)d->n;
    created->k = (size_t)d->k;
    created->w = clCreateBuffer(
        context, CL_MEM_READ_ONLY | CL_MEM_COPY_HOST_PTR,
        created->n * created->k * sizeof(float), (void *)constants[0], &error);
    if (!created->w) {
        free(created);
        return assay_fail(ASSAY_NOMEM, "CLBlast: no buffer for weights: %d",
                          (int)error);
    }
    *state = created;
    return ASSAY_OK;
}

static void close_dense(void *state)
{
    clReleaseMemObject(((struct state *)state)->w);
    free(state);
}

static enum assay_status run_dense(void *state, void *queue,
                                   void *const *inputs, void *output,
                                   void **event)
{
    const struct state *s = state;
    cl_command_queue commands = queue;
    cl_event done = NULL;
    const CLBlastStatusCode code =
        CLBlastSgemm(CLBlastLayoutRowMajor, CLBlastTransposeNo,
                     CLBlastTransposeYes, s->m, s->n, s->k, 1, inputs[0], 0,
                     s->k, s->w, 0, s->k, 0, output, 0, s->n, &commands, &done);
    if (code != CLBlastSuccess)
        return assay_fail(ASSAY_DEVICE, "CLBlast: sgemm failed with status %d",
                          (int)code);
    *event = done;
    return ASSAY_OK;
}

static const char *configuration(void)
{
    return "CLBlast " ASSAY_CLBLAST_VERSION;
}

const struct assay_opencl_peer assay_dense_f32_clblast_peer = {
    .open = open_dense,
    .close = close_dense,
    .run = run_dense,
    .configuration = configuration,
};
