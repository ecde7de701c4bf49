/* SPDX-License-Identifier: Apache-2.0
 *
 * A BatchNormalization right behind a Conv or Gemm becomes part of it:
 *
 *     w'[o] = w[o] s[o] / sqrt(v[o] + e)
 *     b'[o] = (b[o] - m[o]) s[o] / sqrt(v[o] + e) + shift[o]
 *
 * in double precision, rounded once.
 */
#include <math.h>

#include <string.h>

#include "kernels/half.h"
#include "suites/model/compress_work.h"

/* Its scale, shift, mean and variance as floats; *known: all are constants of n
 * elements. */
static enum assay_status read_norm(struct assay_work *work,
                                   const struct assay_node *norm, int64_t n,
                                   const float **p, bool *known)
{
    *known = false;
    for (uint32_t i = 0; i < 4; i++) {
        const struct assay_tensor *t =
            &work->lowering.tensors[norm->inputs[1 + i]];
        if (!t->data || !assay_element_is_float(t->element) ||
            assay_dims_count(&t->dims) != n)
            return ASSAY_OK;
        p[i] = t->data;
        if (t->element == ASSAY_ELEMENT_FLOAT)
            continue;
        float *wide = assay_region_alloc(&work->lowering.scratch, (size_t)n,
                                         sizeof *wide);
        if (!wide)
            return ASSAY_NOMEM;
        for (int64_t c = 0; c < n; c++)
            wide[c] = assay_half_to_float(((const uint16_t *)t->data)[c]);
        p[i] = wide;
    }
    *known = true;
    return ASSAY_OK;
}

/* The bias as n floats, or zeros; false: it is none of that kind. */
static bool read_bias(const struct assay_work *work,
                      const struct assay_node *node, int64_t n, float *bias)
{
    const struct assay_tensor *b = assay_input(&work->lowering, node, 2);
    memset(bias, 0, (size_t)n * sizeof *bias);
    if (!b)
        return true;
    const int64_t count = assay_dims_count(&b->dims);
    if (!b->data || b->element != ASSAY_ELEMENT_FLOAT ||
        (count != n && count != 1) ||
        (count == n && b->dims.rank > 0 && b->dims.size[b->dims.rank - 1] != n))
        return false;
    for (int64_t i = 0; i < n; i++)
        bias[i] = ((const float *)b->data)[count == 1 ? 0 : i];
    return true;
}

static bool is_plain(const struct assay_work *work,
                     const struct assay_layer *layer)
{
    const struct assay_node *node = &work->model->nodes[layer->number];
    if (layer->kind == ASSAY_LAYER_CONV)
        return true;
    const float alpha = assay_node_float(node, "alpha", 1);
    const float beta = assay_node_float(node, "beta", 1);
    return layer->kind == ASSAY_LAYER_GEMM &&
           !assay_node_int(node, "transA", 0) && !(alpha < 1) && !(alpha > 1) &&
           !(beta < 1) && !(beta > 1);
}

static enum assay_status fold(struct assay_work *work,
                              struct assay_layer *layer)
{
    const struct assay_node *node = &work->model->nodes[layer->number];
    const uint32_t at = assay_only_reader(work, node->outputs[0]);
    const struct assay_node *norm =
        at == ASSAY_ABSENT ? NULL : &work->model->nodes[at];
    const int64_t n = layer->n, row = layer->k * layer->taps;
    const struct assay_dims dims = {1, {n}};
    const float *p[4];
    bool known;
    float *bias =
        assay_region_alloc(&work->lowering.scratch, (size_t)n, sizeof *bias);
    if (!bias)
        return ASSAY_NOMEM;
    if (!norm || strcmp(norm->op->name, "BatchNormalization") != 0 ||
        norm->inputs[0] != node->outputs[0] ||
        assay_node_int(norm, "training_mode", 0) || !is_plain(work, layer) ||
        work->lowering.tensors[node->inputs[1]].element !=
            ASSAY_ELEMENT_FLOAT ||
        !read_bias(work, node, n, bias))
        return ASSAY_OK;
    enum assay_status status = read_norm(work, norm, n, p, &known);
    if (status || !known)
        return status;
    const double epsilon = (double)assay_node_float(norm, "epsilon", 1e-5f);
    for (int64_t o = 0; o < n; o++) {
        const double scale = (double)p[0][o] / sqrt((double)p[3][o] + epsilon);
        for (int64_t i = 0; i < row; i++)
            layer->weights[o * row + i] =
                (float)((double)layer->weights[o * row + i] * scale);
        bias[o] = (float)(((double)bias[o] - (double)p[2][o]) * scale +
                          (double)p[1][o]);
    }
    const struct assay_compress_row before = *layer->row;
    status = assay_layer_write(work, layer, "");
    *layer->row = before; /* it computes the same */
    if (!status)
        status = assay_work_constant(work, layer->node, 2, ASSAY_ELEMENT_FLOAT,
                                     &dims, bias);
    if (status)
        return status;
    layer->node->output[0] = work->nodes[at]->output[0];
    assay_work_remove(work, work->nodes[at]);
    return ASSAY_OK;
}

