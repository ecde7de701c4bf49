/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/model/lower.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/shape.h"

const struct assay_tensor *assay_input(const struct assay_lowering *l,
                                       const struct assay_node *node,
                                       uint32_t i)
{
    if (i >= node->n_inputs || node->inputs[i] == ASSAY_ABSENT)
        return NULL;
    return &l->tensors[node->inputs[i]];
}

enum assay_status assay_infer(struct assay_lowering *l,
                              const struct assay_node *node,
                              enum assay_element element,
                              const struct assay_dims *dims)
{
    bool fits = dims->rank >= 0 && dims->rank <= ASSAY_RANK_MAX;
    for (int i = 0; fits && i < dims->rank; i++)
        fits = dims->size[i] >= 1 && dims->size[i] <= ASSAY_MAX_SIZE;
    if (!fits || assay_product(dims->size, (size_t)dims->rank) < 0)
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "its result has no elements, more than 2^31 or "
                               "more than %d dimensions (batch %" PRId64 ")",
                               ASSAY_RANK_MAX, l->batch);
    l->tensors[node->outputs[0]] =
        (struct assay_tensor){.element = element, .dims = *dims};
    return ASSAY_OK;
}

enum assay_status assay_infer_same(struct assay_lowering *l,
                                   const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    if (x->element != ASSAY_ELEMENT_FLOAT)
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "its input is of %s; float is supported",
                               assay_element_name(x->element));
    return assay_infer(l, node, x->element, &x->dims);
}

enum assay_status assay_infer_alone(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    for (uint32_t i = 1; i < node->n_outputs; i++)
        if (node->outputs[i] != ASSAY_ABSENT &&
            l->model->values[node->outputs[i]].used)
            return assay_node_fail(
                l->model, node, ASSAY_UNSUPPORTED,
                "its output %" PRIu32 " is used, which is not supported", i);
    return ASSAY_OK;
}

void *assay_fold(struct assay_lowering *l, const struct assay_node *node)
{
    struct assay_tensor *to = &l->tensors[node->outputs[0]];
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

enum assay_status assay_input_floats(const struct assay_lowering *l,
                                     const struct assay_node *node, uint32_t i,
                                     const float **values)
{
    const struct assay_tensor *x = assay_input(l, node, i);
    if (!x->data || x->element != ASSAY_ELEMENT_FLOAT)
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "input %" PRIu32 " is %s; constant floats are "
                               "supported there",
                               i, x->data ? "of another type" : "computed");
    *values = x->data;
    return ASSAY_OK;
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
    struct assay_dims *dims = &l->tensors[model->input].dims;
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

static enum assay_status prepare(struct assay_lowering *l, int64_t batch)
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
    return set_batch(l, batch);
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
        if (!status)
            status = node->op->infer(l, node);
        if (!status && node->op->fold && all_constant(l, node))
            status = node->op->fold(l, node);
        if (status)
            return status;
    }
    return ASSAY_OK;
}

/* What the output depends on, and how often each value is read. */
static void mark_needed(struct assay_lowering *l)
{
    l->uses[l->model->output]++;
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
    return status ? status : assay_lower_output(l);
}

static void finish(struct assay_lowering *l)
{
    const struct assay_tensor *in = &l->tensors[l->model->input];
    struct assay_lowered *made = l->made;
    made->batch = l->batch;
    made->input_elements = (size_t)assay_dims_count(&in->dims);
    made->output_elements =
        (size_t)assay_dims_count(&l->tensors[l->model->output].dims);
    made->input_nhwc =
        in->dims.rank == 4 &&
        (in->dims.size[1] == 1 || in->dims.size[2] * in->dims.size[3] == 1);
    for (size_t i = 0; i < made->n_steps; i++) {
        const struct assay_problem *problem = &made->steps[i].problem;
        const struct assay_op_info *info = assay_op_info(problem->op);
        made->flop += info->flops(problem);
        for (unsigned j = 0; j < info->constants; j++)
            made->weights_bytes +=
                assay_problem_bytes(problem, info->inputs + j);
    }
}

enum assay_status assay_model_lower(const struct assay_model *model,
                                    int64_t batch,
                                    struct assay_lowered **lowered)
{
    struct assay_lowering l = {.model = model};
    *lowered = NULL;
    enum assay_status status = prepare(&l, batch);
    if (!status)
        status = infer_all(&l);
    if (!status) {
        assay_simplify(&l);
        mark_needed(&l);
        status = lower_all(&l);
    }
    if (!status)
        status = assay_arena_plan(l.made);
    if (!status)
        finish(&l);
    assay_region_free(&l.scratch);
    free(l.makers);
    if (l.made)
        l.made->owner = l.kept;
    else
        free(l.kept);
    if (status)
        assay_lowered_free(&l.made);
    *lowered = l.made;
    return status;
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
    free(l);
    *lowered = NULL;
}
