/* SPDX-License-Identifier: Apache-2.0
 *
 * What takes parts of tensors: Slice and Split.
 */
#include <inttypes.h>
#include <string.h>

#include "suites/model/op_move.h"

static const struct assay_attribute_rule no_rules[] = {{0}};
static const struct assay_attribute_rule slice_rules[] = {
    {"starts", 'I'}, {"ends", 'I'}, {"axes", 'I'}, {0}};
static const struct assay_attribute_rule split_rules[] = {
    {"axis", 'i'}, {"split", 'I'}, {"num_outputs", 'i'}, {0}};
/* [start, start + count * step) by `step` of each axis. */
struct part {
    int64_t start[ASSAY_RANK_MAX], step[ASSAY_RANK_MAX];
    struct assay_dims dims;
};

/* The integers of input `i` or, in old opsets, of an attribute; *n = -1: there
 * are none. */
static enum assay_status ints(const struct assay_lowering *l,
                              const struct assay_node *node, uint32_t i,
                              const char *attribute, int64_t *values, int *n)
{
    const struct assay_attribute *a = assay_node_find(node, attribute);
    *n = -1;
    if (assay_input(l, node, i))
        return assay_input_ints(l, node, i, values, n);
    if (a && a->n > ASSAY_RANK_MAX)
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "%zu numbers for '%s' are too many", a->n,
                               attribute);
    if (a) {
        *n = (int)a->n;
        for (int j = 0; j < *n; j++)
            values[j] = a->ints[j];
    }
    return ASSAY_OK;
}

static int64_t clamp(int64_t value, int64_t size, int64_t low, int64_t high)
{
    value += value < 0 ? size : 0;
    return value < low ? low : value > high ? high : value;
}

static void cut_axis(int64_t start, int64_t end, int64_t step, int axis,
                     struct part *part)
{
    int64_t *size = &part->dims.size[axis];
    const int64_t n = *size;
    if (step > n || step < -n)
        step = step > 0 ? n : -n;
    start = clamp(start, n, 0, step > 0 ? n : n - 1);
    end = clamp(end, n, step > 0 ? 0 : -1, step > 0 ? n : n - 1);
    const int64_t span = step > 0 ? end - start : start - end;
    const int64_t each = step > 0 ? step : -step;
    part->start[axis] = start;
    part->step[axis] = step;
    *size = span > 0 ? (span + each - 1) / each : 0;
}

static enum assay_status read_slice(const struct assay_lowering *l,
                                    const struct assay_node *node,
                                    struct part *part)
{
    int64_t starts[ASSAY_RANK_MAX], ends[ASSAY_RANK_MAX];
    int64_t axes[ASSAY_RANK_MAX], steps[ASSAY_RANK_MAX];
    int n_starts, n_ends, n_axes, n_steps;
    bool seen[ASSAY_RANK_MAX] = {false};
    *part = (struct part){.dims = assay_input(l, node, 0)->dims};
    for (int i = 0; i < ASSAY_RANK_MAX; i++)
        part->step[i] = 1;
    enum assay_status status = ints(l, node, 1, "starts", starts, &n_starts);
    if (!status)
        status = ints(l, node, 2, "ends", ends, &n_ends);
    if (!status)
        status = ints(l, node, 3, "axes", axes, &n_axes);
    if (!status)
        status = ints(l, node, 4, "", steps, &n_steps);
    if (!status &&
        (n_starts < 0 || n_ends != n_starts ||
         (n_axes >= 0 && n_axes != n_starts) ||
         (n_steps >= 0 && n_steps != n_starts) || n_starts > part->dims.rank))
        status = assay_node_fail(l->model, node, ASSAY_INVALID,
                                 "starts, ends, axes and steps are not equally "
                                 "many");
    for (int i = 0; !status && i < n_starts; i++) {
        int axis = i;
        if (n_axes >= 0)
            status = assay_axis(l, node, axes[i], part->dims.rank, &axis);
        const int64_t step = n_steps >= 0 ? steps[i] : 1;
        if (!status && (step == 0 || seen[axis]))
            status = assay_node_fail(l->model, node, ASSAY_INVALID,
                                     step ? "an axis is given twice"
                                          : "its step is zero");
        if (status)
            break;
        seen[axis] = true;
        cut_axis(starts[i], ends[i], step, axis, part);
    }
    const bool empty =
        assay_may_be_empty(l, assay_input(l, node, 0)->element, &part->dims);
    for (int i = 0; !status && !empty && i < part->dims.rank; i++)
        if (part->dims.size[i] == 0)
            status = assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                                     "selects nothing");
    return status;
}

