/* SPDX-License-Identifier: Apache-2.0
 *
 * What joins tensors, picks from them or enlarges them.
 */
#include <inttypes.h>
#include <string.h>

#include "kernels/shape.h"
#include "suites/model/op_move.h"

static const struct assay_attribute_rule no_rules[] = {{0}};
static const struct assay_attribute_rule fill_rules[] = {{"value", 't'}, {0}};
static const struct assay_attribute_rule axis_rules[] = {{"axis", 'i'}, {0}};
static const struct assay_attribute_rule pad_rules[] = {
    {"mode", 's'}, {"pads", 'I'}, {"value", 'f'}, {0}};

struct assay_lie assay_lie_of(const struct assay_lowering *l, uint32_t value)
{
    const struct assay_dims *x = &l->tensors[value].dims;
    const struct assay_order order = l->places[value].order;
    const bool image = order.c && x->rank > 2 && order.n == x->size[0] &&
                       order.c == x->size[1];
    struct assay_lie lie = {.rank = x->rank};
    if (image)
        lie.order = order;
    for (int i = 0; i < x->rank; i++)
        lie.place[i] = !image || i == 0 ? i : i == 1 ? x->rank - 1 : i - 1;
    return lie;
}

struct assay_dims assay_lie_dims(const struct assay_lie *lie,
                                 const struct assay_dims *x)
{
    struct assay_dims dims = {.rank = x->rank};
    for (int i = 0; i < x->rank; i++)
        dims.size[lie->place[i]] = x->size[i];
    return dims;
}

struct assay_order assay_lie_order(const struct assay_lie *lie,
                                   const struct assay_dims *y)
{
    return lie->order.c ? assay_order_of(y->size[0], y->size[1],
                                         assay_dims_product(y, 2, y->rank))
                        : assay_order_of(0, 0, 0);
}

struct assay_order assay_lie_around(const struct assay_lie *lie,
                                    const struct assay_dims *x, int axis)
{
    const struct assay_dims dims = assay_lie_dims(lie, x);
    const int at = lie->place[axis];
    return (struct assay_order){assay_dims_product(&dims, 0, at), dims.size[at],
                                assay_dims_product(&dims, at + 1, dims.rank)};
}

static enum assay_status concat_infer(struct assay_lowering *l,
                                      const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    struct assay_dims dims = x->dims;
    int axis;
    if (!assay_node_find(node, "axis"))
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "attribute 'axis' is missing");
    enum assay_status status =
        assay_axis(l, node, assay_node_int(node, "axis", 0), dims.rank, &axis);
    if (status)
        return status;
    for (uint32_t i = 1; i < node->n_inputs; i++) {
        const struct assay_tensor *y = assay_input(l, node, i);
        struct assay_dims like = x->dims;
        if (y && y->dims.rank == like.rank)
            like.size[axis] = y->dims.size[axis];
        if (!y || y->element != x->element ||
            !assay_dims_equal(&like, &y->dims))
            return assay_node_fail(l->model, node, ASSAY_INVALID,
                                   "input %" PRIu32 " is of another type or "
                                   "shape than the first",
                                   i);
        dims.size[axis] += y->dims.size[axis];
        if (dims.size[axis] > INT32_MAX)
            return assay_node_fail(l->model, node, ASSAY_INVALID,
                                   "the result is too large");
    }
    return assay_infer(l, node, x->element, &dims);
}

static enum assay_status join(struct assay_lowering *l,
                              const struct assay_node *node,
                              struct assay_order a, unsigned more, int64_t n,
                              unsigned *tensor)
{
    struct assay_run run = {.inputs = {*tensor, more, *tensor, *tensor}};
    assay_problem_init(&run.problem, ASSAY_OP_CONCAT,
                       assay_lower_mover(l->makers[*tensor].type));
    run.problem.as.concat =
        (struct assay_concat){.outer = a.n, .n = {a.c, n}, .inner = a.hw};
    return assay_lower_step(l, node, &run, tensor);
}

