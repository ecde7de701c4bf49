/* SPDX-License-Identifier: Apache-2.0
 *
 * What becomes int8. All layers do, whose inputs are quantized for it. Sums of
 * two values, pools, and what only moves values become int8 where they stand
 * between others that are: a residual sum of which a layer normalization reads
 * the result, too, stays a float.
 */
#include <string.h>

#include "suites/model/compress_int8.h"

static bool is_number(const struct assay_work *work,
                      const struct assay_node *node, uint32_t i, float number)
{
    const struct assay_tensor *t = assay_input(&work->lowering, node, i);
    if (!t || !t->data || t->element != ASSAY_ELEMENT_FLOAT ||
        assay_dims_count(&t->dims) != 1)
        return false;
    const float is = *(const float *)t->data;
    return !(is < number) && !(is > number);
}

/* The value behind the activation, if the value is for it alone. */
static uint32_t behind_activation(const struct assay_work *work, uint32_t value)
{
    const uint32_t at = assay_only_reader(work, value);
    if (at == ASSAY_ABSENT)
        return value;
    const struct assay_node *node = &work->model->nodes[at];
    const bool relu6 = strcmp(node->op->name, "Clip") == 0 &&
                       node->n_inputs == 3 && is_number(work, node, 1, 0) &&
                       is_number(work, node, 2, 6);
    return relu6 || strcmp(node->op->name, "Relu") == 0 ? node->outputs[0]
                                                        : value;
}

/* The value behind the Add of a constant bias, if it is for that alone. */
static uint32_t behind_bias(const struct assay_work *work, uint32_t value,
                            int64_t n)
{
    const uint32_t at = assay_only_reader(work, value);
    const struct assay_node *add =
        at == ASSAY_ABSENT ? NULL : &work->model->nodes[at];
    if (!add || strcmp(add->op->name, "Add") != 0)
        return value;
    const struct assay_tensor *b =
        assay_input(&work->lowering, add, add->inputs[0] == value ? 1 : 0);
    if (!b->data || assay_dims_count(&b->dims) != n ||
        (b->dims.rank && b->dims.size[b->dims.rank - 1] != n))
        return value;
    return add->outputs[0];
}

static const char *layer_fault(const struct assay_work *work,
                               const struct assay_layer *layer)
{
    const struct assay_node *node = &work->model->nodes[layer->number];
    const struct assay_tensor *w = assay_input(&work->lowering, node, 1);
    const struct assay_tensor *x = assay_input(&work->lowering, node, 0);
    const struct assay_tensor *b = assay_input(&work->lowering, node, 2);
    const float alpha = assay_node_float(node, "alpha", 1);
    const float beta = assay_node_float(node, "beta", 1);
    if (w->element != ASSAY_ELEMENT_FLOAT)
        return "its weights are float16";
    if (x->data)
        return "its input is constant";
    if (layer->kind == ASSAY_LAYER_GEMM && assay_node_int(node, "transA", 0))
        return "its input is transposed";
    if (alpha < 1 || alpha > 1 || beta < 1 || beta > 1)
        return "its alpha or beta is not 1";
    if (b && (!b->data || assay_dims_count(&b->dims) != layer->n ||
              (b->dims.rank && b->dims.size[b->dims.rank - 1] != layer->n)))
        return "its bias is not one constant for each output";
    return NULL;
}

static void find_layers(struct assay_work *work, struct assay_int8_plan *plan)
{
    size_t kept = 0;
    for (size_t i = 0; i < plan->n_layers; i++) {
        struct assay_layer *layer = &plan->layers[i];
        const struct assay_node *node = &work->model->nodes[layer->number];
        const char *fault = layer_fault(work, layer);
        if (fault) {
            assay_layer_left(layer, "int8", "%s", fault);
            continue;
        }
        uint32_t end = node->outputs[0];
        if (layer->kind == ASSAY_LAYER_MATMUL)
            end = behind_bias(work, end, layer->n);
        plan->nodes[layer->number] = (struct assay_int8_node){
            ASSAY_INT8_LAYER, behind_activation(work, end), 1};
        plan->layers[kept++] = *layer;
    }
    plan->n_layers = kept;
}

/* Candidates by their form alone: sums, pools and movers. */
static void find_others(struct assay_work *work, struct assay_int8_plan *plan)
{
    static const char *const movers[] = {
        "MaxPool",   "GlobalMaxPool", "Reshape",  "Flatten", "Squeeze",
        "Unsqueeze", "Transpose",     "Identity", "Concat",  NULL};
    static const char *const pools[] = {"AveragePool", "GlobalAveragePool",
                                        NULL};
    for (uint32_t i = 0; i < work->model->n_nodes; i++) {
        const struct assay_node *node = &work->model->nodes[i];
        struct assay_int8_node *to = &plan->nodes[i];
        const struct assay_tensor *a = assay_input(&work->lowering, node, 0);
        const struct assay_tensor *b = assay_input(&work->lowering, node, 1);
        const char *op = node->op->name;
        const uint32_t end = node->outputs[0];
        if (to->kind || !a || a->data || a->element != ASSAY_ELEMENT_FLOAT)
            continue;
        if (strcmp(op, "Add") == 0 && !b->data &&
            assay_dims_equal(&a->dims, &b->dims) &&
            node->inputs[0] != node->inputs[1])
            *to = (struct assay_int8_node){ASSAY_INT8_PAIR,
                                           behind_activation(work, end), 2};
        else if (assay_is_one_of(op, pools) && a->dims.rank == 4)
            *to = (struct assay_int8_node){ASSAY_INT8_POOL,
                                           behind_activation(work, end), 1};
        else if (assay_is_one_of(op, movers) && node->n_outputs == 1)
            *to = (struct assay_int8_node){
                ASSAY_INT8_MOVER, end,
                strcmp(op, "Concat") == 0 ? node->n_inputs : 1};
    }
}