static enum assay_status slice_infer(struct assay_lowering *l,
                                     const struct assay_node *node)
{
    struct part part;
    enum assay_status status = read_slice(l, node, &part);
    return status ? status
                  : assay_infer(l, node, assay_input(l, node, 0)->element,
                                &part.dims);
}

static void copy_part(const struct assay_tensor *x, const struct part *part,
                      char *out)
{
    const size_t size = assay_element_bytes(x->element);
    const int rank = x->dims.rank;
    for (int64_t i = 0; i < assay_dims_count(&part->dims); i++) {
        int64_t rest = i, from = 0, stride = 1;
        for (int j = rank - 1; j >= 0; j--) {
            from +=
                (part->start[j] + rest % part->dims.size[j] * part->step[j]) *
                stride;
            rest /= part->dims.size[j];
            stride *= x->dims.size[j];
        }
        memcpy(out + (size_t)i * size,
               (const char *)x->data + (size_t)from * size, size);
    }
}

static enum assay_status slice_fold(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    struct part part;
    enum assay_status status = read_slice(l, node, &part);
    char *out = status ? NULL : assay_fold(l, node);
    if (out)
        copy_part(assay_input(l, node, 0), &part, out);
    return status || out ? status : ASSAY_NOMEM;
}

/* Output i is the part of input 0. */
static enum assay_status append_part(struct assay_lowering *l,
                                     const struct assay_node *node, uint32_t i,
                                     const struct part *part)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    const struct assay_lie lie = assay_lie_of(l, node->inputs[0]);
    const struct assay_dims dims = assay_lie_dims(&lie, x);
    struct assay_run run = {0};
    unsigned tensor;
    enum assay_status status =
        assay_lower_input(l, node, 0, lie.order, &run.inputs[0]);
    if (!status && x->rank > ASSAY_MOVE_AXES)
        status = assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                                 "of %d dimensions; up to %d are supported",
                                 x->rank, ASSAY_MOVE_AXES);
    if (status)
        return status;
    assay_problem_init(&run.problem, ASSAY_OP_SLICE,
                       assay_lower_mover(l->makers[run.inputs[0]].type));
    struct assay_slice *s = &run.problem.as.slice;
    for (int j = 0; j < x->rank; j++) {
        const int at = lie.place[j];
        s->d[at] = dims.size[at];
        s->start[at] = part->start[j];
        s->step[at] = part->step[j];
        s->count[at] = part->dims.size[j];
    }
    status = assay_lower_step(l, node, &run, &tensor);
    return status ? status
                  : assay_lower_put(l, node, i, tensor,
                                    assay_lie_order(&lie, &part->dims));
}

static enum assay_status slice_lower(struct assay_lowering *l,
                                     const struct assay_node *node)
{
    struct part part;
    enum assay_status status = read_slice(l, node, &part);
    if (status)
        return status;
    if (assay_dims_equal(&part.dims, &assay_input(l, node, 0)->dims)) {
        bool all = true;
        for (int i = 0; i < part.dims.rank; i++)
            all = all && part.step[i] > 0;
        if (all)
            return assay_lower_alias(l, node);
    }
    return append_part(l, node, 0, &part);
}

