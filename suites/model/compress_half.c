/* SPDX-License-Identifier: Apache-2.0
 *
 * Half precision: every float of the graph becomes float16, the input and the
 * output stay floats behind a Cast. What is beyond ±65504 is clamped and
 * counted: mostly the -1e9 of attention masks.
 */
#include <math.h>
#include <string.h>

#include "kernels/half.h"
#include "suites/model/compress_work.h"

#define HALF_MAX 65504.0f

static bool is_quantized(const struct assay_work *work)
{
    static const char *const others[] = {
        "QuantizeLinear",        "DequantizeLinear",
        "DynamicQuantizeLinear", "QLinearConv",
        "QLinearMatMul",         "ConvInteger",
        "MatMulInteger",         NULL};
    for (uint32_t i = 0; i < work->model->n_nodes; i++)
        for (int j = 0; others[j]; j++)
            if (strcmp(work->model->nodes[i].op->name, others[j]) == 0)
                return true;
    return false;
}

static enum assay_status leave_all(struct assay_work *work, const char *why)
{
    struct assay_layer *layers;
    size_t n;
    enum assay_status status = assay_layers(work, &layers, &n);
    for (size_t i = 0; !status && i < n; i++)
        assay_layer_left(&layers[i], "half", "%s", why);
    return status;
}

static uint16_t half_of(struct assay_work *work, float value)
{
    if (isfinite(value) && fabsf(value) > HALF_MAX) {
        work->report->clamped++;
        value = copysignf(HALF_MAX, value);
    }
    return assay_half_from_float(value);
}

/* Make the message's tensor one of float16 with these values. */
static enum assay_status narrow(struct assay_work *work, Onnx__TensorProto *to,
                                const float *values, size_t n)
{
    uint16_t *halves = assay_region_alloc(&work->region, n, sizeof *halves);
    if (!halves)
        return ASSAY_NOMEM;
    for (size_t i = 0; i < n; i++)
        halves[i] = half_of(work, values[i]);
    to->data_type = ASSAY_ELEMENT_FLOAT16;
    to->has_data_type = to->has_raw_data = 1;
    to->raw_data.data = (uint8_t *)halves;
    to->raw_data.len = n * sizeof *halves;
    to->n_float_data = 0;
    return ASSAY_OK;
}

static enum assay_status narrow_initializers(struct assay_work *work)
{
    Onnx__GraphProto *graph = work->proto->graph;
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; !status && i < graph->n_initializer; i++) {
        const struct assay_tensor *t = &work->model->values[i].tensor;
        if (t->element != ASSAY_ELEMENT_FLOAT)
            continue;
        status = narrow(work, graph->initializer[i], t->data,
                        (size_t)assay_dims_count(&t->dims));
        /* As the standard value of an input it would have to stay a float. */
        size_t kept = 0;
        for (size_t j = 0; j < graph->n_input; j++)
            if (strcmp(graph->input[j]->name, graph->initializer[i]->name) != 0)
                graph->input[kept++] = graph->input[j];
        if (kept < graph->n_input && work->proto->ir_version < 4)
            work->proto->ir_version = 4;
        graph->n_input = kept;
    }
    return status;
}

/* The attribute becomes value = a tensor of float16. */
static enum assay_status narrow_attribute(struct assay_work *work,
                                          Onnx__AttributeProto *a,
                                          const float *values, size_t n,
                                          bool list)
{
    Onnx__TensorProto *t = assay_region_alloc(&work->region, 1, sizeof *t);
    if (!t)
        return ASSAY_NOMEM;
    onnx__tensor_proto__init(t);
    if (list) {
        t->dims = assay_region_alloc(&work->region, 1, sizeof *t->dims);
        if (!t->dims)
            return ASSAY_NOMEM;
        t->dims[t->n_dims++] = (int64_t)n;
    }
    enum assay_status status = narrow(work, t, values, n);
    a->name = assay_region_text(&work->region, "value");
    a->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR;
    a->has_type = 1;
    a->has_f = 0;
    a->n_floats = 0;
    a->t = t;
    return !status && !a->name ? ASSAY_NOMEM : status;
}

/* Constant and ConstantOfShape: floats in their attributes. */
static enum assay_status narrow_constant(struct assay_work *work,
                                         const struct assay_node *node,
                                         Onnx__NodeProto *proto)
{
    static const float zero;
    for (size_t i = 0; i < proto->n_attribute; i++) {
        Onnx__AttributeProto *a = proto->attribute[i];
        const struct assay_attribute *is = assay_node_find(node, a->name);
        if (!is)
            continue;
        if (is->type == 'f')
            return narrow_attribute(work, a, &is->f, 1, false);
        if (is->type == 'F')
            return narrow_attribute(work, a, is->floats, is->n, true);
        if (is->type == 't' && is->tensor.element == ASSAY_ELEMENT_FLOAT)
            return narrow(work, a->t, is->tensor.data,
                          (size_t)assay_dims_count(&is->tensor.dims));
        return ASSAY_OK;
    }
    /* ConstantOfShape without a value makes floats. */
    enum assay_status status = assay_work_set_int(work, proto, "value", 0);
    if (status)
        return status;
    Onnx__AttributeProto *made = proto->attribute[proto->n_attribute - 1];
    made->has_i = 0;
    return narrow_attribute(work, made, &zero, 1, true);
}

