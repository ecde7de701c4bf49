/* SPDX-License-Identifier: Apache-2.0
 *
 * Binarized layers: signs times weights that differ only in sign within each
 * output channel. The kernels count 0 as +1, where Sign gives 0: a model that
 * is to mean the same everywhere keeps zeros out of Sign.
 */
#include <math.h>
#include <string.h>

#include "suites/model/op_sign.h"
#include "suites/model/simplify.h"

/* Element i of channel j is at j * over + i * along. */
static bool is_binary(const struct assay_lowering *l, uint32_t value, int64_t n,
                      int64_t terms, int64_t over, int64_t along)
{
    const struct assay_tensor *w = &l->tensors[value];
    const float *values = w->data;
    if (!w->data || w->element != ASSAY_ELEMENT_FLOAT)
        return false;
    for (int64_t j = 0; j < n; j++) {
        const float size = fabsf(values[j * over]);
        if (!isnormal(size))
            return false;
        for (int64_t i = 1; i < terms; i++) {
            const float other = fabsf(values[j * over + i * along]);
            if (other < size || other > size)
                return false;
        }
    }
    return true;
}

/* A constant bias, or none. */
static bool is_bias(const struct assay_lowering *l,
                    const struct assay_node *node, int64_t n)
{
    if (node->n_inputs < 3 || node->inputs[2] == ASSAY_ABSENT)
        return true;
    const struct assay_tensor *b = &l->tensors[node->inputs[2]];
    return b->data && b->element == ASSAY_ELEMENT_FLOAT &&
           assay_dims_count(&b->dims) == n &&
           (b->dims.rank == 0 || b->dims.size[b->dims.rank - 1] == n);
}

static bool fits(const struct assay_lowering *l, const struct assay_node *node)
{
    const struct assay_dims *w = &l->tensors[node->inputs[1]].dims;
    const char *op = node->op->name;
    if (strcmp(op, "Conv") == 0) {
        const int64_t terms = assay_dims_product(w, 1, w->rank);
        return w->rank == 4 && w->size[1] % 32 == 0 &&
               is_bias(l, node, w->size[0]) &&
               is_binary(l, node->inputs[1], w->size[0], terms, terms, 1);
    }
    const bool gemm = strcmp(op, "Gemm") == 0;
    if ((!gemm && strcmp(op, "MatMul") != 0) || w->rank != 2)
        return false;
    const bool turned = gemm && assay_node_int(node, "transB", 0);
    const double alpha = (double)assay_node_float(node, "alpha", 1);
    const double beta = (double)assay_node_float(node, "beta", 1);
    const int64_t n = w->size[turned ? 0 : 1], k = w->size[turned ? 1 : 0];
    return k % 32 == 0 && !assay_node_int(node, "transA", 0) && !(alpha < 1) &&
           !(alpha > 1) && !(beta < 1) && !(beta > 1) && is_bias(l, node, n) &&
           is_binary(l, node->inputs[1], n, k, turned ? k : 1, turned ? 1 : n);
}

/* The value whose signs make `value`; a change of the shape in between is made
 * before the signs are taken, if only this node sees it. */
static uint32_t of_signs(struct assay_lowering *l, uint32_t value)
{
    const struct assay_node *sign = assay_maker(l, value, "Sign");
    if (sign)
        return sign->inputs[0];
    const uint32_t maker = l->model->values[value].node;
    if (maker == ASSAY_ABSENT || assay_readers(l, value) != 1)
        return ASSAY_ABSENT;
    struct assay_node *shape = &l->nodes[maker];
    if ((strcmp(shape->op->name, "Flatten") != 0 &&
         strcmp(shape->op->name, "Reshape") != 0) ||
        !(sign = assay_maker(l, shape->inputs[0], "Sign")))
        return ASSAY_ABSENT;
    const uint32_t inputs[2] = {sign->inputs[0],
                                shape->inputs[shape->n_inputs - 1]};
    return assay_become(l, shape, shape->op, inputs, shape->n_inputs)
               ? value
               : ASSAY_ABSENT;
}

void assay_simplify_sign(struct assay_lowering *l)
{
    for (uint32_t i = 0; i < l->model->n_nodes; i++) {
        struct assay_node *node = &l->nodes[i];
        if (node->n_inputs < 2 || node->inputs[0] == ASSAY_ABSENT ||
            node->inputs[1] == ASSAY_ABSENT ||
            l->tensors[node->inputs[0]].element != ASSAY_ELEMENT_FLOAT ||
            !fits(l, node))
            continue;
        const uint32_t x = of_signs(l, node->inputs[0]);
        if (x == ASSAY_ABSENT)
            continue;
        const bool conv = strcmp(node->op->name, "Conv") == 0;
        const uint32_t inputs[3] = {x, node->inputs[1],
                                    node->n_inputs > 2 ? node->inputs[2]
                                                       : ASSAY_ABSENT};
        l->exact = true;
        node->transposed = strcmp(node->op->name, "Gemm") == 0 &&
                           assay_node_int(node, "transB", 0);
        assay_become(l, node,
                     conv ? &assay_operator_sign_conv
                          : &assay_operator_sign_dense,
                     inputs, 3);
    }
}
