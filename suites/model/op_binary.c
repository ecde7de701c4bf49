/* SPDX-License-Identifier: Apache-2.0
 *
 * Arithmetic of two operands (or, of Min and Max, several), which are repeated
 * where they are smaller. By a constant it is a scale and a shift, which may
 * be folded into the run before.
 */
#include <inttypes.h>
#include <string.h>

#include "suites/model/lower.h"

enum { ASSAY_OPERANDS_MAX = 64 };

static const struct assay_attribute_rule no_rules[] = {{0}};
static const struct assay_attribute_rule mod_rules[] = {{"fmod", 'i'}, {0}};

/* ASSAY_BINARY_KINDS: Mod, which is only folded. */
static enum assay_binary_kind kind_of(const struct assay_node *node)
{
    static const char *const names[ASSAY_BINARY_KINDS] = {
        [ASSAY_BINARY_ADD] = "Add", [ASSAY_BINARY_SUB] = "Sub",
        [ASSAY_BINARY_MUL] = "Mul", [ASSAY_BINARY_DIV] = "Div",
        [ASSAY_BINARY_MIN] = "Min", [ASSAY_BINARY_MAX] = "Max",
        [ASSAY_BINARY_POW] = "Pow",
    };
    int kind = 0;
    while (kind < ASSAY_BINARY_KINDS &&
           strcmp(node->op->name, names[kind]) != 0)
        kind++;
    return (enum assay_binary_kind)kind;
}

static enum assay_status broadcast(const struct assay_lowering *l,
                                   const struct assay_node *node,
                                   const struct assay_dims *b,
                                   struct assay_dims *dims)
{
    const struct assay_dims a = *dims;
    dims->rank = a.rank > b->rank ? a.rank : b->rank;
    for (int i = 0; i < dims->rank; i++) {
        const int ia = i - (dims->rank - a.rank);
        const int ib = i - (dims->rank - b->rank);
        const int64_t sa = ia < 0 ? 1 : a.size[ia];
        const int64_t sb = ib < 0 ? 1 : b->size[ib];
        if (sa != sb && sa != 1 && sb != 1)
            return assay_node_fail(l->model, node, ASSAY_INVALID,
                                   "operands whose dimensions %d are %" PRId64
                                   " and %" PRId64,
                                   i, sa, sb);
        dims->size[i] = sa == 1 ? sb : sa;
    }
    return ASSAY_OK;
}

static enum assay_status binary_infer(struct assay_lowering *l,
                                      const struct assay_node *node)
{
    const struct assay_tensor *a = assay_input(l, node, 0);
    struct assay_dims dims = a->dims;
    enum assay_status status = ASSAY_OK;
    for (uint32_t i = 1; !status && i < node->n_inputs; i++) {
        const struct assay_tensor *b = assay_input(l, node, i);
        if (!b || b->element == ASSAY_ELEMENT_BOOL ||
            a->element == ASSAY_ELEMENT_BOOL ||
            (a->element != b->element && kind_of(node) != ASSAY_BINARY_POW))
            return assay_node_fail(l->model, node, ASSAY_INVALID,
                                   "operands of %s and %s",
                                   assay_element_name(a->element),
                                   assay_element_name(b ? b->element : 0));
        status = broadcast(l, node, &b->dims, &dims);
    }
    return status ? status : assay_infer(l, node, a->element, &dims);
}

/* Whether the kernel computes in f16, else in f32. */
static bool is_half(const struct assay_lowering *l,
                    const struct assay_node *node)
{
    for (uint32_t i = 0; i < node->n_inputs; i++)
        if (assay_input(l, node, i)->element != ASSAY_ELEMENT_FLOAT16)
            return false;
    return true;
}

/* An operand as the kernel sees it. */
struct operand {
    unsigned tensor;
    struct assay_dims dims;
};

/* Dimensions that both operands have, or that one is repeated along, as the
 * four of the kernel: neighbours alike are one. */
