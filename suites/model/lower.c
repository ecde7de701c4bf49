/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/model/lower.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/half.h"
#include "kernels/shape.h"
#include "suites/model/ports.h"

const struct assay_tensor *assay_input(const struct assay_lowering *l,
                                       const struct assay_node *node,
                                       uint32_t i)
{
    if (i >= node->n_inputs || node->inputs[i] == ASSAY_ABSENT)
        return NULL;
    return &l->tensors[node->inputs[i]];
}

bool assay_output_used(const struct assay_lowering *l,
                       const struct assay_node *node, uint32_t i)
{
    return i < node->n_outputs && node->outputs[i] != ASSAY_ABSENT &&
           l->model->values[node->outputs[i]].used;
}

bool assay_may_be_empty(const struct assay_lowering *l,
                        enum assay_element element,
                        const struct assay_dims *dims)
{
    return l->any || (element == ASSAY_ELEMENT_INT64 && dims->rank == 1);
}

enum assay_status assay_infer_output(struct assay_lowering *l,
                                     const struct assay_node *node, uint32_t i,
                                     enum assay_element element,
                                     const struct assay_dims *dims)
{
    struct assay_dims filled = *dims;
    bool fits = dims->rank >= 0 && dims->rank <= ASSAY_RANK_MAX, empty = false;
    if (i && !assay_output_used(l, node, i))
        return ASSAY_OK;
    for (int j = 0; fits && j < dims->rank; j++) {
        if (dims->size[j] == 0 && assay_may_be_empty(l, element, dims))
            empty = true, filled.size[j] = 1;
        fits = filled.size[j] >= 1 && filled.size[j] <= ASSAY_MAX_SIZE;
    }
    if (!fits || assay_product(filled.size, (size_t)dims->rank) < 0)
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "its result has no elements, more than 2^31 or "
                               "more than %d dimensions (batch %" PRId64 ")",
                               ASSAY_RANK_MAX, l->batch);
    /* What has no elements is a constant. */
    l->tensors[node->outputs[i]] = (struct assay_tensor){
        .element = element, .dims = *dims, .data = empty ? "" : NULL};
    return ASSAY_OK;
}

enum assay_status assay_infer(struct assay_lowering *l,
                              const struct assay_node *node,
                              enum assay_element element,
                              const struct assay_dims *dims)
{
    return assay_infer_output(l, node, 0, element, dims);
}

enum assay_status assay_infer_same(struct assay_lowering *l,
                                   const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    if (!assay_element_is_float(x->element))
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "its input is of %s; float is supported",
                               assay_element_name(x->element));
    return assay_infer(l, node, x->element, &x->dims);
}

enum assay_status assay_infer_alone(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    for (uint32_t i = 1; i < node->n_outputs; i++)
        if (assay_output_used(l, node, i))
            return assay_node_fail(
                l->model, node, ASSAY_UNSUPPORTED,
                "its output %" PRIu32 " is used, which is not supported", i);
    return ASSAY_OK;
}

void *assay_fold(struct assay_lowering *l, const struct assay_node *node)
{
    return assay_fold_output(l, node, 0);
}

void *assay_fold_output(struct assay_lowering *l, const struct assay_node *node,
                        uint32_t i)
{
    struct assay_tensor *to = &l->tensors[node->outputs[i]];
    void *data =
        assay_region_alloc(&l->scratch, (size_t)assay_dims_count(&to->dims),
                           assay_element_bytes(to->element));
    to->data = data;
    return data;
}

enum assay_status assay_input_ints(const struct assay_lowering *l,
                                   const struct assay_node *node, uint32_t i,
                                   int64_t *values, int *n)
{
    const struct assay_tensor *x = assay_input(l, node, i);
    *n = 0;
    if (!x || !x->data)
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "input %" PRIu32 " is computed; only constant "
                               "shapes and axes are supported",
                               i);
    const int64_t count = assay_dims_count(&x->dims);
    if ((x->element != ASSAY_ELEMENT_INT64 &&
         x->element != ASSAY_ELEMENT_INT32) ||
        x->dims.rank > 1 || count > ASSAY_RANK_MAX)
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "input %" PRIu32 " is not a list of at most %d "
                               "integers",
                               i, ASSAY_RANK_MAX);
    for (*n = 0; *n < count; (*n)++)
        values[*n] = x->element == ASSAY_ELEMENT_INT64
                         ? ((const int64_t *)x->data)[*n]
                         : ((const int32_t *)x->data)[*n];
    return ASSAY_OK;
}

