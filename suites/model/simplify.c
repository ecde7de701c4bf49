/* SPDX-License-Identifier: Apache-2.0
 *
 * GELU, which exporters write as x * 0.5 * (1 + Erf(x / sqrt 2)), or with Tanh
 * in place of Erf, the factors in any order.
 */
#include <math.h>
#include <string.h>

#include "kernels/half.h"
#include "suites/model/simplify.h"

const struct assay_node *assay_maker_of_any(const struct assay_lowering *l,
                                            uint32_t value)
{
    const uint32_t node = l->model->values[value].node;
    return node == ASSAY_ABSENT ? NULL : &l->nodes[node];
}

const struct assay_node *assay_maker(const struct assay_lowering *l,
                                     uint32_t value, const char *op)
{
    const struct assay_node *node = assay_maker_of_any(l, value);
    if (!node || l->tensors[value].data || strcmp(node->op->name, op) != 0)
        return NULL;
    return node;
}

bool assay_is_number(const struct assay_lowering *l, uint32_t value,
                     double *number)
{
    const struct assay_tensor *x = &l->tensors[value];
    if (!x->data || assay_dims_count(&x->dims) != 1 ||
        !assay_element_is_float(x->element))
        return false;
    *number = x->element == ASSAY_ELEMENT_FLOAT
                  ? (double)*(const float *)x->data
                  : (double)assay_half_to_float(*(const uint16_t *)x->data);
    return true;
}

bool assay_is_near(const struct assay_lowering *l, uint32_t value,
                   double number)
{
    double is;
    /* Half of f16's precision where the model is of f16. */
    const double allowed =
        l->tensors[value].element == ASSAY_ELEMENT_FLOAT16 ? 1e-3 : 1e-6;
    return assay_is_number(l, value, &is) &&
           fabs(is - number) <= allowed * fabs(number);
}

uint32_t assay_beside(const struct assay_lowering *l,
                      const struct assay_node *node, bool exchange,
                      double *number)
{
    if (assay_is_number(l, node->inputs[1], number))
        return node->inputs[0];
    if (exchange && assay_is_number(l, node->inputs[0], number))
        return node->inputs[1];
    return ASSAY_ABSENT;
}

bool assay_become(struct assay_lowering *l, struct assay_node *node,
                  const struct assay_operator *op, const uint32_t *inputs,
                  uint32_t n_inputs)
{
    uint32_t *copy = assay_region_alloc(&l->scratch, n_inputs, sizeof *copy);
    if (!copy)
        return false;
    memcpy(copy, inputs, n_inputs * sizeof *copy);
    node->op = op;
    node->inputs = copy;
    node->n_inputs = n_inputs;
    return true;
}

int assay_readers(const struct assay_lowering *l, uint32_t value)
{
    int n = 0;
    for (uint32_t i = 0; i < l->model->n_nodes; i++)
        for (uint32_t j = 0; j < l->nodes[i].n_inputs; j++)
            n += l->nodes[i].inputs[j] == value;
    for (uint32_t i = 0; i < l->model->n_outputs; i++)
        n += l->model->outputs[i] == value;
    return n;
}

/* The other operand of a node one operand of which is `number`. */
static uint32_t beside(const struct assay_lowering *l,
                       const struct assay_node *node, double number,
                       bool exchange)
{
    if (assay_is_near(l, node->inputs[1], number))
        return node->inputs[0];
    if (exchange && assay_is_near(l, node->inputs[0], number))
        return node->inputs[1];
    return ASSAY_ABSENT;
}

/* x of 1 + Erf(x / sqrt 2). */
static uint32_t of_erf(const struct assay_lowering *l, uint32_t value)
{
    const struct assay_node *node = assay_maker(l, value, "Add");
    uint32_t next = node ? beside(l, node, 1, true) : ASSAY_ABSENT;
    node = next != ASSAY_ABSENT ? assay_maker(l, next, "Erf") : NULL;
    if (!node)
        return ASSAY_ABSENT;
    next = node->inputs[0];
    if ((node = assay_maker(l, next, "Div")))
        return beside(l, node, sqrt(2), false);
    if ((node = assay_maker(l, next, "Mul")))
        return beside(l, node, sqrt(0.5), true);
    return ASSAY_ABSENT;
}