static enum assay_status
set_dims(const struct assay_lowering *l, const struct assay_node *node,
         const struct assay_dims *to, const struct operand *a,
         const struct operand *b, struct assay_lower_binary *binary)
{
    int n = 0;
    unsigned last = 0;
    for (int i = 0; i < 4; i++)
        binary->dims[i] = 1;
    binary->a_has = binary->b_has = 0;
    for (int i = 0; i < to->rank; i++) {
        const int ia = i - (to->rank - a->dims.rank);
        const int ib = i - (to->rank - b->dims.rank);
        const unsigned has = (ia >= 0 && a->dims.size[ia] > 1 ? 1u : 0) |
                             (ib >= 0 && b->dims.size[ib] > 1 ? 2u : 0);
        if (to->size[i] == 1)
            continue;
        if (n == 0 || has != last) {
            if (n == 4)
                return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                                       "its operands are repeated along too "
                                       "many dimensions");
            binary->a_has |= (has & 1) << n;
            binary->b_has |= has >> 1 << n;
            n++;
        }
        last = has;
        binary->dims[n - 1] *= to->size[i];
    }
    return ASSAY_OK;
}

/* Whether y can stay channels last: x lies so, and is as large as y; c is as
 * large, or one number, or one for each channel (of each image). */
static bool keeps_order(const struct assay_place *x,
                        const struct assay_dims *dims,
                        const struct assay_dims *to, const struct assay_dims *c)
{
    bool pixels = false;
    if (!x->there || !x->order.c || !assay_dims_equal(dims, to) ||
        x->order.n != to->size[0] || x->order.c != to->size[1])
        return false;
    for (int i = 0; i < c->rank; i++)
        pixels = pixels || (to->rank - c->rank + i > 1 && c->size[i] > 1);
    return !pixels || assay_dims_equal(c, to);
}

/* The dimensions of an operand of a y that lies channels last. */
static struct assay_dims last(const struct assay_dims *x, int rank,
                              struct assay_order order)
{
    struct assay_dims dims = {.rank = 3, .size = {1, 1, 1}};
    for (int i = 0; i < x->rank; i++) {
        const int at = rank - x->rank + i;
        if (x->size[i] > 1)
            dims.size[at == 0   ? 0
                      : at == 1 ? 2
                                : 1] = at == 0   ? order.n
                                       : at == 1 ? order.c
                                                 : order.hw;
    }
    return dims;
}

static enum assay_status take(struct assay_lowering *l,
                              const struct assay_node *node, uint32_t i,
                              struct assay_order order, unsigned *tensor)
{
    return is_half(l, node) ? assay_lower_input(l, node, i, order, tensor)
                            : assay_lower_input_f32(l, node, i, order, tensor);
}

/* Inputs 0 (or what lies in `a`) and i. */
static enum assay_status append_pair(struct assay_lowering *l,
                                     const struct assay_node *node, uint32_t i,
                                     struct operand *a,
                                     struct assay_order *order)
{
    const struct assay_order plain = assay_order_of(0, 0, 0);
    const struct assay_place pa = l->places[node->inputs[0]];
    const struct assay_place pb = l->places[node->inputs[i]];
    struct operand b = {.dims = assay_input(l, node, i)->dims};
    struct assay_lower_binary binary = {.kind = kind_of(node)};
    struct assay_dims to = a->dims;
    enum assay_status status = broadcast(l, node, &b.dims, &to);
    *order = plain;
    if (i == 1 && keeps_order(&pa, &a->dims, &to, &b.dims))
        *order = pa.order;
    else if (i == 1 && keeps_order(&pb, &b.dims, &to, &a->dims))
        *order = pb.order;
    const bool image_a = order->c && assay_dims_equal(&a->dims, &to);
    const bool image_b = order->c && assay_dims_equal(&b.dims, &to);
    if (!status && i == 1)
        status = take(l, node, 0, image_a ? *order : plain, &a->tensor);
    if (!status)
        status = take(l, node, i, image_b ? *order : plain, &b.tensor);
    struct assay_dims all = to;
    if (order->c) {
        a->dims = last(&a->dims, to.rank, *order);
        b.dims = last(&b.dims, to.rank, *order);
        all = last(&to, to.rank, *order);
    }
    if (!status)
        status = set_dims(l, node, &all, a, &b, &binary);
    binary.a = a->tensor;
    binary.b = b.tensor;
    a->dims = to;
    return status ? status : assay_lower_binary(l, node, &binary, &a->tensor);
}

