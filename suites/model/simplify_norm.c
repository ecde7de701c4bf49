/* SPDX-License-Identifier: Apache-2.0
 *
 * Layer normalization over the last axis as older exporters write it:
 *
 *     d = x - ReduceMean(x),  y = d / Sqrt(ReduceMean(d^2) + epsilon)
 *
 * and y times a scale plus a shift, both constant.
 */
#include <string.h>

#include "suites/model/simplify.h"

/* The value whose mean over the last axis this is. */
static uint32_t of_mean(const struct assay_lowering *l, uint32_t value)
{
    const struct assay_node *mean = assay_maker(l, value, "ReduceMean");
    const struct assay_attribute *a =
        mean ? assay_node_find(mean, "axes") : NULL;
    if (!mean || assay_node_int(mean, "keepdims", 1) == 0)
        return ASSAY_ABSENT;
    const int rank = l->tensors[mean->inputs[0]].dims.rank;
    int64_t axis = 0;
    if (mean->n_inputs > 1 && mean->inputs[1] != ASSAY_ABSENT) {
        const struct assay_tensor *axes = &l->tensors[mean->inputs[1]];
        if (!axes->data || assay_dims_count(&axes->dims) != 1)
            return ASSAY_ABSENT;
        axis = assay_integer_at(axes, 0);
    } else if (a && a->n == 1) {
        axis = a->ints[0];
    } else {
        return ASSAY_ABSENT;
    }
    return axis == -1 || axis == rank - 1 ? mean->inputs[0] : ASSAY_ABSENT;
}

/* x, of x - its mean. */
static uint32_t of_difference(const struct assay_lowering *l, uint32_t value)
{
    const struct assay_node *sub = assay_maker(l, value, "Sub");
    return sub && of_mean(l, sub->inputs[1]) == sub->inputs[0] ? sub->inputs[0]
                                                               : ASSAY_ABSENT;
}

/* d, of d^2. */
static uint32_t of_square(const struct assay_lowering *l, uint32_t value)
{
    const struct assay_node *node = assay_maker(l, value, "Mul");
    if (node)
        return node->inputs[0] == node->inputs[1] ? node->inputs[0]
                                                  : ASSAY_ABSENT;
    node = assay_maker(l, value, "Pow");
    return node && assay_is_near(l, node->inputs[1], 2) ? node->inputs[0]
                                                        : ASSAY_ABSENT;
}

/* x and epsilon, of the whole quotient. */
static uint32_t of_quotient(const struct assay_lowering *l,
                            const struct assay_node *div, double *epsilon)
{
    const uint32_t x = of_difference(l, div->inputs[0]);
    const struct assay_node *node = assay_maker(l, div->inputs[1], "Sqrt");
    node = x != ASSAY_ABSENT && node ? assay_maker(l, node->inputs[0], "Add")
                                     : NULL;
    uint32_t value = node ? assay_beside(l, node, true, epsilon) : ASSAY_ABSENT;
    if (value == ASSAY_ABSENT || !(*epsilon >= 0))
        return ASSAY_ABSENT;
    const struct assay_node *mean = assay_maker(l, value, "ReduceMean");
    value = mean ? of_mean(l, value) : ASSAY_ABSENT;
    value = value == ASSAY_ABSENT ? value : of_square(l, value);
    return value != ASSAY_ABSENT && of_difference(l, value) == x ? x
                                                                 : ASSAY_ABSENT;
}

/* The other operand of a node with a constant of `cols` floats. */
static uint32_t beside(const struct assay_lowering *l,
                       const struct assay_node *node, int64_t cols,
                       uint32_t *constant)
{
    for (uint32_t i = 0; node && i < 2; i++) {
        const struct assay_tensor *c = &l->tensors[node->inputs[i]];
        if (c->data && assay_dims_count(&c->dims) == cols && c->dims.rank &&
            c->dims.size[c->dims.rank - 1] == cols &&
            assay_element_is_float(c->element)) {
            *constant = node->inputs[i];
            return node->inputs[!i];
        }
    }
    return ASSAY_ABSENT;
}

static void become(struct assay_lowering *l, struct assay_node *node,
                   const uint32_t *inputs, double epsilon)
{
    struct assay_attribute *a = assay_region_alloc(&l->scratch, 1, sizeof *a);
    if (!a || !assay_become(l, node, &assay_operator_layer_norm, inputs, 3))
        return;
    *a = (struct assay_attribute){
        .name = "epsilon", .type = 'f', .f = (float)epsilon};
    node->attributes = a;
    node->n_attributes = 1;
}

void assay_simplify_norm(struct assay_lowering *l)
{
    for (uint32_t i = l->model->n_nodes; i-- > 0;) {
        struct assay_node *node = &l->nodes[i];
        const struct assay_dims *y = &l->tensors[node->outputs[0]].dims;
        uint32_t inputs[3] = {ASSAY_ABSENT, ASSAY_ABSENT, ASSAY_ABSENT};
        const struct assay_node *div = NULL;
        double epsilon = 0;
        if (y->rank < 1)
            continue;
        const int64_t cols = y->size[y->rank - 1];
        if (strcmp(node->op->name, "Div") == 0 && node->n_inputs == 2)
            div = node;
        if (strcmp(node->op->name, "Add") == 0 && node->n_inputs == 2) {
            uint32_t value = beside(l, node, cols, &inputs[2]);
            const struct assay_node *mul =
                value == ASSAY_ABSENT ? NULL : assay_maker(l, value, "Mul");
            value = beside(l, mul, cols, &inputs[1]);
            div = value == ASSAY_ABSENT ? NULL : assay_maker(l, value, "Div");
        }
        inputs[0] = div ? of_quotient(l, div, &epsilon) : ASSAY_ABSENT;
        if (inputs[0] != ASSAY_ABSENT &&
            assay_dims_equal(&l->tensors[inputs[0]].dims, y))
            become(l, node, inputs, epsilon);
    }
}
