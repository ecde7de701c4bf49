/* SPDX-License-Identifier: Apache-2.0
 *
 * What moves or renames elements, and the arithmetic on shapes that exporters
 * emit around it, which is folded.
 */
#include <inttypes.h>
#include <string.h>

#include "suites/model/lower.h"

static const struct assay_attribute_rule no_rules[] = {{0}};
static const struct assay_attribute_rule axis_rules[] = {{"axis", 'i'}, {0}};
static const struct assay_attribute_rule axes_rules[] = {{"axes", 'I'}, {0}};
static const struct assay_attribute_rule perm_rules[] = {{"perm", 'I'}, {0}};
static const struct assay_attribute_rule cast_rules[] = {{"to", 'i'}, {0}};
static const struct assay_attribute_rule reshape_rules[] = {{"allowzero", 'i'},
                                                            {0}};
static const struct assay_attribute_rule shape_rules[] = {
    {"start", 'i'}, {"end", 'i'}, {0}};
static const struct assay_attribute_rule constant_rules[] = {
    {"value", 't'},      {"value_int", 'i'},    {"value_float", 'f'},
    {"value_ints", 'I'}, {"value_floats", 'F'}, {0}};

static enum assay_status identity_infer(struct assay_lowering *l,
                                        const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    return assay_infer(l, node, x->element, &x->dims);
}

static enum assay_status reshape_infer(struct assay_lowering *l,
                                       const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    const bool zero = assay_node_int(node, "allowzero", 0) != 0;
    struct assay_dims dims = {0};
    int open = -1;
    int64_t known = 1;
    enum assay_status status =
        assay_input_ints(l, node, 1, dims.size, &dims.rank);
    for (int i = 0; !status && i < dims.rank; i++) {
        int64_t *size = &dims.size[i];
        if (*size == 0 && !zero && i < x->dims.rank)
            *size = x->dims.size[i];
        if (*size == -1 && open < 0)
            open = i;
        else if (*size < (zero && l->any ? 0 : 1) ||
                 __builtin_mul_overflow(known, *size, &known))
            status = assay_node_fail(
                l->model, node, ASSAY_INVALID,
                "its shape has %" PRId64 " at dimension %d", *size, i);
    }
    if (status)
        return status;
    const int64_t count = assay_dims_count(&x->dims);
    if (open >= 0 && known > 0) {
        dims.size[open] = count / known;
        known *= dims.size[open];
    }
    if (known != count) {
        char from[160];
        assay_dims_text(&x->dims, from, sizeof from);
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "its shape does not hold the %" PRId64
                               " elements of its input %s (batch %" PRId64
                               "; a model may be exported for one batch size)",
                               count, from, l->batch);
    }
    return assay_infer(l, node, x->element, &dims);
}

static enum assay_status flatten_infer(struct assay_lowering *l,
                                       const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    const int64_t given = assay_node_int(node, "axis", 1);
    int axis = x->dims.rank;
    if (given != x->dims.rank) {
        enum assay_status status =
            assay_axis(l, node, given, x->dims.rank, &axis);
        if (status)
            return status;
    }
    const struct assay_dims dims = {
        .rank = 2,
        .size = {assay_dims_product(&x->dims, 0, axis),
                 assay_dims_product(&x->dims, axis, x->dims.rank)}};
    return assay_infer(l, node, x->element, &dims);
}

/* The axes of Squeeze or Unsqueeze within `rank`, as flags; an input since
 * opset 13, an attribute before. *n = 0: none are given; rank < 0: only count
 * them. */
static enum assay_status read_axes(const struct assay_lowering *l,
                                   const struct assay_node *node, int rank,
                                   bool *flags, int *n)
{
    const struct assay_attribute *a = assay_node_find(node, "axes");
    int64_t axes[ASSAY_RANK_MAX];
    enum assay_status status = ASSAY_OK;
    *n = 0;
    if (assay_input(l, node, 1))
        status = assay_input_ints(l, node, 1, axes, n);
    else if (a && a->n > ASSAY_RANK_MAX)
        status = assay_node_fail(l->model, node, ASSAY_INVALID,
                                 "%zu axes are too many", a->n);
    else if (a && a->n)
        memcpy(axes, a->ints, a->n * sizeof *axes), *n = (int)a->n;
    for (int i = 0; !status && rank >= 0 && i < *n; i++) {
        int axis;
        status = assay_axis(l, node, axes[i], rank, &axis);
        if (!status && flags[axis])
            status = assay_node_fail(l->model, node, ASSAY_INVALID,
                                     "axis %d is given twice", axis);
        if (!status)
            flags[axis] = true;
    }
    return status;
}

