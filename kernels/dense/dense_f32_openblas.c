/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, f32, by OpenBLAS's sgemm, then bias and relu in a loop of our own. A
 * peer, to compare with; other activations are declined. The library reads the
 * kind of its kernels (OPENBLAS_CORETYPE) when it is loaded and guesses wrong
 * on processors newer than itself, so it is loaded here, once, after that is
 * set to fit the instruction sets. It runs threads of its own; the number of
 * them is the process's. Contract: dense.h. Row: dense.def; test:
 * test_kernels.c.
 */
#include <cblas.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/kernel.h"

assay_cpu_function assay_dense_f32_openblas;
extern const struct assay_peer assay_dense_f32_openblas_peer;

struct state {
    size_t threads;
    float *w, *bias; /* one block; bias may be NULL */
};

static struct {
    void *handle;
    __typeof__(&cblas_sgemm) sgemm;
    __typeof__(&openblas_set_num_threads) set_num_threads;
    __typeof__(&openblas_get_config) get_config;
    __typeof__(&openblas_get_corename) get_corename;
} library;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw"))
        setenv("OPENBLAS_CORETYPE", "SkylakeX", 1);
    else if (__builtin_cpu_supports("avx2"))
        setenv("OPENBLAS_CORETYPE", "Haswell", 1);
#endif
    void *handle = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        return;
    *(void **)&library.sgemm = dlsym(handle, "cblas_sgemm");
    *(void **)&library.set_num_threads =
        dlsym(handle, "openblas_set_num_threads");
    *(void **)&library.get_config = dlsym(handle, "openblas_get_config");
    *(void **)&library.get_corename = dlsym(handle, "openblas_get_corename");
    if (library.sgemm && library.set_num_threads && library.get_config &&
        library.get_corename)
        library.handle = handle;
}

static enum assay_status open_dense(const struct assay_problem *problem,
                                    const void *const *constants,
                                    size_t threads, void **state)
{
    const struct assay_dense *d = &problem->as.dense;
    if (d->act != ASSAY_ACT_NONE && d->act != ASSAY_ACT_RELU)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "OpenBLAS has no %s: compared without it only",
                          assay_act_names[d->act]);
    pthread_once(&once, load);
    if (!library.handle)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "libopenblas.so.0 was not found (Debian: "
                          "libopenblas0-pthread)");
    struct state *created = calloc(1, sizeof *created);
    const size_t weights = (size_t)(d->n * d->k) * sizeof(float);
    const size_t bytes = weights + (size_t)d->n * sizeof(float);
    if (!created || !(created->w = aligned_alloc(64, (bytes + 63) / 64 * 64))) {
        free(created);
        return assay_fail(ASSAY_NOMEM, "OpenBLAS: no memory for a row");
    }
    memcpy(created->w, constants[0], weights);
    if (d->bias) {
        created->bias = created->w + d->n * d->k;
        memcpy(created->bias, constants[1], (size_t)d->n * sizeof(float));
    }
    created->threads = threads;
    *state = created;
    return ASSAY_OK;
}

static void close_dense(void *state)
{
    free(((struct state *)state)->w);
    free(state);
}

void assay_dense_f32_openblas(const struct assay_cpu_call *call)
{
    const struct assay_dense *d = &call->problem->as.dense;
    const struct state *s = call->state;
    float *y = call->output;
    library.set_num_threads((int)s->threads);
    library.sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)d->m, (int)d->n,
                  (int)d->k, 1, call->inputs[0], (int)d->k, s->w, (int)d->k, 0,
                  y, (int)d->n);
    const float floor = d->act == ASSAY_ACT_RELU ? 0 : -__builtin_inff();
    if (!s->bias && d->act == ASSAY_ACT_NONE)
        return;
    for (int64_t i = 0; i < d->m; i++)
        for (int64_t j = 0; j < d->n; j++) {
            const float v = y[i * d->n + j] + (s->bias ? s->bias[j] : 0);
            y[i * d->n + j] = v > floor ? v : floor;
        }
}

static const char *configuration(void)
{
    static _Thread_local char text[160];
    pthread_once(&once, load);
    if (!library.handle)
        return "OpenBLAS, not loaded";
    snprintf(text, sizeof text, "%s, core %s", library.get_config(),
             library.get_corename());
    return text;
}

const struct assay_peer assay_dense_f32_openblas_peer = {
    .open = open_dense,
    .close = close_dense,
    .configuration = configuration,
};
