/* SPDX-License-Identifier: Apache-2.0
 *
 * Low rank: weights W = U S V' become (U sqrt S)(sqrt S V'), cut to the r
 * largest singular values: first a layer of k inputs and r outputs, then one of
 * r inputs and n outputs that keeps the bias. LAPACK is opened when it is
 * needed, so that no BLAS that it brings is there when a peer row opens its
 * own.
 */
#include <math.h>
#include <string.h>

#include "suites/model/compress_work.h"

#ifdef ASSAY_HAVE_LAPACK
#include <dlfcn.h>
#include <lapacke.h>

typedef __typeof__(LAPACKE_dgesdd) gesdd_function;

static gesdd_function *find_gesdd(void)
{
    static void *handle;
    gesdd_function *function = NULL;
    if (!handle)
        handle = dlopen("liblapacke.so.3", RTLD_NOW | RTLD_LOCAL);
    if (handle)
        *(void **)&function = dlsym(handle, "LAPACKE_dgesdd");
    return function;
}

/* Singular values, the largest first, and vectors: a [n][k] = u [n][q] s [q]
 * v [q][k], q the lesser of n and k. `a` is overwritten. */
static enum assay_status decompose(int64_t n, int64_t k, double *a, double *u,
                                   double *s, double *v)
{
    const int64_t q = n < k ? n : k;
    gesdd_function *gesdd = find_gesdd();
    if (!gesdd)
        return assay_fail(ASSAY_IO, "low rank needs LAPACK: liblapacke.so.3 "
                                    "was not found (Debian: liblapacke)");
    const lapack_int info =
        gesdd(LAPACK_ROW_MAJOR, 'S', (lapack_int)n, (lapack_int)k, a,
              (lapack_int)k, s, u, (lapack_int)q, v, (lapack_int)k);
    if (info < 0)
        return assay_fail(ASSAY_NOMEM, "LAPACK: no memory for the singular "
                                       "values");
    if (info > 0)
        return assay_fail(ASSAY_UNSUPPORTED, "LAPACK: the singular values did "
                                             "not converge");
    return ASSAY_OK;
}
#else
static enum assay_status decompose(int64_t n, int64_t k, double *a, double *u,
                                   double *s, double *v)
{
    (void)n, (void)k, (void)a, (void)u, (void)s, (void)v;
    return assay_fail(ASSAY_IO, "low rank needs LAPACK, which this build is "
                                "without (Debian: liblapacke-dev)");
}
#endif

/* Why the layer cannot become two, or NULL. */
static const char *fault_of(const struct assay_work *work,
                            const struct assay_layer *layer)
{
    const struct assay_node *node = &work->model->nodes[layer->number];
    if (layer->taps > 1)
        return "a convolution of more than 1x1";
    if (layer->groups > 1)
        return "a grouped convolution";
    if (layer->kind == ASSAY_LAYER_GEMM && assay_node_int(node, "transA", 0))
        return "its input is transposed";
    return NULL;
}

/* The fewest values that hold the share of the sum of squares. */
static int64_t rank_of(const double *s, int64_t q, double energy)
{
    double sum = 0, part = 0;
    int64_t rank = 0;
    for (int64_t i = 0; i < q; i++)
        sum += s[i] * s[i];
    while (rank < q && (rank == 0 || part < energy * sum * (1 - 1e-12))) {
        part += s[rank] * s[rank];
        rank++;
    }
    return rank;
}

struct factors {
    int64_t rank;
    float *thin, *wide; /* [rank][k], [n][rank] */
    double error;
};

