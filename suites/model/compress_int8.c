/* SPDX-License-Identifier: Apache-2.0
 *
 * Int8 as QuantizeLinear and DequantizeLinear. Activations are int8 with a zero
 * point, weights int8 without one, w = round(w / s), s the largest magnitude of
 * an output's weights (or of all) over 127. What rounding the weights does to
 * an output on average is taken off its bias:
 *
 *     b'[o] = b[o] + sum_i (w[o][i] - s[o] q[o][i]) mean(x[i])
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "suites/model/compress_int8.h"

static enum assay_status check_opset(const struct assay_work *work,
                                     const struct assay_compress_options *o)
{
    const int opset = work->model->opset;
    if (opset < 10)
        return assay_fail(ASSAY_INVALID,
                          "%s: opset %d has no QuantizeLinear; convert the "
                          "model to opset 13 or later",
                          work->path, opset);
    if (opset < 13 && !o->per_tensor)
        return assay_fail(ASSAY_INVALID,
                          "%s: opset %d has no scales by channel; convert the "
                          "model to opset 13 or later, or give --per tensor",
                          work->path, opset);
    return ASSAY_OK;
}

/* -- Activations -- */

/* Scale and zero point of a class as initializers, named after its first. */
struct parameters {
    const char *scale, *zero;
};

static enum assay_status make_parameters(struct assay_work *work,
                                         const struct assay_observed *at,
                                         struct parameters *p)
{
    const struct assay_dims scalar = {0};
    const char *base = work->model->values[at->value].name;
    float scale;
    int8_t zero;
    assay_range_scale(at->low, at->high, &scale, &zero);
    p->scale = assay_work_name(work, base, "scale");
    p->zero = assay_work_name(work, base, "zero");
    if (!p->scale || !p->zero ||
        !assay_work_tensor(work, p->scale, ASSAY_ELEMENT_FLOAT, &scalar,
                           &scale) ||
        !assay_work_tensor(work, p->zero, ASSAY_ELEMENT_INT8, &scalar, &zero))
        return ASSAY_NOMEM;
    return ASSAY_OK;
}

/* Both nodes before `first`; *result is the name of what they make. */
static enum assay_status add_pair(struct assay_work *work,
                                  const Onnx__NodeProto *first, uint32_t value,
                                  const struct parameters *p,
                                  const char **result)
{
    const char *base = work->model->values[value].name;
    const char *bytes = assay_work_name(work, base, "quantized");
    *result = assay_work_name(work, base, "dequantized");
    if (!bytes || !*result)
        return ASSAY_NOMEM;
    const char *to[] = {base, p->scale, p->zero};
    const char *from[] = {bytes, p->scale, p->zero};
    for (int i = 0; i < 2; i++) {
        const char **inputs = i ? from : to;
        const char *name = i ? *result : bytes;
        if (!assay_work_node(work, first,
                             i ? "DequantizeLinear" : "QuantizeLinear", name,
                             inputs, 3, name))
            return ASSAY_NOMEM;
    }
    return ASSAY_OK;
}

/* All quantized values get a pair, and their quantized readers read it. */
static enum assay_status add_pairs(struct assay_work *work,
                                   const struct assay_int8_plan *plan)
{
    struct assay_region *scratch = &work->lowering.scratch;
    const size_t n = plan->n_observed;
    struct parameters *all = assay_region_alloc(scratch, n, sizeof *all);
    const char **results = assay_region_alloc(scratch, n, sizeof *results);
    enum assay_status status = all && results ? ASSAY_OK : ASSAY_NOMEM;
    for (size_t i = 0; !status && i < n; i++)
        if (plan->observed[i].same == i)
            status = make_parameters(work, &plan->observed[i], &all[i]);
    for (uint32_t i = 0; !status && i < work->model->n_nodes; i++) {
        const struct assay_int8_node *is = &plan->nodes[i];
        for (uint32_t j = 0; !status && is->kind && j < is->n_inputs; j++) {
            const uint32_t value = work->model->nodes[i].inputs[j];
            const size_t at = plan->place[value];
            if (!results[at])
                status = add_pair(work, work->nodes[i], value,
                                  &all[plan->observed[at].same], &results[at]);
            work->nodes[i]->input[j] = (char *)(uintptr_t)results[at];
        }
    }
    return status;
}

/* -- Weights -- */

/* Bytes in the file's order, and what they stand for in place of the weights.
 */
static void quantize(struct assay_layer *layer, bool per_tensor, float *scales,
                     int8_t *bytes, float *rounded)
{
    const int64_t row = layer->k * layer->taps;
    double most = 0;
    for (int64_t i = 0; i < layer->n * row; i++)
        most = fmax(most, fabs((double)layer->weights[i]));
    for (int64_t o = 0; o < layer->n; o++) {
        double largest = per_tensor ? most : 0;
        for (int64_t i = 0; i < row; i++)
            largest = fmax(largest, fabs((double)layer->weights[o * row + i]));
        /* Scales must be normal numbers. */
        scales[o] = largest / 127 >= 0x1p-126 ? (float)(largest / 127) : 1;
        for (int64_t i = o * row; i < (o + 1) * row; i++) {
            const double q = fmin(
                fmax(rint((double)layer->weights[i] / (double)scales[o]), -127),
                127);
            bytes[assay_layer_place(layer, i)] = (int8_t)q;
            rounded[i] = (float)(q * (double)scales[o]);
        }
    }
}

