/* SPDX-License-Identifier: Apache-2.0
 *
 * Attention as exporters write it: heads are moved in front of the sequence, a
 * product of queries and transposed keys is scaled, may get a mask, goes
 * through softmax and is multiplied by the values; the heads move back.
 */
#include <math.h>
#include <string.h>

#include "suites/model/simplify.h"

static bool has_perm(const struct assay_node *node, const int64_t *perm,
                     size_t n)
{
    const struct assay_attribute *a = assay_node_find(node, "perm");
    return a && a->n == n && memcmp(a->ints, perm, n * sizeof *perm) == 0;
}

/* The value that a Transpose by `perm` takes; ABSENT: it is not one. */
static uint32_t before(const struct assay_lowering *l, uint32_t value,
                       const int64_t *perm, size_t n)
{
    const struct assay_node *node = assay_maker(l, value, "Transpose");
    return node && has_perm(node, perm, n) ? node->inputs[0] : ASSAY_ABSENT;
}

/* Strip factors that are numbers from a value. */
static uint32_t unscaled(const struct assay_lowering *l, uint32_t value,
                         double *scale)
{
    double number;
    for (;;) {
        const struct assay_node *node = assay_maker(l, value, "Mul");
        const bool divides = !node;
        if (divides)
            node = assay_maker(l, value, "Div");
        const uint32_t next =
            node ? assay_beside(l, node, !divides, &number) : ASSAY_ABSENT;
        if (next == ASSAY_ABSENT ||
            !assay_dims_equal(&l->tensors[next].dims, &l->tensors[value].dims))
            return value;
        *scale *= divides ? 1 / number : number;
        value = next;
    }
}

/* Queries, keys and values of the product with the values; false: no
 * attention. */
static bool match(struct assay_lowering *l, const struct assay_node *product,
                  uint32_t *inputs, double *scale, struct assay_mask *mask)
{
    static const int64_t heads[] = {0, 2, 1, 3}, keys[] = {0, 2, 3, 1};
    static const int64_t last[] = {0, 1, 3, 2}, last3[] = {0, 2, 1};
    const struct assay_node *softmax =
        assay_maker(l, product->inputs[0], "Softmax");
    if (!softmax)
        return false;
    const struct assay_dims *scores = &l->tensors[softmax->inputs[0]].dims;
    const int rank = scores->rank;
    const int64_t axis = assay_node_int(softmax, "axis", -1);
    const struct assay_node *add = assay_maker(l, softmax->inputs[0], "Add");
    uint32_t value = softmax->inputs[0];
    if (rank < 3 || rank > 4 || (axis != -1 && axis != rank - 1) ||
        l->model->opset < 13)
        return false;
    *mask = (struct assay_mask){0};
    for (uint32_t i = 0; add && i < 2; i++)
        if (assay_mask_read(l, add->inputs[!i], scores, mask))
            value = add->inputs[i];
    *scale = 1;
    const struct assay_node *inner =
        assay_maker(l, unscaled(l, value, scale), "MatMul");
    if (!inner)
        return false;
    inputs[0] = unscaled(l, inner->inputs[0], scale);
    inputs[1] = unscaled(l, inner->inputs[1], scale);
    inputs[2] = product->inputs[1];
    if (rank == 3) {
        inputs[1] = before(l, inputs[1], last3, 3);
        return inputs[1] != ASSAY_ABSENT;
    }
    const uint32_t turned = before(l, inputs[1], last, 4);
    inputs[1] = turned == ASSAY_ABSENT
                    ? before(l, inputs[1], keys, 4)
                    : before(l, unscaled(l, turned, scale), heads, 4);
    inputs[0] = before(l, inputs[0], heads, 4);
    inputs[2] = before(l, inputs[2], heads, 4);
    return inputs[0] != ASSAY_ABSENT && inputs[1] != ASSAY_ABSENT &&
           inputs[2] != ASSAY_ABSENT;
}

void assay_simplify_attention(struct assay_lowering *l)
{
    static const int64_t heads[] = {0, 2, 1, 3};
    for (uint32_t i = 0; i < l->model->n_nodes; i++) {
        struct assay_node *node = &l->nodes[i];
        const struct assay_node *product = node;
        const int rank = l->tensors[node->outputs[0]].dims.rank;
        uint32_t inputs[3];
        double scale;
        struct assay_mask mask;
        if (strcmp(node->op->name, "Transpose") == 0 &&
            has_perm(node, heads, 4))
            product = assay_maker(l, node->inputs[0], "MatMul");
        else if (strcmp(node->op->name, "MatMul") != 0 || rank != 3)
            continue;
        if (!product || !match(l, product, inputs, &scale, &mask) ||
            !(scale > 0) || isinf(scale))
            continue;
        node->scale = scale;
        node->mask = mask;
        assay_become(l, node, &assay_operator_attention, inputs, 3);
    }
}