/* For each value: whether an operation ends in it (ENDS) and how many read it
 * quantized. */
struct use {
    bool ends;
    uint32_t quantized;
};

static void count_uses(const struct assay_work *work,
                       const struct assay_int8_plan *plan, struct use *uses)
{
    memset(uses, 0, work->model->n_values * sizeof *uses);
    for (uint32_t i = 0; i < work->model->n_nodes; i++) {
        const struct assay_int8_node *is = &plan->nodes[i];
        if (!is->kind)
            continue;
        uses[is->end].ends = true;
        for (uint32_t j = 0; j < is->n_inputs; j++)
            uses[work->model->nodes[i].inputs[j]].quantized++;
    }
}

/* Those that are not wholly between others become floats again, until nothing
 * changes. */
static enum assay_status settle(struct assay_work *work,
                                struct assay_int8_plan *plan)
{
    const struct assay_model *model = work->model;
    struct use *uses = assay_region_alloc(&work->lowering.scratch,
                                          model->n_values, sizeof *uses);
    if (!uses)
        return ASSAY_NOMEM;
    for (bool changed = true; changed;) {
        changed = false;
        count_uses(work, plan, uses);
        for (uint32_t i = 0; i < model->n_nodes; i++) {
            struct assay_int8_node *is = &plan->nodes[i];
            if (!is->kind || is->kind == ASSAY_INT8_LAYER)
                continue;
            bool stays = uses[is->end].quantized == work->reads[is->end] &&
                         work->reads[is->end] > 0;
            for (uint32_t j = 0; j < is->n_inputs; j++)
                stays = stays && uses[model->nodes[i].inputs[j]].ends;
            changed |= !stays;
            if (!stays)
                is->kind = ASSAY_INT8_FLOAT;
        }
    }
    return ASSAY_OK;
}

/* The values that quantized operations read. Layers with a bias of their own,
 * Conv and Gemm, have their inputs along dimension 1; a MatMul, which may read
 * the same value along its last one, has none to correct. */
static void find_values(struct assay_work *work, struct assay_int8_plan *plan)
{
    const struct assay_model *model = work->model;
    for (uint32_t v = 0; v < model->n_values; v++)
        plan->place[v] = SIZE_MAX;
    for (uint32_t i = 0; i < model->n_nodes; i++)
        for (uint32_t j = 0; plan->nodes[i].kind && j < plan->nodes[i].n_inputs;
             j++) {
            const uint32_t value = model->nodes[i].inputs[j];
            const size_t at = plan->n_observed;
            if (plan->place[value] != SIZE_MAX)
                continue;
            plan->place[value] = plan->n_observed++;
            plan->observed[at] =
                (struct assay_observed){.value = value, .same = at};
        }
    for (size_t i = 0; i < plan->n_layers; i++) {
        const struct assay_layer *layer = &plan->layers[i];
        const uint32_t value = model->nodes[layer->number].inputs[0];
        if (layer->kind != ASSAY_LAYER_MATMUL)
            plan->observed[plan->place[value]].channels =
                work->lowering.tensors[value].dims.size[1];
    }
}

static size_t first_same(const struct assay_int8_plan *plan, size_t at)
{
    while (plan->observed[at].same != at)
        at = plan->observed[at].same;
    return at;
}

/* A mover's output has the scale of its inputs. */
static void join_movers(const struct assay_work *work,
                        struct assay_int8_plan *plan)
{
    for (uint32_t i = 0; i < work->model->n_nodes; i++) {
        const struct assay_int8_node *is = &plan->nodes[i];
        if (is->kind != ASSAY_INT8_MOVER)
            continue;
        const size_t to = first_same(plan, plan->place[is->end]);
        for (uint32_t j = 0; j < is->n_inputs; j++) {
            const uint32_t value = work->model->nodes[i].inputs[j];
            plan->observed[first_same(plan, plan->place[value])].same = to;
        }
    }
    for (size_t i = 0; i < plan->n_observed; i++)
        plan->observed[i].same = first_same(plan, i);
}

enum assay_status assay_int8_plan(struct assay_work *work,
                                  struct assay_int8_plan *plan)
{
    struct assay_region *scratch = &work->lowering.scratch;
    const size_t nodes = work->model->n_nodes, values = work->model->n_values;
    *plan = (struct assay_int8_plan){0};
    enum assay_status status =
        assay_layers(work, &plan->layers, &plan->n_layers);
    if (status)
        return status;
    plan->nodes = assay_region_alloc(scratch, nodes, sizeof *plan->nodes);
    plan->place = assay_region_alloc(scratch, values, sizeof *plan->place);
    plan->observed =
        assay_region_alloc(scratch, values, sizeof *plan->observed);
    if (!plan->nodes || !plan->place || !plan->observed)
        return ASSAY_NOMEM;
    find_layers(work, plan);
    find_others(work, plan);
    status = settle(work, plan);
    if (status)
        return status;
    find_values(work, plan);
    join_movers(work, plan);
    return ASSAY_OK;
}