static enum assay_status concat_lower(struct assay_lowering *l,
                                      const struct assay_node *node)
{
    const struct assay_dims *y = &l->tensors[node->outputs[0]].dims;
    struct assay_lie lie = assay_lie_of(l, node->inputs[0]);
    unsigned tensor, more;
    int axis;
    enum assay_status status =
        assay_axis(l, node, assay_node_int(node, "axis", 0), y->rank, &axis);
    struct assay_dims all = assay_input(l, node, 0)->dims;
    if (!status)
        status = assay_lower_input(l, node, 0, lie.order, &tensor);
    for (uint32_t i = 1; !status && i < node->n_inputs; i++) {
        const struct assay_dims *x = &assay_input(l, node, i)->dims;
        status = assay_lower_input(l, node, i, assay_lie_order(&lie, x), &more);
        if (!status)
            status = join(l, node, assay_lie_around(&lie, &all, axis), more,
                          assay_lie_around(&lie, x, axis).c, &tensor);
        all.size[axis] += x->size[axis];
    }
    if (!status && node->n_inputs == 1)
        return assay_lower_rename(l, node, tensor, lie.order);
    return status
               ? status
               : assay_lower_put(l, node, 0, tensor, assay_lie_order(&lie, y));
}

static enum assay_status gather_infer(struct assay_lowering *l,
                                      const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    const struct assay_tensor *at = assay_input(l, node, 1);
    struct assay_dims dims = {0};
    int axis;
    enum assay_status status = assay_axis(
        l, node, assay_node_int(node, "axis", 0), x->dims.rank, &axis);
    if (status)
        return status;
    if ((at->element != ASSAY_ELEMENT_INT64 &&
         at->element != ASSAY_ELEMENT_INT32) ||
        x->dims.rank + at->dims.rank - 1 > ASSAY_RANK_MAX)
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "its indices are of %s, or the result has more "
                               "than %d dimensions",
                               assay_element_name(at->element), ASSAY_RANK_MAX);
    for (int i = 0; i < axis; i++)
        dims.size[dims.rank++] = x->dims.size[i];
    for (int i = 0; i < at->dims.rank; i++)
        dims.size[dims.rank++] = at->dims.size[i];
    for (int i = axis + 1; i < x->dims.rank; i++)
        dims.size[dims.rank++] = x->dims.size[i];
    return assay_infer(l, node, x->element, &dims);
}

/* Constant indices within the axis: the kernel would take the nearest. */
static enum assay_status check_indices(const struct assay_lowering *l,
                                       const struct assay_node *node,
                                       int64_t along)
{
    const struct assay_tensor *at = assay_input(l, node, 1);
    for (int64_t i = 0; at->data && i < assay_dims_count(&at->dims); i++) {
        const int64_t index = assay_integer_at(at, i);
        if (index < -along || index >= along)
            return assay_node_fail(l->model, node, ASSAY_INVALID,
                                   "index %" PRId64 " is not within the "
                                   "%" PRId64 " of its axis",
                                   index, along);
    }
    return ASSAY_OK;
}

static enum assay_status gather_lower(struct assay_lowering *l,
                                      const struct assay_node *node)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    const struct assay_order plain = assay_order_of(0, 0, 0);
    struct assay_run run = {0};
    int axis;
    enum assay_status status =
        assay_axis(l, node, assay_node_int(node, "axis", 0), x->rank, &axis);
    if (!status)
        status = check_indices(l, node, x->size[axis]);
    if (!status)
        status = assay_lower_input(l, node, 0, plain, &run.inputs[0]);
    if (!status)
        status = assay_lower_input(l, node, 1, plain, &run.inputs[1]);
    if (status)
        return status;
    assay_problem_init(&run.problem, ASSAY_OP_GATHER,
                       assay_lower_mover(l->makers[run.inputs[0]].type));
    run.problem.as.gather = (struct assay_gather){
        .outer = assay_dims_product(x, 0, axis),
        .n = x->size[axis],
        .inner = assay_dims_product(x, axis + 1, x->rank),
        .count = assay_dims_count(&assay_input(l, node, 1)->dims),
    };
    return assay_lower_run(l, node, &run, plain);
}