static enum assay_status factor(struct assay_work *work,
                                const struct assay_layer *layer, int64_t rank,
                                double energy, struct factors *f)
{
    struct assay_region *scratch = &work->lowering.scratch;
    const int64_t n = layer->n, k = layer->k, q = n < k ? n : k;
    double *a = assay_region_alloc(scratch, (size_t)(n * k), sizeof *a);
    double *u = assay_region_alloc(scratch, (size_t)(n * q), sizeof *u);
    double *v = assay_region_alloc(scratch, (size_t)(q * k), sizeof *v);
    double *s = assay_region_alloc(scratch, (size_t)q, sizeof *s);
    double sum = 0, cut = 0;
    if (!a || !u || !v || !s)
        return ASSAY_NOMEM;
    for (int64_t i = 0; i < n * k; i++)
        a[i] = (double)layer->weights[i];
    enum assay_status status = decompose(n, k, a, u, s, v);
    if (status)
        return status;
    f->rank = rank ? rank : rank_of(s, q, energy);
    f->thin =
        assay_region_alloc(scratch, (size_t)(f->rank * k), sizeof *f->thin);
    f->wide =
        assay_region_alloc(scratch, (size_t)(n * f->rank), sizeof *f->wide);
    if (!f->thin || !f->wide)
        return ASSAY_NOMEM;
    for (int64_t r = 0; r < q; r++) {
        sum += s[r] * s[r];
        cut += r < f->rank ? 0 : s[r] * s[r];
    }
    for (int64_t r = 0; r < f->rank; r++) {
        const double root = sqrt(s[r]);
        for (int64_t i = 0; i < k; i++)
            f->thin[r * k + i] = (float)(root * v[r * k + i]);
        for (int64_t i = 0; i < n; i++)
            f->wide[i * f->rank + r] = (float)(root * u[i * q + r]);
    }
    f->error = sum > 0 ? sqrt(cut / sum) : 0;
    return ASSAY_OK;
}

/* [rows][columns] to [columns][rows], in place of the array. */
static enum assay_status turn(struct assay_work *work, float **values,
                              int64_t rows, int64_t columns)
{
    float *to = assay_region_alloc(&work->lowering.scratch,
                                   (size_t)(rows * columns), sizeof *to);
    if (!to)
        return ASSAY_NOMEM;
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++)
            to[j * rows + i] = (*values)[i * columns + j];
    *values = to;
    return ASSAY_OK;
}

/* The thin node in front; the layer's own gets the rest. */
static enum assay_status split(struct assay_work *work,
                               struct assay_layer *layer, struct factors *f)
{
    const struct assay_node *node = &work->model->nodes[layer->number];
    const struct assay_dims *old =
        &work->lowering.tensors[node->inputs[1]].dims;
    const enum assay_element element =
        work->lowering.tensors[node->inputs[1]].element;
    const bool conv = layer->kind == ASSAY_LAYER_CONV;
    struct assay_dims thin = *old, wide = *old;
    const char *name =
        assay_work_name(work, assay_work_base(layer->node), "thin");
    const char *between = assay_work_name(work, layer->node->output[0], "thin");
    const char *inputs[] = {layer->node->input[0], ""};
    enum assay_status status = ASSAY_OK;
    if (conv) {
        thin.size[0] = wide.size[1] = f->rank;
    } else {
        thin = (struct assay_dims){2, {layer->k, f->rank}};
        status = turn(work, &f->thin, f->rank, layer->k);
        wide.size[layer->turned ? 0 : 1] = f->rank;
    }
    if (!status && layer->turned)
        status = turn(work, &f->wide, layer->n, f->rank);
    Onnx__NodeProto *made =
        status || !name || !between
            ? NULL
            : assay_work_node(work, layer->node, conv ? "Conv" : "MatMul", name,
                              inputs, 2, between);
    if (!made)
        return ASSAY_NOMEM;
    if (conv) { /* strides and padding belong to the first */
        made->attribute = layer->node->attribute;
        made->n_attribute = layer->node->n_attribute;
        layer->node->n_attribute = 0;
    }
    layer->node->input[0] = made->output[0];
    layer->parts->nodes[1] = made;
    status = assay_work_floats(work, made, 1, element, &thin, f->thin);
    if (!status)
        status =
            assay_work_floats(work, layer->node, 1, element, &wide, f->wide);
    assay_layer_done(layer, "low rank", f->error);
    return status;
}

enum assay_status
assay_compress_lowrank(struct assay_work *work,
                       const struct assay_compress_options *options)
{
    struct assay_layer *layers;
    size_t n;
    enum assay_status status = assay_layers(work, &layers, &n);
    for (size_t i = 0; !status && i < n; i++) {
        struct assay_layer *layer = &layers[i];
        struct factors f = {.rank = options->rank};
        const char *fault = fault_of(work, layer);
        const int64_t whole = layer->n * layer->k;
        if (fault) {
            assay_layer_left(layer, "low rank", "%s", fault);
            continue;
        }
        if (f.rank * (layer->n + layer->k) < whole)
            status = factor(work, layer, options->rank, options->energy, &f);
        if (status)
            break;
        if (f.rank * (layer->n + layer->k) >= whole)
            assay_layer_left(layer, "low rank", "rank %lld saves nothing",
                             (long long)f.rank);
        else
            status = split(work, layer, &f);
    }
    return status ? status : assay_work_refresh(work);
}
