/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/half.h"
#include "suites/model/compress_work.h"

/* Appends to a list in a text of fixed size; what does not fit is left out. */
static void append(char *text, size_t size, const char *separator,
                   const char *word)
{
    const size_t used = strlen(text);
    if (used + strlen(separator) + strlen(word) + 1 > size)
        return;
    snprintf(text + used, size - used, "%s%s", used ? separator : "", word);
}

/* -- What kind of layer a node is -- */

static const struct assay_node *maker(const struct assay_work *work,
                                      uint32_t value)
{
    const uint32_t node = work->model->values[value].node;
    return node == ASSAY_ABSENT ? NULL : &work->model->nodes[node];
}

const char *assay_weights_fault(const struct assay_work *work, uint32_t value)
{
    static const char *const plain[] = {"Constant",  "Identity", "Reshape",
                                        "Transpose", "Squeeze",  "Unsqueeze",
                                        "Cast",      NULL};
    const struct assay_tensor *w = &work->lowering.tensors[value];
    if (!w->data)
        return "its weights are computed";
    if (!assay_element_is_float(w->element))
        return "its weights are not floats";
    if (work->reads[value] > 1)
        return "other nodes read its weights, too";
    for (const struct assay_node *node; (node = maker(work, value));) {
        if (strcmp(node->op->name, "DequantizeLinear") == 0)
            return "its weights are quantized already";
        if (strcmp(node->op->name, "Sign") == 0)
            return "its weights are binary";
        if (strcmp(node->op->name, "Gather") == 0)
            return "its weights are shared values already";
        if (!assay_is_one_of(node->op->name, plain))
            return "its weights are made by other nodes";
        if (node->n_inputs == 0)
            break;
        value = node->inputs[0];
        if (work->reads[value] > 1)
            return "other nodes read its weights, too";
    }
    return NULL;
}

/* The layer's sizes; a reason if it is none that can be compressed. */
static const char *describe(const struct assay_work *work,
                            const struct assay_node *node,
                            struct assay_layer *layer)
{
    const struct assay_tensor *w = &work->lowering.tensors[node->inputs[1]];
    const struct assay_dims *d = &w->dims;
    const char *fault = assay_weights_fault(work, node->inputs[1]);
    layer->groups = layer->taps = 1;
    if (strcmp(node->op->name, "Conv") == 0) {
        layer->kind = ASSAY_LAYER_CONV;
        layer->n = d->size[0];
        layer->k = d->size[1];
        layer->taps = assay_dims_product(d, 2, d->rank);
        layer->groups = assay_node_int(node, "group", 1);
        return fault;
    }
    const bool gemm = strcmp(node->op->name, "Gemm") == 0;
    layer->kind = gemm ? ASSAY_LAYER_GEMM : ASSAY_LAYER_MATMUL;
    if (!fault && d->rank != 2)
        return "its weights are not a matrix";
    layer->turned = !(gemm && assay_node_int(node, "transB", 0));
    layer->n = d->size[layer->turned ? 1 : 0];
    layer->k = d->size[layer->turned ? 0 : 1];
    return fault;
}

int64_t assay_layer_place(const struct assay_layer *layer, int64_t i)
{
    return layer->turned ? i % layer->k * layer->n + i / layer->k : i;
}

static enum assay_status read_weights(struct assay_work *work,
                                      struct assay_layer *layer)
{
    const struct assay_node *node = &work->model->nodes[layer->number];
    const struct assay_tensor *w = &work->lowering.tensors[node->inputs[1]];
    const int64_t n = assay_dims_count(&w->dims);
    layer->weights = assay_region_alloc(&work->lowering.scratch, (size_t)n,
                                        sizeof *layer->weights);
    if (!layer->weights)
        return ASSAY_NOMEM;
    for (int64_t i = 0; i < n; i++) {
        const int64_t at = assay_layer_place(layer, i);
        layer->weights[i] =
            w->element == ASSAY_ELEMENT_FLOAT
                ? ((const float *)w->data)[at]
                : assay_half_to_float(((const uint16_t *)w->data)[at]);
    }
    return ASSAY_OK;
}

static bool all_finite(const float *w, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (!isfinite(w[i]))
            return false;
    return true;
}

/* -- Rows -- */

static const char *const layer_ops[] = {
    "Conv",          "Gemm",          "MatMul",
    "ConvTranspose", "QLinearConv",   "ConvInteger",
    "QLinearMatMul", "MatMulInteger", NULL};

static uint32_t weights_of(const struct assay_node *node)
{
    return node->inputs[node->op->name[0] == 'Q' ? 3 : 1];
}