static enum assay_status squeeze_infer(struct assay_lowering *l,
                                       const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    bool flags[ASSAY_RANK_MAX] = {false};
    struct assay_dims dims = {0};
    int n;
    enum assay_status status = read_axes(l, node, x->dims.rank, flags, &n);
    if (status)
        return status;
    for (int i = 0; i < x->dims.rank; i++) {
        const bool one = x->dims.size[i] == 1;
        if (flags[i] && !one)
            return assay_node_fail(l->model, node, ASSAY_INVALID,
                                   "axis %d is of size %" PRId64
                                   " and not of 1",
                                   i, x->dims.size[i]);
        if (n ? !flags[i] : !one)
            dims.size[dims.rank++] = x->dims.size[i];
    }
    return assay_infer(l, node, x->element, &dims);
}

static enum assay_status unsqueeze_infer(struct assay_lowering *l,
                                         const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    bool flags[ASSAY_RANK_MAX] = {false};
    int n;
    enum assay_status status = read_axes(l, node, -1, flags, &n);
    struct assay_dims dims = {.rank = x->dims.rank + n};
    if (!status && (n == 0 || dims.rank > ASSAY_RANK_MAX))
        status = assay_node_fail(l->model, node, ASSAY_INVALID,
                                 "%d axes on %d dimensions", n, x->dims.rank);
    if (!status)
        status = read_axes(l, node, dims.rank, flags, &n);
    if (status)
        return status;
    for (int i = 0, j = 0; i < dims.rank; i++)
        dims.size[i] = flags[i] ? 1 : x->dims.size[j++];
    return assay_infer(l, node, x->element, &dims);
}

static enum assay_status read_perm(const struct assay_lowering *l,
                                   const struct assay_node *node, int *perm)
{
    const int rank = assay_input(l, node, 0)->dims.rank;
    const struct assay_attribute *a = assay_node_find(node, "perm");
    bool seen[ASSAY_RANK_MAX] = {false};
    for (int i = 0; i < rank; i++)
        perm[i] = rank - 1 - i;
    if (!a)
        return ASSAY_OK;
    if (a->n != (size_t)rank)
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "perm has %zu axes for %d dimensions", a->n,
                               rank);
    for (int i = 0; i < rank; i++) {
        if (a->ints[i] < 0 || a->ints[i] >= rank || seen[a->ints[i]])
            return assay_node_fail(
                l->model, node, ASSAY_INVALID,
                "perm is not a permutation: %" PRId64 " at %d", a->ints[i], i);
        perm[i] = (int)a->ints[i];
        seen[perm[i]] = true;
    }
    return ASSAY_OK;
}

static enum assay_status transpose_infer(struct assay_lowering *l,
                                         const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    struct assay_dims dims = x->dims;
    int perm[ASSAY_RANK_MAX];
    enum assay_status status = read_perm(l, node, perm);
    if (status)
        return status;
    for (int i = 0; i < dims.rank; i++)
        dims.size[i] = x->dims.size[perm[i]];
    return assay_infer(l, node, x->element, &dims);
}

/* Any permutation is a sequence of rotations of a suffix, each of which brings
 * the axes that belong in front there: [n][rows][cols] to [n][cols][rows]. */
static enum assay_status transpose_lower(struct assay_lowering *l,
                                         const struct assay_node *node)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    struct assay_order order = l->places[node->inputs[0]].order;
    int perm[ASSAY_RANK_MAX], now[ASSAY_RANK_MAX], want[ASSAY_RANK_MAX], n = 0;
    unsigned tensor;
    enum assay_status status = read_perm(l, node, perm);
    if (!status)
        status = assay_lower_input(l, node, 0, order, &tensor);
    for (int i = 0, j = 0; i < x->rank; i++) {
        if (!status && x->size[perm[i]] != 1)
            want[n++] = perm[i];
        if (x->size[i] != 1)
            now[j++] = i;
    }
    for (int i = 0; !status && i < n; i++) {
        struct assay_order shape = {1, 1, 1};
        int split = i, old[ASSAY_RANK_MAX];
        while (now[split] != want[i])
            split++;
        if (split == i)
            continue;
        for (int j = 0; j < n; j++) {
            *(j < i       ? &shape.n
              : j < split ? &shape.c
                          : &shape.hw) *= x->size[now[j]];
            old[j] = now[j];
        }
        for (int j = i; j < n; j++)
            now[j] = old[i + (j - i + split - i) % (n - i)];
        status = assay_lower_rotate(l, node, shape, &tensor, &order);
    }
    return status ? status : assay_lower_rename(l, node, tensor, order);
}

