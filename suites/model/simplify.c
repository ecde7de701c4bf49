/* SPDX-License-Identifier: Apache-2.0
 *
 * Patterns of nodes that stand for one operator. Today: GELU, which exporters
 * write as x * 0.5 * (1 + Erf(x / sqrt 2)), the factors in any order. Nodes
 * that nothing needs any more are left out later.
 */
#include <math.h>
#include <string.h>

#include "suites/model/lower.h"

static const struct assay_node *maker(const struct assay_lowering *l,
                                      uint32_t value, const char *op)
{
    const uint32_t node = l->model->values[value].node;
    if (node == ASSAY_ABSENT || l->tensors[value].data ||
        strcmp(l->nodes[node].op->name, op) != 0)
        return NULL;
    return &l->nodes[node];
}

/* Whether a value is one constant number, close to `number`. */
static bool is_number(const struct assay_lowering *l, uint32_t value,
                      double number)
{
    const struct assay_tensor *x = &l->tensors[value];
    return x->data && x->element == ASSAY_ELEMENT_FLOAT &&
           assay_dims_count(&x->dims) == 1 &&
           fabs((double)*(const float *)x->data - number) <=
               1e-6 * fabs(number);
}

/* The other operand of a node one operand of which is `number`. */
static uint32_t beside(const struct assay_lowering *l,
                       const struct assay_node *node, double number,
                       bool exchange)
{
    if (is_number(l, node->inputs[1], number))
        return node->inputs[0];
    if (exchange && is_number(l, node->inputs[0], number))
        return node->inputs[1];
    return ASSAY_ABSENT;
}

/* x of 1 + Erf(x / sqrt 2). */
static uint32_t of_erf(const struct assay_lowering *l, uint32_t value)
{
    const struct assay_node *node = maker(l, value, "Add");
    uint32_t next = node ? beside(l, node, 1, true) : ASSAY_ABSENT;
    node = next != ASSAY_ABSENT ? maker(l, next, "Erf") : NULL;
    if (!node)
        return ASSAY_ABSENT;
    next = node->inputs[0];
    if ((node = maker(l, next, "Div")))
        return beside(l, node, sqrt(2), false);
    if ((node = maker(l, next, "Mul")))
        return beside(l, node, sqrt(0.5), true);
    return ASSAY_ABSENT;
}

/* x, if the three factors are x, 1/2 and 1 + Erf(x / sqrt 2). */
static uint32_t of_factors(const struct assay_lowering *l,
                           const uint32_t *factors)
{
    for (int i = 0; i < 3; i++) {
        const uint32_t a = factors[(i + 1) % 3], b = factors[(i + 2) % 3];
        const uint32_t x = of_erf(l, factors[i]);
        if (x == ASSAY_ABSENT)
            continue;
        if ((a == x && is_number(l, b, 0.5)) ||
            (b == x && is_number(l, a, 0.5)))
            return x;
    }
    return ASSAY_ABSENT;
}

static uint32_t of_gelu(const struct assay_lowering *l,
                        const struct assay_node *node)
{
    for (uint32_t i = 0; i < 2; i++) {
        const struct assay_node *inner = maker(l, node->inputs[i], "Mul");
        if (!inner)
            continue;
        const uint32_t factors[3] = {inner->inputs[0], inner->inputs[1],
                                     node->inputs[!i]};
        const uint32_t x = of_factors(l, factors);
        if (x != ASSAY_ABSENT &&
            assay_dims_equal(&l->tensors[x].dims,
                             &l->tensors[node->outputs[0]].dims))
            return x;
    }
    return ASSAY_ABSENT;
}

void assay_simplify(struct assay_lowering *l)
{
    for (uint32_t i = 0; i < l->model->n_nodes; i++) {
        struct assay_node *node = &l->nodes[i];
        if (strcmp(node->op->name, "Mul") != 0)
            continue;
        const uint32_t x = of_gelu(l, node);
        if (x == ASSAY_ABSENT)
            continue;
        uint32_t *inputs = assay_region_alloc(&l->scratch, 1, sizeof *inputs);
        if (!inputs)
            return; /* the budget is spent: what needs more will say so */
        *inputs = x;
        node->op = &assay_operator_gelu;
        node->inputs = inputs;
        node->n_inputs = 1;
    }
}