static void visit(struct assay_work *work, uint32_t value, uint32_t *n)
{
    if (value == ASSAY_ABSENT || work->marks[value] == work->mark)
        return;
    work->marks[value] = work->mark;
    work->pending[(*n)++] = value;
}

/* Of all initializers that a constant is made of, each once. */
static size_t bytes_of(struct assay_work *work, uint32_t value)
{
    size_t bytes = 0;
    uint32_t n = 0;
    work->mark++;
    visit(work, value, &n);
    while (n > 0) {
        const uint32_t at = work->pending[--n];
        const struct assay_node *node = maker(work, at);
        const struct assay_tensor *t = node ? &work->lowering.tensors[at]
                                            : &work->model->values[at].tensor;
        if (!node && t->data)
            bytes += assay_work_stored(work, at);
        else if (node && node->n_inputs == 0 && t->data)
            bytes += (size_t)assay_dims_count(&t->dims) *
                     assay_element_bytes(t->element);
        for (uint32_t i = 0; node && i < node->n_inputs; i++)
            visit(work, node->inputs[i], &n);
    }
    return bytes;
}

static bool is_zero(const struct assay_tensor *t, int64_t i)
{
    if (t->element == ASSAY_ELEMENT_FLOAT) {
        const float w = ((const float *)t->data)[i];
        return !(w > 0) && !(w < 0);
    }
    if (t->element == ASSAY_ELEMENT_FLOAT16)
        return !(((const uint16_t *)t->data)[i] & 0x7fff);
    return assay_integer_at(t, i) == 0;
}

/* Add what the node's weights are; nothing if they are computed. */
static void measure(struct assay_work *work, const struct assay_node *node,
                    int64_t *weights, int64_t *zeros, size_t *bytes)
{
    const uint32_t value = weights_of(node);
    const struct assay_tensor *t = &work->lowering.tensors[value];
    if (!t->data)
        return;
    const int64_t n = assay_dims_count(&t->dims);
    *weights += n;
    *bytes += bytes_of(work, value);
    for (int64_t i = 0; i < n; i++)
        *zeros += is_zero(t, i);
}

static void start_row(struct assay_work *work, const struct assay_node *node,
                      struct assay_compress_row *row)
{
    static const char *const usual[] = {"Conv", "Gemm", "MatMul", NULL};
    struct assay_layer layer = {.number = node->number, .row = row};
    const char *fault;
    int64_t zeros = 0;
    assay_text_clean(row->layer, sizeof row->layer,
                     *node->name ? node->name
                                 : work->model->values[node->outputs[0]].name);
    snprintf(row->op, sizeof row->op, "%s", node->op->name);
    assay_dims_text(&work->lowering.tensors[weights_of(node)].dims, row->shape,
                    sizeof row->shape);
    measure(work, node, &row->weights_before, &zeros, &row->bytes_before);
    if (assay_is_one_of(node->op->name, usual))
        fault = describe(work, node, &layer);
    else
        fault = node->op->name[0] == 'C' && strstr(node->op->name, "Trans")
                    ? "transposed convolutions are not compressed"
                    : "it is quantized already";
    if (fault)
        snprintf(row->left, sizeof row->left, "%s", fault);
}

enum assay_status assay_layers_begin(struct assay_work *work)
{
    struct assay_compress_report *report = work->report;
    const struct assay_model *model = work->model;
    report->rows = calloc(model->n_nodes, sizeof *report->rows);
    work->parts =
        assay_region_alloc(&work->region, model->n_nodes, sizeof *work->parts);
    if (!report->rows || !work->parts)
        return assay_fail(ASSAY_NOMEM, "no memory for the report");
    for (uint32_t i = 0; i < model->n_nodes; i++)
        if (assay_is_one_of(model->nodes[i].op->name, layer_ops)) {
            start_row(work, &model->nodes[i], &report->rows[report->n_rows]);
            work->parts[report->n_rows++].nodes[0] = work->nodes[i];
        }
    return ASSAY_OK;
}

/* The row that the node is of; false: of none. */
static bool find_row(struct assay_work *work, struct assay_layer *layer)
{
    for (size_t i = 0; i < work->report->n_rows; i++)
        for (int j = 0; j < 2; j++)
            if (work->parts[i].nodes[j] == layer->node) {
                layer->row = &work->report->rows[i];
                layer->parts = &work->parts[i];
                return true;
            }
    return false;
}

void assay_layers_end(struct assay_work *work)
{
    for (uint32_t i = 0; i < work->model->n_nodes; i++) {
        struct assay_layer layer = {.node = work->nodes[i]};
        if (find_row(work, &layer))
            measure(work, &work->model->nodes[i], &layer.row->weights_after,
                    &layer.row->zeros, &layer.row->bytes_after);
    }
}