/* The axis, and what each output gets of it. */
static enum assay_status read_split(const struct assay_lowering *l,
                                    const struct assay_node *node, int *axis,
                                    int64_t *sizes)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    const struct assay_tensor *list = assay_input(l, node, 1);
    const struct assay_attribute *a = assay_node_find(node, "split");
    const int64_t outputs = node->n_outputs;
    int64_t rest;
    enum assay_status status =
        assay_axis(l, node, assay_node_int(node, "axis", 0), x->rank, axis);
    if (!status && list &&
        (!list->data || list->element != ASSAY_ELEMENT_INT64 ||
         list->dims.rank != 1 || list->dims.size[0] != outputs))
        status = assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                                 "its parts are not a constant list of "
                                 "%" PRId64,
                                 outputs);
    if (!status && a && a->n != node->n_outputs)
        status =
            assay_node_fail(l->model, node, ASSAY_INVALID,
                            "%zu parts for %" PRId64 " outputs", a->n, outputs);
    if (status)
        return status;
    rest = x->size[*axis];
    const int64_t equal = (rest + outputs - 1) / outputs;
    for (int64_t i = 0; i < outputs; i++) {
        sizes[i] = list           ? ((const int64_t *)list->data)[i]
                   : a            ? a->ints[i]
                   : rest < equal ? rest
                                  : equal;
        if (sizes[i] < 0 || sizes[i] > rest)
            return assay_node_fail(l->model, node, ASSAY_INVALID,
                                   "part %" PRId64 " is %" PRId64 " of the "
                                   "%" PRId64 " that are left",
                                   i, sizes[i], rest);
        rest -= sizes[i];
    }
    if (rest)
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "its parts leave %" PRId64 " over", rest);
    return ASSAY_OK;
}

static enum assay_status split_infer(struct assay_lowering *l,
                                     const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    struct assay_dims dims = x->dims;
    int axis;
    int64_t *sizes =
        assay_region_alloc(&l->scratch, node->n_outputs, sizeof *sizes);
    enum assay_status status =
        sizes ? read_split(l, node, &axis, sizes) : ASSAY_NOMEM;
    for (uint32_t i = 0; !status && i < node->n_outputs; i++) {
        dims.size[axis] = sizes[i];
        if (node->outputs[i] != ASSAY_ABSENT)
            status = assay_infer_output(l, node, i, x->element, &dims);
    }
    return status;
}

/* Each part, folded or lowered. */
static enum assay_status split_parts(struct assay_lowering *l,
                                     const struct assay_node *node, bool folds)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    struct part part = {.dims = x->dims};
    int axis;
    int64_t at = 0;
    int64_t *sizes =
        assay_region_alloc(&l->scratch, node->n_outputs, sizeof *sizes);
    enum assay_status status =
        sizes ? read_split(l, node, &axis, sizes) : ASSAY_NOMEM;
    for (int i = 0; i < ASSAY_RANK_MAX; i++)
        part.step[i] = 1;
    for (uint32_t i = 0; !status && i < node->n_outputs; i++) {
        const bool used = assay_output_used(l, node, i);
        part.start[axis] = at;
        part.dims.size[axis] = sizes[i];
        at += sizes[i];
        if (!used || (!folds && l->tensors[node->outputs[i]].data))
            continue;
        if (!folds) {
            status = append_part(l, node, i, &part);
            continue;
        }
        char *out = assay_fold_output(l, node, i);
        if (!out)
            return ASSAY_NOMEM;
        copy_part(x, &part, out);
    }
    return status;
}

static enum assay_status split_fold(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    return split_parts(l, node, true);
}

static enum assay_status split_lower(struct assay_lowering *l,
                                     const struct assay_node *node)
{
    return split_parts(l, node, false);
}

const struct assay_operator assay_operators_slice[] = {
    {"Slice", 1, 9, 1, 1, 1, slice_rules, slice_infer, slice_fold, slice_lower},
    {"Slice", 10, ASSAY_OPSET_MAX, 3, 5, 1, no_rules, slice_infer, slice_fold,
     slice_lower},
    {"Split", 2, ASSAY_OPSET_MAX, 1, 2, UINT32_MAX, split_rules, split_infer,
     split_fold, split_lower},
    {0},
};