enum assay_status assay_input_floats(struct assay_lowering *l,
                                     const struct assay_node *node, uint32_t i,
                                     const float **values)
{
    const struct assay_tensor *x = assay_input(l, node, i);
    if (!x->data || !assay_element_is_float(x->element))
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "input %" PRIu32 " is %s; constant floats are "
                               "supported there",
                               i, x->data ? "of another type" : "computed");
    *values = x->data;
    if (x->element == ASSAY_ELEMENT_FLOAT)
        return ASSAY_OK;
    const int64_t n = assay_dims_count(&x->dims);
    float *wide = assay_region_alloc(&l->scratch, (size_t)n, sizeof *wide);
    for (int64_t j = 0; wide && j < n; j++)
        wide[j] = assay_half_to_float(((const uint16_t *)x->data)[j]);
    *values = wide;
    return wide ? ASSAY_OK : ASSAY_NOMEM;
}

enum assay_status assay_axis(const struct assay_lowering *l,
                             const struct assay_node *node, int64_t axis,
                             int rank, int *result)
{
    if (axis < -rank || axis >= rank)
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "axis %" PRId64 " is not within %d dimensions",
                               axis, rank);
    *result = (int)(axis < 0 ? axis + rank : axis);
    return ASSAY_OK;
}

static enum assay_status set_batch(struct assay_lowering *l, int64_t batch)
{
    const struct assay_model *model = l->model;
    struct assay_dims *dims = &l->tensors[model->inputs[0]].dims;
    if (batch < 1 || batch > ASSAY_BATCH_MAX)
        return assay_fail(ASSAY_INVALID,
                          "%s: a batch of %" PRId64 "; 1 to %d is possible",
                          model->path, batch, ASSAY_BATCH_MAX);
    if (dims->size[0] >= 0 && dims->size[0] != batch)
        return assay_fail(ASSAY_INVALID,
                          "%s: a batch of %" PRId64 ", but the model is fixed "
                          "to %" PRId64 "; export it with a dynamic first "
                          "dimension",
                          model->path, batch, dims->size[0]);
    dims->size[0] = l->batch = batch;
    if (assay_product(dims->size, (size_t)dims->rank) < 0)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s: a batch of %" PRId64 " has more than 2^31 "
                          "elements",
                          model->path, batch);
    return ASSAY_OK;
}

/* Give the inputs the shapes, and those that are bound the values, of
 * `inputs`. */
static enum assay_status set_inputs(struct assay_lowering *l,
                                    const struct assay_tensor *inputs,
                                    uint64_t bound)
{
    const struct assay_model *model = l->model;
    l->any = true;
    for (uint32_t i = 0; i < model->n_inputs; i++) {
        struct assay_tensor *to = &l->tensors[model->inputs[i]];
        const struct assay_tensor *from = &inputs[i];
        bool same =
            to->element == from->element && to->dims.rank == from->dims.rank;
        for (int j = 0; same && j < to->dims.rank; j++)
            same =
                to->dims.size[j] < 0 || to->dims.size[j] == from->dims.size[j];
        if (!same)
            return assay_fail(ASSAY_INVALID,
                              "%s: the value for input %" PRIu32 " is of "
                              "another type or shape than the graph says",
                              model->path, i);
        to->dims = from->dims;
        if ((bound >> i & 1) || assay_dims_count(&to->dims) == 0)
            to->data = from->data;
    }
    return ASSAY_OK;
}

