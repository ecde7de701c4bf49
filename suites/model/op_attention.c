/* SPDX-License-Identifier: Apache-2.0
 *
 * Attention, which simplify_attention.c finds: queries, keys and values
 * [batch][sequence][heads][d], or without heads.
 */
#include "suites/model/lower.h"

static const struct assay_attribute_rule no_rules[] = {{0}};

static enum assay_status attention_lower(struct assay_lowering *l,
                                         const struct assay_node *node)
{
    const struct assay_dims *q = &assay_input(l, node, 0)->dims;
    const struct assay_dims *k = &assay_input(l, node, 1)->dims;
    const struct assay_order plain = assay_order_of(0, 0, 0);
    const bool heads = q->rank == 4;
    struct assay_run run = {0};
    enum assay_status status = ASSAY_OK;
    for (uint32_t i = 0; !status && i < 3; i++)
        status = assay_lower_input(l, node, i, plain, &run.inputs[i]);
    if (status)
        return status;
    assay_problem_init(&run.problem, ASSAY_OP_ATTENTION,
                       assay_lower_type(l, node->inputs[0]));
    struct assay_attention *a = &run.problem.as.attention;
    a->batch = q->size[0];
    a->sq = q->size[1];
    a->skv = k->size[1];
    a->hq = heads ? q->size[2] : 1;
    a->hkv = heads ? k->size[2] : 1;
    a->d = q->size[q->rank - 1];
    a->causal = node->mask.causal;
    a->window = node->mask.window;
    a->block = node->mask.block;
    run.constants[0] = (uint8_t *)node->mask.pattern;
    a->scale = node->scale;
    return assay_lower_run(l, node, &run, plain);
}

const struct assay_operator assay_operator_attention = {
    "Attention", 1,    ASSAY_OPSET_MAX, 3, 3, 1, no_rules,
    NULL,        NULL, attention_lower,
};