/* x of x^3. */
static uint32_t of_cube(const struct assay_lowering *l, uint32_t value)
{
    const struct assay_node *node = assay_maker(l, value, "Pow");
    if (node)
        return assay_is_near(l, node->inputs[1], 3) ? node->inputs[0]
                                                    : ASSAY_ABSENT;
    node = assay_maker(l, value, "Mul");
    for (uint32_t i = 0; node && i < 2; i++) {
        const struct assay_node *square =
            assay_maker(l, node->inputs[i], "Mul");
        if (square && square->inputs[0] == node->inputs[!i] &&
            square->inputs[1] == node->inputs[!i])
            return node->inputs[!i];
    }
    return ASSAY_ABSENT;
}

/* x of 1 + Tanh(sqrt(2/pi) (x + 0.044715 x^3)). */
static uint32_t of_tanh(const struct assay_lowering *l, uint32_t value)
{
    const struct assay_node *node = assay_maker(l, value, "Add");
    uint32_t next = node ? beside(l, node, 1, true) : ASSAY_ABSENT;
    node = next != ASSAY_ABSENT ? assay_maker(l, next, "Tanh") : NULL;
    node = node ? assay_maker(l, node->inputs[0], "Mul") : NULL;
    next = node ? beside(l, node, 0.7978845608028654, true) : ASSAY_ABSENT;
    node = next != ASSAY_ABSENT ? assay_maker(l, next, "Add") : NULL;
    for (uint32_t i = 0; node && i < 2; i++) {
        const struct assay_node *mul = assay_maker(l, node->inputs[i], "Mul");
        next = mul ? beside(l, mul, 0.044715, true) : ASSAY_ABSENT;
        if (next != ASSAY_ABSENT && of_cube(l, next) == node->inputs[!i])
            return node->inputs[!i];
    }
    return ASSAY_ABSENT;
}

typedef uint32_t inner_function(const struct assay_lowering *l, uint32_t value);

/* x, if the three factors are x, 1/2 and the inner function of x. */
static uint32_t of_factors(const struct assay_lowering *l,
                           const uint32_t *factors, inner_function *of_inner)
{
    for (int i = 0; i < 3; i++) {
        const uint32_t a = factors[(i + 1) % 3], b = factors[(i + 2) % 3];
        const uint32_t x = of_inner(l, factors[i]);
        if (x == ASSAY_ABSENT)
            continue;
        if ((a == x && assay_is_near(l, b, 0.5)) ||
            (b == x && assay_is_near(l, a, 0.5)))
            return x;
    }
    return ASSAY_ABSENT;
}

static uint32_t of_gelu(const struct assay_lowering *l,
                        const struct assay_node *node, inner_function *of_inner)
{
    for (uint32_t i = 0; i < 2; i++) {
        const struct assay_node *inner = assay_maker(l, node->inputs[i], "Mul");
        if (!inner)
            continue;
        const uint32_t factors[3] = {inner->inputs[0], inner->inputs[1],
                                     node->inputs[!i]};
        const uint32_t x = of_factors(l, factors, of_inner);
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
        uint32_t x = of_gelu(l, node, of_erf);
        if (x != ASSAY_ABSENT)
            assay_become(l, node, &assay_operator_gelu, &x, 1);
        else if ((x = of_gelu(l, node, of_tanh)) != ASSAY_ABSENT)
            assay_become(l, node, &assay_operator_gelu_tanh, &x, 1);
    }
    assay_simplify_norm(l);
    assay_simplify_attention(l);
    assay_simplify_dropout(l);
    assay_simplify_sign(l);
    assay_simplify_qdq(l);
}
