/* SPDX-License-Identifier: Apache-2.0
 *
 * Dropout. In training mode the mask is that of kernels/dropout/dropout.h: it
 * follows from the seed and an element's place in the tensor as ONNX means it,
 * so it is the same in every call, and an image's depends on the batch and the
 * image's place in there. The seed is the attribute, or the node's number in
 * the file.
 */
#include <string.h>

#include "suites/model/simplify.h"

static const struct assay_attribute_rule rules[] = {
    {"ratio", 'f'}, {"seed", 'i'}, {0}};

/* Whether the node is in training mode, and its ratio. */
static enum assay_status read_mode(const struct assay_lowering *l,
                                   const struct assay_node *node,
                                   bool *training, double *ratio)
{
    const struct assay_tensor *mode = assay_input(l, node, 2);
    *training = false;
    *ratio = 0.5;
    if (!mode)
        return ASSAY_OK;
    if (!mode->data || assay_dims_count(&mode->dims) != 1 ||
        mode->element != ASSAY_ELEMENT_BOOL)
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "its training mode is not one constant");
    *training = *(const uint8_t *)mode->data != 0;
    if (!*training || !assay_input(l, node, 1))
        return ASSAY_OK;
    if (!assay_is_number(l, node->inputs[1], ratio))
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "its ratio is not one constant float");
    if (!(*ratio >= 0 && *ratio < 1))
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "its ratio is %g; it must be 0 to below 1",
                               *ratio);
    return ASSAY_OK;
}

static enum assay_status infer(struct assay_lowering *l,
                               const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    bool training;
    double ratio;
    enum assay_status status = read_mode(l, node, &training, &ratio);
    if (!status && training && ratio > 0 && l->numpy)
        status = assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                                 "is in training mode, with a mask of NumPy's "
                                 "random numbers; export the model for "
                                 "inference");
    if (!status && training && ratio > 0 && assay_output_used(l, node, 1))
        status = assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                                 "its mask is used, which is not supported in "
                                 "training mode");
    if (!status)
        status = assay_infer(l, node, x->element, &x->dims);
    if (!status)
        status = assay_infer_output(l, node, 1, ASSAY_ELEMENT_BOOL, &x->dims);
    if (status || !assay_output_used(l, node, 1))
        return status;
    uint8_t *mask = assay_fold_output(l, node, 1);
    if (mask)
        memset(mask, 1, (size_t)assay_dims_count(&x->dims));
    return mask ? ASSAY_OK : ASSAY_NOMEM;
}

static enum assay_status fold(struct assay_lowering *l,
                              const struct assay_node *node)
{
    bool training;
    double ratio;
    enum assay_status status = read_mode(l, node, &training, &ratio);
    if (status || (training && ratio > 0))
        return status; /* lowered like any other */
    return assay_fold_copy(l, node);
}

static enum assay_status lower(struct assay_lowering *l,
                               const struct assay_node *node)
{
    const struct assay_order plain = assay_order_of(0, 0, 0);
    struct assay_run run = {0};
    bool training;
    double ratio;
    enum assay_status status = read_mode(l, node, &training, &ratio);
    if (!status && !(training && ratio > 0))
        return assay_lower_alias(l, node);
    if (!status)
        status = assay_lower_input(l, node, 0, plain, &run.inputs[0]);
    if (status)
        return status;
    assay_problem_init(&run.problem, ASSAY_OP_DROPOUT,
                       assay_lower_type(l, node->inputs[0]));
    struct assay_dropout *d = &run.problem.as.dropout;
    d->n = assay_dims_count(&assay_input(l, node, 0)->dims);
    d->rate = ratio;
    d->seed = assay_node_int(node, "seed", node->number);
    d->samples = node->samples > 1 ? node->samples : 1;
    return assay_lower_run(l, node, &run, plain);
}

/* Samples lie one behind the other, and each begins with a whole counter. */
enum { TOGETHER = 8 };

/* Dropout of T copies is T samples of Dropout of one. */
void assay_simplify_dropout(struct assay_lowering *l)
{
    for (uint32_t i = 0; i < l->model->n_nodes; i++) {
        struct assay_node *node = &l->nodes[i];
        bool training, same = true;
        double ratio;
        if (strcmp(node->op->name, "Dropout") != 0 ||
            read_mode(l, node, &training, &ratio) || !training || !(ratio > 0))
            continue;
        const struct assay_node *copies =
            assay_maker(l, node->inputs[0], "Concat");
        for (uint32_t j = 1; copies && j < copies->n_inputs; j++)
            same = same && copies->inputs[j] == copies->inputs[0];
        if (!copies || !same || assay_node_int(copies, "axis", 0) != 0 ||
            assay_dims_count(&l->tensors[copies->inputs[0]].dims) % TOGETHER)
            continue;
        const uint32_t inputs[3] = {copies->inputs[0], node->inputs[1],
                                    node->inputs[2]};
        if (assay_become(l, node, node->op, inputs, 3))
            node->samples = copies->n_inputs;
    }
}

const struct assay_operator assay_operators_dropout[] = {
    {"Dropout", 7, 11, 1, 1, 2, rules, infer, fold, lower},
    {"Dropout", 12, ASSAY_OPSET_MAX, 1, 3, 2, rules, infer, fold, lower},
    {0},
};