/* What is added to the bias of output `o`. */
static double correction(const struct assay_layer *layer, const float *rounded,
                         const struct assay_observed *x, int64_t o)
{
    const int64_t groups = layer->groups, row = layer->k * layer->taps;
    const int64_t first = o / (layer->n / groups) * layer->k;
    double sum = 0;
    assert(x->channels == groups * layer->k);
    for (int64_t i = 0; i < row; i++)
        sum += ((double)layer->weights[o * row + i] -
                (double)rounded[o * row + i]) *
               x->means[first + i / layer->taps];
    return sum;
}

static enum assay_status correct_bias(struct assay_work *work,
                                      struct assay_layer *layer,
                                      const float *rounded,
                                      const struct assay_observed *x)
{
    const struct assay_node *node = &work->model->nodes[layer->number];
    const struct assay_tensor *b = assay_input(&work->lowering, node, 2);
    const struct assay_dims dims = {1, {layer->n}};
    float *bias = assay_region_alloc(&work->lowering.scratch, (size_t)layer->n,
                                     sizeof *bias);
    if (!bias)
        return ASSAY_NOMEM;
    for (int64_t o = 0; o < layer->n; o++)
        bias[o] = (float)((b ? (double)((const float *)b->data)[o] : 0) +
                          correction(layer, rounded, x, o));
    return assay_work_constant(work, layer->node, 2, ASSAY_ELEMENT_FLOAT,
                               b ? &b->dims : &dims, bias);
}

static enum assay_status rewrite_weights(struct assay_work *work,
                                         struct assay_layer *layer,
                                         bool per_tensor, const int8_t *bytes,
                                         const float *scales)
{
    const struct assay_node *node = &work->model->nodes[layer->number];
    const struct assay_dims *dims =
        &work->lowering.tensors[node->inputs[1]].dims;
    const struct assay_dims n = {per_tensor ? 0 : 1, {layer->n}};
    const char *base = work->model->values[node->inputs[1]].name;
    const char *names[] = {assay_work_name(work, base, "int8"),
                           assay_work_name(work, base, "scale"), NULL};
    const char *made = assay_work_name(work, base, "dequantized");
    if (!names[0] || !names[1] || !made ||
        !assay_work_tensor(work, names[0], ASSAY_ELEMENT_INT8, dims, bytes) ||
        !assay_work_tensor(work, names[1], ASSAY_ELEMENT_FLOAT, &n, scales))
        return ASSAY_NOMEM;
    Onnx__NodeProto *dq = assay_work_node(work, layer->node, "DequantizeLinear",
                                          made, names, 2, made);
    if (!dq)
        return ASSAY_NOMEM;
    layer->node->input[1] = dq->output[0];
    return per_tensor
               ? ASSAY_OK
               : assay_work_set_int(work, dq, "axis", layer->turned ? 1 : 0);
}

static enum assay_status quantize_layer(struct assay_work *work,
                                        const struct assay_int8_plan *plan,
                                        struct assay_layer *layer,
                                        const struct assay_compress_options *o)
{
    struct assay_region *scratch = &work->lowering.scratch;
    const int64_t n = layer->n * layer->k * layer->taps;
    const uint32_t x = work->model->nodes[layer->number].inputs[0];
    float *scales =
        assay_region_alloc(scratch, (size_t)layer->n, sizeof *scales);
    float *rounded = assay_region_alloc(scratch, (size_t)n, sizeof *rounded);
    int8_t *bytes = assay_region_alloc(scratch, (size_t)n, 1);
    if (!scales || !rounded || !bytes)
        return ASSAY_NOMEM;
    quantize(layer, o->per_tensor, scales, bytes, rounded);
    assay_layer_done(layer, "int8",
                     assay_relative_error(layer->weights, rounded, n));
    enum assay_status status =
        rewrite_weights(work, layer, o->per_tensor, bytes, scales);
    if (!status && !o->keep_bias && layer->kind != ASSAY_LAYER_MATMUL)
        status =
            correct_bias(work, layer, rounded, &plan->observed[plan->place[x]]);
    return status;
}

enum assay_status
assay_compress_int8(struct assay_work *work,
                    const struct assay_compress_options *options)
{
    struct assay_int8_plan plan;
    enum assay_status status = check_opset(work, options);
    if (!status)
        status = assay_compress_fold(work);
    if (!status)
        status = assay_int8_plan(work, &plan);
    if (status || plan.n_layers == 0)
        return status;
    status = assay_int8_observe(work, options, &plan);
    if (!status)
        status = add_pairs(work, &plan);
    for (size_t i = 0; !status && i < plan.n_layers; i++)
        status = quantize_layer(work, &plan, &plan.layers[i], options);
    return status ? status : assay_work_refresh(work);
}
