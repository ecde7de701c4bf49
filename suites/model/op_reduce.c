/* SPDX-License-Identifier: Apache-2.0
 *
 * Reductions over any axes: over neighbours that are all reduced in one run.
 */
#include <inttypes.h>
#include <string.h>

#include "suites/model/lower.h"

static const struct assay_attribute_rule reduce_rules[] = {
    {"axes", 'I'},
    {"keepdims", 'i'},
    {"noop_with_empty_axes", 'i'},
    {0},
};

/* The opset that made the axes of an operator an input. */
static int axes_input_since(const struct assay_node *node)
{
    return strcmp(node->op->name, "ReduceSum") == 0 ? 13 : 18;
}

static enum assay_status read_axes(const struct assay_lowering *l,
                                   const struct assay_node *node, bool *reduced)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    const struct assay_attribute *a = assay_node_find(node, "axes");
    const bool as_input = l->model->opset >= axes_input_since(node);
    int64_t axes[ASSAY_RANK_MAX];
    int n = 0;
    enum assay_status status = ASSAY_OK;
    if (as_input ? a != NULL : node->n_inputs > 1)
        return assay_node_fail(
            l->model, node, ASSAY_INVALID, "axes are %s in opset %d",
            a ? "an input" : "an attribute", l->model->opset);
    if (assay_input(l, node, 1))
        status = assay_input_ints(l, node, 1, axes, &n);
    else if (a && a->n > ASSAY_RANK_MAX)
        status = assay_node_fail(l->model, node, ASSAY_INVALID,
                                 "%zu axes are too many", a->n);
    else if (a)
        memcpy(axes, a->ints, a->n * sizeof *axes), n = (int)a->n;
    const bool all =
        n == 0 &&
        !(as_input && assay_node_int(node, "noop_with_empty_axes", 0));
    for (int i = 0; i < x->rank; i++)
        reduced[i] = all;
    for (int i = 0; !status && i < n; i++) {
        int axis;
        status = assay_axis(l, node, axes[i], x->rank, &axis);
        if (!status && reduced[axis])
            status = assay_node_fail(l->model, node, ASSAY_INVALID,
                                     "axis %d is given twice", axis);
        if (!status)
            reduced[axis] = true;
    }
    return status;
}

static enum assay_status reduce_infer(struct assay_lowering *l,
                                      const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    const bool keep = assay_node_int(node, "keepdims", 1) != 0;
    struct assay_dims dims = {0};
    bool reduced[ASSAY_RANK_MAX];
    enum assay_status status = read_axes(l, node, reduced);
    if (!status && !assay_element_is_float(x->element))
        status = assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                                 "its input is of %s; float is supported",
                                 assay_element_name(x->element));
    if (status)
        return status;
    for (int i = 0; i < x->dims.rank; i++)
        if (!reduced[i] || keep)
            dims.size[dims.rank++] = reduced[i] ? 1 : x->dims.size[i];
    return assay_infer(l, node, x->element, &dims);
}

static enum assay_reduce_kind kind_of(const struct assay_node *node)
{
    static const struct {
        const char *name;
        enum assay_reduce_kind kind;
    } kinds[] = {{"ReduceSum", ASSAY_REDUCE_SUM},
                 {"ReduceMax", ASSAY_REDUCE_MAX},
                 {"ReduceMin", ASSAY_REDUCE_MIN},
                 {"ReduceSumSquare", ASSAY_REDUCE_SUMSQ}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(node->op->name, kinds[i].name) == 0)
            return kinds[i].kind;
    return ASSAY_REDUCE_MEAN;
}

/* The mean over all pixels of images that lie channels last. */
static bool is_global(const struct assay_place *place,
                      const struct assay_dims *x, const bool *reduced)
{
    if (!place->order.c || x->rank < 3 || place->order.n != x->size[0] ||
        place->order.c != x->size[1] || reduced[0] || reduced[1])
        return false;
    for (int i = 2; i < x->rank; i++)
        if (!reduced[i])
            return false;
    return true;
}

static enum assay_status reduce_lower(struct assay_lowering *l,
                                      const struct assay_node *node)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    const struct assay_order plain = assay_order_of(0, 0, 0);
    const struct assay_place place = l->places[node->inputs[0]];
    const enum assay_reduce_kind kind = kind_of(node);
    bool reduced[ASSAY_RANK_MAX];
    unsigned tensor;
    enum assay_status status = read_axes(l, node, reduced);
    if (status)
        return status;
    if (is_global(&place, x, reduced)) {
        status = assay_lower_input(l, node, 0, place.order, &tensor);
        if (!status)
            status = assay_lower_reduce(l, node, kind, place.order.n,
                                        place.order.hw, place.order.c, &tensor);
        return status ? status : assay_lower_put(l, node, 0, tensor, plain);
    }
    int64_t inner = 1;
    bool any = false;
    status = assay_lower_input(l, node, 0, plain, &tensor);
    for (int end = x->rank; !status && end > 0;) {
        int first = end - 1;
        if (!reduced[first]) {
            inner *= x->size[first];
            end = first;
            continue;
        }
        while (first > 0 && reduced[first - 1])
            first--;
        /* Of a mean of means; a sum of squares squares but once. */
        status = assay_lower_reduce(
            l, node,
            any && kind == ASSAY_REDUCE_SUMSQ ? ASSAY_REDUCE_SUM : kind,
            assay_dims_product(x, 0, first), assay_dims_product(x, first, end),
            inner, &tensor);
        any = true;
        end = first;
    }
    if (status)
        return status;
    return any ? assay_lower_put(l, node, 0, tensor, plain)
               : assay_lower_rename(l, node, tensor, plain);
}

const struct assay_operator assay_operators_reduce[] = {
    {"ReduceMean", 1, ASSAY_OPSET_MAX, 1, 2, 1, reduce_rules, reduce_infer,
     NULL, reduce_lower},
    {"ReduceSum", 1, ASSAY_OPSET_MAX, 1, 2, 1, reduce_rules, reduce_infer, NULL,
     reduce_lower},
    {"ReduceMax", 1, ASSAY_OPSET_MAX, 1, 2, 1, reduce_rules, reduce_infer, NULL,
     reduce_lower},
    {"ReduceMin", 1, ASSAY_OPSET_MAX, 1, 2, 1, reduce_rules, reduce_infer, NULL,
     reduce_lower},
    {"ReduceSumSquare", 1, ASSAY_OPSET_MAX, 1, 2, 1, reduce_rules, reduce_infer,
     NULL, reduce_lower},
    {0},
};