enum assay_status assay_layers(struct assay_work *work,
                               struct assay_layer **layers, size_t *n)
{
    static const char *const usual[] = {"Conv", "Gemm", "MatMul", NULL};
    const struct assay_model *model = work->model;
    struct assay_layer *all = assay_region_alloc(&work->lowering.scratch,
                                                 model->n_nodes, sizeof *all);
    *n = 0;
    *layers = all;
    if (!all)
        return ASSAY_NOMEM;
    for (uint32_t i = 0; i < model->n_nodes; i++) {
        const struct assay_node *node = &model->nodes[i];
        struct assay_layer *layer = &all[*n];
        if (!assay_is_one_of(node->op->name, usual) ||
            !assay_output_used(&work->lowering, node, 0))
            continue;
        *layer = (struct assay_layer){.number = i, .node = work->nodes[i]};
        if (!find_row(work, layer) || describe(work, node, layer))
            continue;
        enum assay_status status = read_weights(work, layer);
        if (status)
            return status;
        if (all_finite(layer->weights, layer->n * layer->k * layer->taps))
            (*n)++;
        else
            assay_layer_left(layer, "weights", "some are not finite");
    }
    return ASSAY_OK;
}

double assay_relative_error(const float *a, const float *b, int64_t n)
{
    double sum = 0, change = 0;
    for (int64_t i = 0; i < n; i++) {
        const double d = (double)b[i] - (double)a[i];
        sum += (double)a[i] * (double)a[i];
        change += d * d;
    }
    return sum > 0 ? sqrt(change / sum) : change > 0 ? 1 : 0;
}

int assay_float_order(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

void assay_layer_done(struct assay_layer *layer, const char *step, double error)
{
    struct assay_compress_row *row = layer->row;
    if (!strstr(row->done, step))
        append(row->done, sizeof row->done, ", ", step);
    row->error = hypot(row->error, error);
}

void assay_node_done(struct assay_work *work, const Onnx__NodeProto *node,
                     const char *step)
{
    struct assay_layer layer = {.node = (Onnx__NodeProto *)(uintptr_t)node};
    if (find_row(work, &layer))
        assay_layer_done(&layer, step, 0);
}

void assay_layer_left(struct assay_layer *layer, const char *step,
                      const char *format, ...)
{
    char reason[160], text[200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    snprintf(text, sizeof text, "%s: %s", step, reason);
    if (!strstr(layer->row->left, text))
        append(layer->row->left, sizeof layer->row->left, "; ", text);
}

enum assay_status assay_work_floats(struct assay_work *work,
                                    Onnx__NodeProto *node, uint32_t i,
                                    enum assay_element element,
                                    const struct assay_dims *dims,
                                    const float *values)
{
    const int64_t n = assay_dims_count(dims);
    uint16_t *halves = NULL;
    if (element == ASSAY_ELEMENT_FLOAT16) {
        halves = assay_region_alloc(&work->lowering.scratch, (size_t)n,
                                    sizeof *halves);
        if (!halves)
            return ASSAY_NOMEM;
        for (int64_t j = 0; j < n; j++)
            halves[j] = assay_half_from_float(values[j]);
    }
    return assay_work_constant(work, node, i, element, dims,
                               halves ? (const void *)halves : values);
}

enum assay_status assay_layer_write(struct assay_work *work,
                                    struct assay_layer *layer, const char *step)
{
    const struct assay_node *node = &work->model->nodes[layer->number];
    const struct assay_tensor *w = &work->lowering.tensors[node->inputs[1]];
    const int64_t n = assay_dims_count(&w->dims);
    const float *changed = layer->weights;
    float *data =
        assay_region_alloc(&work->lowering.scratch, (size_t)n, sizeof *data);
    enum assay_status status = data ? read_weights(work, layer) : ASSAY_NOMEM;
    if (status)
        return status;
    for (int64_t i = 0; i < n; i++)
        data[assay_layer_place(layer, i)] = changed[i];
    assay_layer_done(layer, step,
                     assay_relative_error(layer->weights, changed, n));
    return assay_work_floats(work, layer->node, 1, w->element, &w->dims, data);
}

uint32_t assay_only_reader(const struct assay_work *work, uint32_t value)
{
    if (work->reads[value] != 1)
        return ASSAY_ABSENT;
    for (uint32_t i = 0; i < work->model->n_nodes; i++)
        for (uint32_t j = 0; j < work->model->nodes[i].n_inputs; j++)
            if (work->model->nodes[i].inputs[j] == value)
                return i;
    return ASSAY_ABSENT;
}