static enum assay_status prepare(struct assay_lowering *l)
{
    const struct assay_model *model = l->model;
    const size_t values = model->n_values, nodes = model->n_nodes;
    const size_t budget = ((size_t)256 << 20) + 16 * model->file_bytes;
    l->scratch.budget = budget;
    l->made = calloc(1, sizeof *l->made);
    l->kept = calloc(1, sizeof *l->kept);
    if (!l->made || !l->kept)
        return assay_fail(ASSAY_NOMEM, "%s: no memory", model->path);
    l->kept->budget = budget;
    l->nodes = assay_region_alloc(&l->scratch, nodes, sizeof *l->nodes);
    l->needed = assay_region_alloc(&l->scratch, nodes, sizeof *l->needed);
    l->tensors = assay_region_alloc(&l->scratch, values, sizeof *l->tensors);
    l->uses = assay_region_alloc(&l->scratch, values, sizeof *l->uses);
    l->places = assay_region_alloc(&l->scratch, values, sizeof *l->places);
    if (!l->nodes || !l->needed || !l->tensors || !l->uses || !l->places)
        return ASSAY_NOMEM;
    memcpy(l->nodes, model->nodes, nodes * sizeof *l->nodes);
    for (size_t i = 0; i < values; i++)
        l->tensors[i] = model->values[i].tensor;
    return ASSAY_OK;
}

static bool all_constant(const struct assay_lowering *l,
                         const struct assay_node *node)
{
    for (uint32_t i = 0; i < node->n_inputs; i++) {
        const struct assay_tensor *x = assay_input(l, node, i);
        if (x && !x->data)
            return false;
    }
    return true;
}

static bool has_empty(const struct assay_lowering *l,
                      const struct assay_node *node)
{
    for (uint32_t i = 0; i < node->n_inputs; i++) {
        const struct assay_tensor *x = assay_input(l, node, i);
        if (x && assay_dims_count(&x->dims) == 0)
            return true;
    }
    return false;
}

static enum assay_status infer_all(struct assay_lowering *l)
{
    for (uint32_t i = 0; i < l->model->n_nodes; i++) {
        const struct assay_node *node = &l->nodes[i];
        enum assay_status status = ASSAY_OK;
        /* A further output that somebody reads is refused by its maker. */
        for (uint32_t j = 0; !status && j < node->n_inputs; j++)
            if (assay_input(l, node, j) && !assay_input(l, node, j)->element)
                status = assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                                         "input %" PRIu32 " is an output that "
                                         "is not supported",
                                         j);
        const bool folds = node->op->fold && all_constant(l, node);
        if (!status && !folds && has_empty(l, node))
            status = assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                                     "of a tensor without elements is not "
                                     "supported");
        if (!status)
            status = node->op->infer(l, node);
        if (!status && folds)
            status = node->op->fold(l, node);
        if (status)
            return status;
    }
    return ASSAY_OK;
}

/* What the output depends on, and how often each value is read. */
static void mark_needed(struct assay_lowering *l)
{
    for (uint32_t i = 0; i < l->model->n_outputs; i++)
        l->uses[l->model->outputs[i]]++;
    for (uint32_t i = l->model->n_nodes; i-- > 0;) {
        const struct assay_node *node = &l->nodes[i];
        for (uint32_t j = 0; j < node->n_outputs; j++)
            if (node->outputs[j] != ASSAY_ABSENT && l->uses[node->outputs[j]] &&
                !l->tensors[node->outputs[j]].data)
                l->needed[i] = true;
        for (uint32_t j = 0; l->needed[i] && j < node->n_inputs; j++)
            if (node->inputs[j] != ASSAY_ABSENT)
                l->uses[node->inputs[j]]++;
    }
}

static enum assay_status lower_all(struct assay_lowering *l)
{
    enum assay_status status = assay_lower_start(l);
    for (uint32_t i = 0; !status && i < l->model->n_nodes; i++) {
        const struct assay_node *node = &l->nodes[i];
        if (!l->needed[i])
            continue;
        if (!node->op->lower)
            status = assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                                     "is supported only of constants");
        else
            status = node->op->lower(l, node);
    }
    return status ? status : assay_lower_outputs(l);
}

/* Of attention the pairs that its mask leaves, where a pattern is a constant
 * and not a parameter as well; all rows execute the same. */