/* Two computed floats of equal shapes, whose sum takes an activation. */
static enum assay_status append_add(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_dims *a = &assay_input(l, node, 0)->dims;
    const struct assay_order order = l->places[node->inputs[0]].order;
    struct assay_run run = {0};
    enum assay_status status =
        assay_lower_input(l, node, 0, order, &run.inputs[0]);
    if (!status)
        status = assay_lower_input(l, node, 1, order, &run.inputs[1]);
    if (status)
        return status;
    assay_problem_init(&run.problem, ASSAY_OP_BINARY, ASSAY_F32);
    run.problem.as.binary.kind = ASSAY_BINARY_ADD;
    run.problem.as.binary.d3 = assay_dims_count(a);
    return assay_lower_run(l, node, &run, order);
}

/* Whether f32 computes with the operands' values: floats, and bytes but for
 * quotients. */
static enum assay_status check_exact(const struct assay_lowering *l,
                                     const struct assay_node *node)
{
    for (uint32_t i = 0; i < node->n_inputs; i++) {
        const enum assay_element element = assay_input(l, node, i)->element;
        const enum assay_binary_kind kind = kind_of(node);
        const bool exponent = kind == ASSAY_BINARY_POW && i == 1;
        if (assay_element_is_float(element) || exponent)
            continue;
        if (!assay_element_is_byte(element) || kind == ASSAY_BINARY_DIV ||
            kind == ASSAY_BINARY_POW || node->n_inputs > 2)
            return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                                   "of computed integers of %s is not "
                                   "supported",
                                   assay_element_name(element));
    }
    return ASSAY_OK;
}

static enum assay_status append_any(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const enum assay_element element = assay_input(l, node, 0)->element;
    const uint32_t to = node->outputs[0];
    struct operand a = {.dims = assay_input(l, node, 0)->dims};
    struct assay_order order = assay_order_of(0, 0, 0);
    enum assay_status status = check_exact(l, node);
    if (!status && node->n_inputs == 1)
        return assay_lower_alias(l, node);
    for (uint32_t i = 1; !status && i < node->n_inputs; i++)
        status = append_pair(l, node, i, &a, &order);
    if (!status && element == ASSAY_ELEMENT_FLOAT16 && !is_half(l, node))
        status = assay_lower_f16(l, node, assay_dims_count(&a.dims), &a.tensor);
    if (!status)
        status = assay_lower_put(l, node, 0, a.tensor, order);
    if (!status && !assay_element_is_float(element))
        l->places[to].wide = kind_of(node) != ASSAY_BINARY_MIN &&
                             kind_of(node) != ASSAY_BINARY_MAX;
    return status;
}

/* The range of dimensions of x along which the constant c differs: outside of
 * it, c is repeated. A scalar counts as one that differs along the channels. */
static void varying(const struct assay_lowering *l, uint32_t value,
                    const struct assay_dims *x, const struct assay_dims *c,
                    int *first, int *end)
{
    const int shift = x->rank - c->rank;
    *first = x->rank;
    *end = 0;
    for (int i = 0; i < c->rank; i++) {
        if (c->size[i] == 1)
            continue;
        *first = i + shift < *first ? i + shift : *first;
        *end = i + shift + 1;
    }
    if (*end == 0) {
        const bool images = l->places[value].order.c > 0;
        *first = x->rank == 0 ? 0 : images ? 1 : x->rank - 1;
        *end = x->rank == 0 ? 0 : *first + 1;
    }
}

/* Element of c, repeated, at place `at` of dimensions first … end - 1. */
static int64_t repeated(const struct assay_dims *x, const struct assay_dims *c,
                        int first, int end, int64_t at)
{
    int64_t index = 0, stride = 1;
    for (int i = end - 1; i >= first; i--) {
        const int j = i - (x->rank - c->rank);
        const int64_t here = at % x->size[i];
        at /= x->size[i];
        if (j < 0)
            continue;
        index += c->size[j] == 1 ? 0 : here * stride;
        stride *= c->size[j];
    }
    return index;
}