static enum assay_status read_pads(const struct assay_lowering *l,
                                   const struct assay_node *node, int64_t *pads,
                                   enum assay_pad_kind *kind)
{
    static const char *const names[] = {"constant", "edge", "reflect"};
    const int rank = assay_input(l, node, 0)->dims.rank;
    const struct assay_tensor *list = assay_input(l, node, 1);
    const struct assay_attribute *a = assay_node_find(node, "pads");
    const char *mode = assay_node_string(node, "mode", "constant");
    size_t k = 0;
    while (k < 3 && strcmp(mode, names[k]) != 0)
        k++;
    *kind = (enum assay_pad_kind)k;
    if (k == 3)
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "its mode is none of constant, edge and "
                               "reflect");
    if (list ? !list->data || list->element != ASSAY_ELEMENT_INT64 ||
                   list->dims.rank != 1 || list->dims.size[0] != 2 * rank
             : !a || a->n != 2 * (size_t)rank)
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "its pads are not %d constant integers",
                               2 * rank);
    for (int i = 0; i < 2 * rank; i++) {
        pads[i] = list ? ((const int64_t *)list->data)[i] : a->ints[i];
        if (pads[i] < 0 || pads[i] > ASSAY_MAX_SIZE)
            return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                                   "pads of %" PRId64 " are not supported",
                                   pads[i]);
    }
    return ASSAY_OK;
}

static enum assay_status pad_infer(struct assay_lowering *l,
                                   const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    struct assay_dims dims = x->dims;
    int64_t pads[2 * ASSAY_RANK_MAX];
    enum assay_pad_kind kind;
    enum assay_status status = read_pads(l, node, pads, &kind);
    for (int i = 0; !status && i < dims.rank; i++)
        dims.size[i] += pads[i] + pads[dims.rank + i];
    return status ? status : assay_infer(l, node, x->element, &dims);
}

/* What is padded with, as the device holds it. */
static enum assay_status pad_value(struct assay_lowering *l,
                                   const struct assay_node *node, double *value)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    const struct assay_tensor *v = assay_input(l, node, 2);
    const float *number;
    *value = (double)assay_node_float(node, "value", 0);
    if (v && (!v->data || v->element != x->element ||
              assay_dims_count(&v->dims) != 1))
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "its value is not one constant of its input's "
                               "type");
    enum assay_status status = ASSAY_OK;
    if (v && assay_element_is_float(v->element)) {
        status = assay_input_floats(l, node, 2, &number);
        *value = status ? 0 : (double)*number;
    } else if (v) {
        *value = (double)assay_integer_at(v, 0);
    }
    if (x->element == ASSAY_ELEMENT_UINT8 &&
        assay_lower_type(l, node->inputs[0]) == ASSAY_S8)
        *value -= 128;
    return status;
}

static enum assay_status pad_lower(struct assay_lowering *l,
                                   const struct assay_node *node)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    const struct assay_dims *y = &l->tensors[node->outputs[0]].dims;
    const struct assay_lie lie = assay_lie_of(l, node->inputs[0]);
    int64_t pads[2 * ASSAY_RANK_MAX];
    struct assay_run run = {0};
    enum assay_pad_kind kind;
    double value;
    enum assay_status status = read_pads(l, node, pads, &kind);
    if (!status)
        status = pad_value(l, node, &value);
    if (!status && x->rank > ASSAY_MOVE_AXES)
        status = assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                                 "of %d dimensions; up to %d are supported",
                                 x->rank, ASSAY_MOVE_AXES);
    if (!status)
        status = assay_lower_input(l, node, 0, lie.order, &run.inputs[0]);
    if (status)
        return status;
    assay_problem_init(&run.problem, ASSAY_OP_PAD,
                       assay_lower_mover(l->makers[run.inputs[0]].type));
    struct assay_pad *p = &run.problem.as.pad;
    p->kind = kind;
    p->value = kind == ASSAY_PAD_CONSTANT ? value : 0;
    for (int i = 0; i < x->rank; i++) {
        const int at = lie.place[i];
        p->d[at] = x->size[i];
        p->before[at] = pads[i];
        p->after[at] = pads[x->rank + i];
    }
    return assay_lower_run(l, node, &run, assay_lie_order(&lie, y));
}

/* The shape that input 0 is repeated to. */
static enum assay_status expand_infer(struct assay_lowering *l,
                                      const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    struct assay_dims shape = {0}, dims = {0};
    enum assay_status status =
        assay_input_ints(l, node, 1, shape.size, &shape.rank);
    if (status)
        return status;
    dims.rank = x->dims.rank > shape.rank ? x->dims.rank : shape.rank;
    for (int i = 0; i < dims.rank; i++) {
        const int ia = i - (dims.rank - x->dims.rank);
        const int ib = i - (dims.rank - shape.rank);
        const int64_t a = ia < 0 ? 1 : x->dims.size[ia];
        const int64_t b = ib < 0 ? 1 : shape.size[ib];
        if (a != b && a != 1 && b != 1)
            return assay_node_fail(l->model, node, ASSAY_INVALID,
                                   "%" PRId64 " elements of dimension %d are "
                                   "not repeated to %" PRId64,
                                   a, i, b);
        dims.size[i] = a == 1 ? b : a;
    }
    return assay_infer(l, node, x->element, &dims);
}