static double flop_of(const struct assay_lowered_step *step)
{
    const struct assay_op_info *info = assay_op_info(step->problem.op);
    struct assay_problem special = step->problem;
    if (special.op != ASSAY_OP_ATTENTION ||
        assay_problem_specialize(&special, step->constants) != ASSAY_OK)
        return info->flops(&step->problem);
    return info->executed(NULL, &special);
}

static void finish(struct assay_lowering *l)
{
    struct assay_lowered *made = l->made;
    made->batch = l->batch;
    made->input = made->n_inputs ? made->inputs[0].tensor : 0;
    made->output = made->outputs[0].tensor;
    made->input_elements = made->n_inputs ? made->inputs[0].elements : 0;
    made->output_elements = made->outputs[0].elements;
    const struct assay_lowered_port *in = made->inputs;
    made->input_nhwc = made->n_inputs && in->rank == 4 &&
                       (in->size[1] == 1 || in->size[2] * in->size[3] == 1);
    for (size_t i = 0; i < made->n_steps; i++) {
        const struct assay_problem *problem = &made->steps[i].problem;
        const struct assay_op_info *info = assay_op_info(problem->op);
        made->flop += flop_of(&made->steps[i]);
        for (unsigned j = 0; j < info->constants; j++)
            made->weights_bytes +=
                assay_problem_bytes(problem, info->inputs + j);
    }
}

static enum assay_status lower(struct assay_lowering *l, int64_t batch,
                               const struct assay_tensor *inputs,
                               uint64_t bound, struct assay_lowered **lowered)
{
    *lowered = NULL;
    enum assay_status status = prepare(l);
    if (!status)
        status = inputs || !l->model->n_inputs ? set_inputs(l, inputs, bound)
                                               : set_batch(l, batch);
    if (!status)
        status = infer_all(l);
    if (!status) {
        assay_simplify(l);
        mark_needed(l);
        status = lower_all(l);
    }
    if (!status)
        status = assay_lower_round(l);
    if (!status)
        status = assay_arena_plan(l->made);
    if (!status)
        finish(l);
    assay_region_free(&l->scratch);
    free(l->makers);
    if (l->made)
        l->made->owner = l->kept;
    else
        free(l->kept);
    if (status)
        assay_lowered_free(&l->made);
    *lowered = l->made;
    return status;
}

enum assay_status assay_lowering_infer(struct assay_lowering *l,
                                       const struct assay_model *model,
                                       int64_t batch)
{
    *l = (struct assay_lowering){.model = model};
    enum assay_status status = prepare(l);
    if (!status)
        status = set_batch(l, batch);
    if (!status)
        status = infer_all(l);
    if (!status)
        mark_needed(l);
    else
        assay_lowering_end(l);
    return status;
}

void assay_lowering_end(struct assay_lowering *l)
{
    assay_region_free(&l->scratch);
    if (l->kept)
        assay_region_free(l->kept);
    free(l->kept);
    free(l->made);
    *l = (struct assay_lowering){0};
}

enum assay_status assay_model_lower(const struct assay_model *model,
                                    int64_t batch,
                                    struct assay_lowered **lowered)
{
    return lower(&(struct assay_lowering){.model = model}, batch, NULL, 0,
                 lowered);
}

enum assay_status assay_model_lower_for(const struct assay_model *model,
                                        const struct assay_tensor *inputs,
                                        uint64_t bound, bool numpy,
                                        struct assay_lowered **lowered)
{
    struct assay_lowering l = {.model = model, .batch = 1, .numpy = numpy};
    return lower(&l, 1, inputs, bound, lowered);
}

void assay_lowered_free(struct assay_lowered **lowered)
{
    struct assay_lowered *l = *lowered;
    if (!l)
        return;
    if (l->owner)
        assay_region_free(l->owner);
    free(l->owner);
    free(l->steps);
    free(l->tensor_bytes);
    free(l->tensor_offset);
    free(l->constants);
    free(l->inputs);
    free(l->outputs);
    free(l);
    *lowered = NULL;
}