enum assay_status assay_compress_fold(struct assay_work *work)
{
    struct assay_layer *layers;
    size_t n;
    enum assay_status status = assay_layers(work, &layers, &n);
    for (size_t i = 0; !status && i < n; i++)
        status = fold(work, &layers[i]);
    if (!status)
        status = assay_work_refresh(work);
    return status ? status : assay_work_tidy(work);
}

/* Whether it reads float16 alone. */
static bool is_half(const struct assay_work *work,
                    const struct assay_node *norm)
{
    for (uint32_t i = 0; i < 5; i++)
        if (work->lowering.tensors[norm->inputs[i]].element !=
            ASSAY_ELEMENT_FLOAT16)
            return false;
    return true;
}

/* y = x scale + shift, with the channels along dimension 1. */
static enum assay_status split(struct assay_work *work,
                               const struct assay_node *norm)
{
    struct assay_region *scratch = &work->lowering.scratch;
    Onnx__NodeProto *node = work->nodes[norm->number];
    const struct assay_tensor *of = assay_input(&work->lowering, norm, 0);
    const struct assay_dims *x = &of->dims;
    const int64_t n = x->rank > 1 ? x->size[1] : 0;
    const float *p[4];
    bool known;
    if (is_half(work, norm))
        return ASSAY_OK;
    enum assay_status status = read_norm(work, norm, n, p, &known);
    if (status)
        return status;
    if (assay_node_int(norm, "training_mode", 0))
        return assay_node_fail(work->model, norm, ASSAY_INVALID,
                               "half: it is in training mode");
    if (!known)
        return assay_node_fail(work->model, norm, ASSAY_INVALID,
                               "half: its parameters are computed");
    struct assay_dims dims = {x->rank - 1, {n}};
    float *scale = assay_region_alloc(scratch, (size_t)n, sizeof *scale);
    float *shift = assay_region_alloc(scratch, (size_t)n, sizeof *shift);
    const char *product = assay_work_name(work, node->output[0], "scaled");
    if (!scale || !shift || !product)
        return ASSAY_NOMEM;
    const double epsilon = (double)assay_node_float(norm, "epsilon", 1e-5f);
    for (int64_t c = 0; c < n; c++) {
        const double s = (double)p[0][c] / sqrt((double)p[3][c] + epsilon);
        scale[c] = (float)s;
        shift[c] = (float)((double)p[1][c] - (double)p[2][c] * s);
    }
    for (int i = 1; i < dims.rank; i++)
        dims.size[i] = 1;
    Onnx__NodeProto *mul = assay_work_node(
        work, node, "Mul", product,
        (const char *[]){node->input[0], node->input[1]}, 2, product);
    if (!mul)
        return ASSAY_NOMEM;
    node->op_type = assay_region_text(&work->region, "Add");
    node->input[0] = mul->output[0];
    node->input[1] = node->input[2]; /* an initializer of its own */
    node->n_input = 2;
    node->n_output = 1;
    node->n_attribute = 0;
    status = assay_work_floats(work, mul, 1, of->element, &dims, scale);
    if (!status)
        status = assay_work_floats(work, node, 1, of->element, &dims, shift);
    return status || node->op_type ? status : ASSAY_NOMEM;
}

enum assay_status assay_compress_split_norms(struct assay_work *work)
{
    const struct assay_model *model = work->model;
    enum assay_status status = ASSAY_OK;
    for (uint32_t i = 0; !status && i < model->n_nodes; i++)
        if (strcmp(model->nodes[i].op->name, "BatchNormalization") == 0)
            status = split(work, &model->nodes[i]);
    return status ? status : assay_work_refresh(work);
}