static enum assay_status narrow_node(struct assay_work *work,
                                     const struct assay_node *node)
{
    Onnx__NodeProto *proto = work->nodes[node->number];
    if (strcmp(node->op->name, "Constant") == 0 ||
        strcmp(node->op->name, "ConstantOfShape") == 0)
        return narrow_constant(work, node, proto);
    if (strcmp(node->op->name, "Cast") == 0 &&
        assay_node_int(node, "to", 0) == ASSAY_ELEMENT_FLOAT)
        return assay_work_set_int(work, proto, "to", ASSAY_ELEMENT_FLOAT16);
    return ASSAY_OK;
}

static enum assay_status cast(struct assay_work *work,
                              const Onnx__NodeProto *at, const char *from,
                              const char *to, enum assay_element element)
{
    Onnx__NodeProto *node = assay_work_node(work, at, "Cast", to, &from, 1, to);
    return node ? assay_work_set_int(work, node, "to", element) : ASSAY_NOMEM;
}

/* The input is cast at the front. */
static enum assay_status cast_input(struct assay_work *work)
{
    const char *name = work->model->values[work->model->inputs[0]].name;
    const char *half = assay_work_name(work, name, "half");
    if (!half)
        return ASSAY_NOMEM;
    assay_work_redirect(work, name, half);
    return cast(work, work->proto->graph->node[0], name, half,
                ASSAY_ELEMENT_FLOAT16);
}

/* What makes the output makes a value of another name, which is cast at the
 * end. */
static enum assay_status cast_output(struct assay_work *work)
{
    const uint32_t output = work->model->outputs[0];
    const struct assay_value *value = &work->model->values[output];
    if (work->lowering.tensors[output].element != ASSAY_ELEMENT_FLOAT)
        return ASSAY_OK;
    const char *half = assay_work_name(work, value->name, "half");
    if (!half || value->node == ASSAY_ABSENT)
        return half ? ASSAY_OK : ASSAY_NOMEM;
    Onnx__NodeProto *maker = work->nodes[value->node];
    for (size_t i = 0; i < maker->n_output; i++)
        if (strcmp(maker->output[i], value->name) == 0)
            maker->output[i] = assay_region_text(&work->region, half);
    assay_work_redirect(work, value->name, half);
    return cast(work, NULL, half, value->name, ASSAY_ELEMENT_FLOAT);
}

/* Rounding is what changes the layers' weights. Of shared ones only the few
 * values are rounded, by less than sharing has changed them. */
static enum assay_status note_layers(struct assay_work *work)
{
    const struct assay_model *model = work->model;
    struct assay_layer *layers;
    size_t n;
    enum assay_status status = assay_layers(work, &layers, &n);
    for (size_t i = 0; !status && i < n; i++) {
        const int64_t count = layers[i].n * layers[i].k * layers[i].taps;
        const uint32_t w = model->nodes[layers[i].number].inputs[1];
        if (work->lowering.tensors[w].element == ASSAY_ELEMENT_FLOAT16) {
            assay_layer_left(&layers[i], "half",
                             "its weights are that already");
            continue;
        }
        float *rounded = assay_region_alloc(&work->lowering.scratch,
                                            (size_t)count, sizeof *rounded);
        if (!rounded)
            return ASSAY_NOMEM;
        for (int64_t j = 0; j < count; j++) {
            const float kept =
                fminf(fmaxf(layers[i].weights[j], -HALF_MAX), HALF_MAX);
            rounded[j] = assay_half_to_float(assay_half_from_float(kept));
        }
        assay_layer_done(
            &layers[i], "half",
            assay_relative_error(layers[i].weights, rounded, count));
    }
    /* And all other constants that are weights, however they are made. */
    for (uint32_t i = 0; !status && i < model->n_nodes; i++) {
        const struct assay_tensor *w =
            assay_input(&work->lowering, &model->nodes[i], 1);
        if (w && w->data && w->element == ASSAY_ELEMENT_FLOAT)
            assay_node_done(work, work->nodes[i], "half");
    }
    return status;
}

enum assay_status assay_compress_half(struct assay_work *work)
{
    if (is_quantized(work))
        return leave_all(work, "the model is quantized");
    enum assay_status status = assay_compress_fold(work);
    if (!status)
        status = assay_compress_split_norms(work);
    if (!status)
        status = note_layers(work);
    if (!status)
        status = narrow_initializers(work);
    for (uint32_t i = 0; !status && i < work->model->n_nodes; i++)
        status = narrow_node(work, &work->model->nodes[i]);
    if (!status)
        status = cast_input(work);
    if (!status)
        status = cast_output(work);
    return status ? status : assay_work_refresh(work);
}