/* One operand is constant: x times scale plus shift. */
static enum assay_status append_constant(struct assay_lowering *l,
                                         const struct assay_node *node,
                                         uint32_t computed)
{
    const struct assay_tensor *x = assay_input(l, node, computed);
    const struct assay_tensor *c = assay_input(l, node, !computed);
    const char op = node->op->name[0];
    const float *values;
    int first, end;
    enum assay_status status = assay_input_floats(l, node, !computed, &values);
    if (status)
        return status;
    varying(l, node->inputs[computed], &x->dims, &c->dims, &first, &end);
    const int64_t n = assay_dims_product(&x->dims, first, end);
    double *scale = assay_region_alloc(&l->scratch, (size_t)n, sizeof *scale);
    double *shift = assay_region_alloc(&l->scratch, (size_t)n, sizeof *shift);
    if (!scale || !shift)
        return ASSAY_NOMEM;
    bool same = true;
    for (int64_t i = 0; i < n; i++) {
        const double v =
            (double)values[repeated(&x->dims, &c->dims, first, end, i)];
        scale[i] = op == 'M' ? v : op == 'D' ? 1 / v : 1;
        shift[i] = op == 'A' ? v : op == 'S' ? -v : 0;
        if (op == 'S' && computed == 1) {
            scale[i] = -1;
            shift[i] = v;
        }
        same = same && scale[i] == 1 && shift[i] == 0;
    }
    if (same && computed == 0)
        return assay_lower_alias(l, node);
    const struct assay_order shape = {
        assay_dims_product(&x->dims, 0, first), n,
        assay_dims_product(&x->dims, end, x->dims.rank)};
    return assay_lower_affine(l, node, computed, shape, scale, shift);
}

/* Whether x times scale plus shift does it. */
static bool is_affine(const struct assay_lowering *l,
                      const struct assay_node *node, uint32_t computed)
{
    const enum assay_binary_kind kind = kind_of(node);
    const struct assay_tensor *x = assay_input(l, node, computed);
    return assay_input(l, node, !computed)->data &&
           assay_element_is_float(x->element) &&
           assay_input(l, node, !computed)->element == x->element &&
           assay_dims_equal(&l->tensors[node->outputs[0]].dims, &x->dims) &&
           (kind <= ASSAY_BINARY_MUL ||
            (kind == ASSAY_BINARY_DIV && computed == 0));
}

static enum assay_status binary_lower(struct assay_lowering *l,
                                      const struct assay_node *node)
{
    const bool two = node->n_inputs == 2;
    for (uint32_t i = 0; two && i < 2; i++)
        if (!assay_input(l, node, i)->data && is_affine(l, node, i))
            return append_constant(l, node, i);
    if (two && kind_of(node) == ASSAY_BINARY_ADD &&
        l->places[node->inputs[0]].there && l->places[node->inputs[1]].there &&
        assay_lower_type(l, node->inputs[0]) == ASSAY_F32 &&
        assay_lower_type(l, node->inputs[1]) == ASSAY_F32 &&
        assay_input(l, node, 0)->element == ASSAY_ELEMENT_FLOAT &&
        assay_dims_equal(&assay_input(l, node, 0)->dims,
                         &assay_input(l, node, 1)->dims))
        return append_add(l, node);
    return append_any(l, node);
}

const struct assay_operator assay_operators_binary[] = {
#define ROW(name, since, most)                                                 \
    {                                                                          \
        name, since, ASSAY_OPSET_MAX, 1 + (most == 2), most, 1, no_rules,      \
            binary_infer, assay_fold_binary, binary_lower                      \
    }
    ROW("Add", 7, 2),
    ROW("Sub", 7, 2),
    ROW("Mul", 7, 2),
    ROW("Div", 7, 2),
    ROW("Pow", 7, 2),
    ROW("Min", 8, ASSAY_OPERANDS_MAX),
    ROW("Max", 8, ASSAY_OPERANDS_MAX),
#undef ROW
    {"Mod", 10, ASSAY_OPSET_MAX, 2, 2, 1, mod_rules, binary_infer,
     assay_fold_binary, NULL},
    {0},
};