/* Repeats along an axis of size 1 are its only row, chosen as often. */
static enum assay_status repeat(struct assay_lowering *l,
                                const struct assay_node *node, int64_t outer,
                                int64_t inner, int64_t count, unsigned *tensor)
{
    struct assay_run run = {.inputs = {*tensor}};
    int32_t *zeros = assay_region_alloc(l->kept, (size_t)count, sizeof *zeros);
    enum assay_status status =
        zeros ? assay_lower_words(l, zeros, ASSAY_S32, (size_t)count,
                                  &run.inputs[1])
              : ASSAY_NOMEM;
    assay_problem_init(&run.problem, ASSAY_OP_GATHER,
                       assay_lower_mover(l->makers[*tensor].type));
    run.problem.as.gather = (struct assay_gather){
        .outer = outer, .n = 1, .inner = inner, .count = count};
    return status ? status : assay_lower_step(l, node, &run, tensor);
}

static enum assay_status expand_lower(struct assay_lowering *l,
                                      const struct assay_node *node)
{
    const struct assay_order plain = assay_order_of(0, 0, 0);
    const struct assay_dims *y = &l->tensors[node->outputs[0]].dims;
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    const struct assay_place *place = &l->places[node->inputs[0]];
    struct assay_dims now = {.rank = y->rank};
    unsigned tensor;
    enum assay_status status = assay_lower_input(l, node, 0, plain, &tensor);
    for (int i = 0; i < y->rank; i++) {
        const int at = i - (y->rank - x->rank);
        now.size[i] = at < 0 ? 1 : x->size[at];
    }
    for (int i = y->rank - 1; !status && i >= 0; i--) {
        if (now.size[i] == y->size[i])
            continue;
        status = repeat(l, node, assay_dims_product(&now, 0, i),
                        assay_dims_product(&now, i + 1, now.rank), y->size[i],
                        &tensor);
        now.size[i] = y->size[i];
    }
    if (!status && tensor == place->tensor)
        return assay_lower_rename(l, node, tensor, plain);
    return status ? status : assay_lower_put(l, node, 0, tensor, plain);
}

static enum assay_status fill_infer(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_attribute *a = assay_node_find(node, "value");
    struct assay_dims dims = {0};
    enum assay_status status =
        assay_input_ints(l, node, 0, dims.size, &dims.rank);
    if (!status && a && assay_dims_count(&a->tensor.dims) != 1)
        status = assay_node_fail(l->model, node, ASSAY_INVALID,
                                 "its value is not one element");
    return status ? status
                  : assay_infer(l, node,
                                a ? a->tensor.element : ASSAY_ELEMENT_FLOAT,
                                &dims);
}

static enum assay_status fill_fold(struct assay_lowering *l,
                                   const struct assay_node *node)
{
    const struct assay_attribute *a = assay_node_find(node, "value");
    const struct assay_tensor *y = &l->tensors[node->outputs[0]];
    const size_t size = assay_element_bytes(y->element);
    char *out = assay_fold(l, node); /* zeros */
    for (int64_t i = 0; a && out && i < assay_dims_count(&y->dims); i++)
        memcpy(out + (size_t)i * size, a->tensor.data, size);
    return out ? ASSAY_OK : ASSAY_NOMEM;
}

const struct assay_operator assay_operators_move[] = {
    {"Concat", 4, ASSAY_OPSET_MAX, 1, UINT32_MAX, 1, axis_rules, concat_infer,
     assay_fold_concat, concat_lower},
    {"Gather", 1, ASSAY_OPSET_MAX, 2, 2, 1, axis_rules, gather_infer,
     assay_fold_gather, gather_lower},
    {"Expand", 8, ASSAY_OPSET_MAX, 2, 2, 1, no_rules, expand_infer, NULL,
     expand_lower},
    {"ConstantOfShape", 9, ASSAY_OPSET_MAX, 1, 1, 1, fill_rules, fill_infer,
     fill_fold, NULL},
    {"Pad", 2, ASSAY_OPSET_MAX, 1, 3, 1, pad_rules, pad_infer, NULL, pad_lower},
    {0},
};