static enum assay_status shape_infer(struct assay_lowering *l,
                                     const struct assay_node *node)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    int64_t first = assay_node_int(node, "start", 0);
    int64_t end = assay_node_int(node, "end", x->rank);
    if ((first || end != x->rank) && l->model->opset < 15)
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "start and end came with opset 15");
    first += first < 0 ? x->rank : 0;
    end += end < 0 ? x->rank : 0;
    end = end > x->rank ? x->rank : end;
    first = first < 0 ? 0 : first;
    if (first >= end)
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "selects no dimensions");
    const struct assay_dims dims = {.rank = 1, .size = {end - first}};
    enum assay_status status = assay_infer(l, node, ASSAY_ELEMENT_INT64, &dims);
    if (status)
        return status;
    int64_t *sizes = assay_fold(l, node);
    if (!sizes)
        return ASSAY_NOMEM;
    memcpy(sizes, x->size + first, (size_t)(end - first) * sizeof *sizes);
    return ASSAY_OK;
}

static enum assay_status constant_infer(struct assay_lowering *l,
                                        const struct assay_node *node)
{
    if (node->n_attributes != 1)
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "%" PRIu32 " values instead of one",
                               node->n_attributes);
    const struct assay_attribute *a = &node->attributes[0];
    struct assay_tensor *out = &l->tensors[node->outputs[0]];
    const bool many = a->type == 'I' || a->type == 'F';
    if (many && a->n == 0)
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED, "is empty");
    *out = (struct assay_tensor){
        .element = a->type == 'i' || a->type == 'I' ? ASSAY_ELEMENT_INT64
                                                    : ASSAY_ELEMENT_FLOAT,
        .dims = {.rank = many, .size = {many ? (int64_t)a->n : 0}},
        .data = a->type == 'i'   ? (const void *)&a->i
                : a->type == 'f' ? (const void *)&a->f
                : a->type == 'I' ? (const void *)a->ints
                                 : (const void *)a->floats};
    if (a->type == 't')
        *out = a->tensor;
    return ASSAY_OK;
}

static enum assay_status cast_infer(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    const int64_t to = assay_node_int(node, "to", 0);
    if (to < 0 || to > 64 || !assay_element_bytes((int)to))
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "to type %" PRId64 "; float, float16, int8, "
                               "uint8, int32, int64 and bool are supported",
                               to);
    return assay_infer(l, node, (enum assay_element)to, &x->dims);
}

/* Between floats, or to one from an integer. */
static enum assay_status cast_lower(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    const enum assay_element to = l->tensors[node->outputs[0]].element;
    const struct assay_order order = l->places[node->inputs[0]].order;
    const int64_t n = assay_dims_count(&x->dims);
    unsigned tensor;
    if (to == x->element)
        return assay_lower_alias(l, node);
    if (!assay_element_is_float(to))
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "of a computed tensor is supported only to "
                               "float and float16");
    enum assay_status status =
        assay_lower_input_f32(l, node, 0, order, &tensor);
    if (!status && to == ASSAY_ELEMENT_FLOAT16)
        status = assay_lower_f16(l, node, n, &tensor);
    if (!status && tensor == l->places[node->inputs[0]].tensor)
        return assay_lower_rename(l, node, tensor, order);
    return status ? status : assay_lower_put(l, node, 0, tensor, order);
}

const struct assay_operator assay_operators_shape[] = {
    {"Identity", 1, ASSAY_OPSET_MAX, 1, 1, 1, no_rules, identity_infer,
     assay_fold_copy, assay_lower_alias},
    {"Reshape", 5, ASSAY_OPSET_MAX, 2, 2, 1, reshape_rules, reshape_infer,
     assay_fold_copy, assay_lower_alias},
    {"Flatten", 1, ASSAY_OPSET_MAX, 1, 1, 1, axis_rules, flatten_infer,
     assay_fold_copy, assay_lower_alias},
    {"Squeeze", 1, 12, 1, 1, 1, axes_rules, squeeze_infer, assay_fold_copy,
     assay_lower_alias},
    {"Squeeze", 13, ASSAY_OPSET_MAX, 1, 2, 1, no_rules, squeeze_infer,
     assay_fold_copy, assay_lower_alias},
    {"Unsqueeze", 1, 12, 1, 1, 1, axes_rules, unsqueeze_infer, assay_fold_copy,
     assay_lower_alias},
    {"Unsqueeze", 13, ASSAY_OPSET_MAX, 2, 2, 1, no_rules, unsqueeze_infer,
     assay_fold_copy, assay_lower_alias},
    {"Transpose", 1, ASSAY_OPSET_MAX, 1, 1, 1, perm_rules, transpose_infer,
     assay_fold_transpose, transpose_lower},
    {"Constant", 1, ASSAY_OPSET_MAX, 0, 0, 1, constant_rules, constant_infer,
     NULL, NULL},
    {"Shape", 1, ASSAY_OPSET_MAX, 1, 1, 1, shape_rules, shape_infer, NULL,
     NULL},
    {"Cast", 6, ASSAY_OPSET_MAX, 1, 1, 1, cast_rules, cast_infer,
     assay_fold_cast, cast_lower},
    {0},
};
