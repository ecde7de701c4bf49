/* SPDX-License-Identifier: Apache-2.0
 *
 * A layer of bytes whose normalized sums are only asked for their signs: it
 * makes bytes of the right sign instead of floats. The sum at which the sign
 * changes is subtracted from the sum, which an output clamped to bytes, with a
 * scale of 1 or -1, keeps the sign of.
 */
#include <stdlib.h>
#include <string.h>

#include "kernels/quantized_table.h"
#include "suites/model/op_sign.h"

/* The largest product of two bytes, the first less its zero point. */
enum { LARGEST = 255 * 128 };

bool assay_lower_sign_alone(const struct assay_lowering *l, uint32_t value)
{
    for (uint32_t i = 0; l->uses[value] == 1 && i < l->model->n_nodes; i++) {
        const struct assay_node *node = &l->nodes[i];
        if (!l->needed[i] || node->n_inputs == 0 || node->inputs[0] != value)
            continue;
        if (node->op == &assay_operator_sign_conv ||
            node->op == &assay_operator_sign_dense)
            return true;
        const bool passes = strcmp(node->op->name, "MaxPool") == 0 ||
                            strcmp(node->op->name, "Flatten") == 0 ||
                            strcmp(node->op->name, "Reshape") == 0;
        if (!passes || node->n_outputs != 1)
            return false;
        value = node->outputs[0];
    }
    return false;
}

/* What channel j makes of a sum: the same roundings as the runs that it
 * replaces. */
struct channel {
    float scale, factor, shift;
};

static bool is_below(const struct channel *c, int64_t acc)
{
    const float v = (float)acc * c->scale;
    const float product = v * c->factor;
    return product + c->shift < 0;
}

/* The least sum of -most to most + 1 with another sign than -most. */
static int64_t threshold_of(const struct channel *c, int64_t most)
{
    const bool first = is_below(c, -most);
    int64_t low = -most, high = most + 1;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (is_below(c, middle) == first)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct assay_quantized *parts_of(struct assay_problem *problem,
                                        int64_t *terms, int64_t **bias)
{
    if (problem->op == ASSAY_OP_DENSE) {
        *terms = problem->as.dense.k;
        *bias = &problem->as.dense.bias;
        return &problem->as.dense.q;
    }
    struct assay_conv2d *c = &problem->as.conv2d;
    *terms = c->r * c->s * (c->c / c->groups);
    *bias = &c->bias;
    return &c->q;
}

bool assay_lower_sign_bytes(struct assay_lowering *l,
                            struct assay_lowered_step *step,
                            const struct assay_node *node, unsigned tensor,
                            int64_t n, const double *factor,
                            const double *shift)
{
    struct assay_problem problem = step->problem;
    int64_t terms = 0, *biased = NULL, most = 0;
    if (problem.dtype != ASSAY_S8 ||
        (problem.op != ASSAY_OP_DENSE && problem.op != ASSAY_OP_CONV2D) ||
        !assay_lower_sign_alone(l, node->outputs[0]))
        return false;
    struct assay_quantized *q = parts_of(&problem, &terms, &biased);
    if (q->wzero)
        return false; /* LARGEST is of weights without a zero point */
    const float *scale = step->constants[ASSAY_QUANTIZED_SCALE];
    const int32_t *bias = step->constants[ASSAY_QUANTIZED_BIAS];
    for (int64_t j = 0; bias && j < n; j++)
        most = llabs(bias[j]) > most ? llabs(bias[j]) : most;
    if (q->out != ASSAY_OUT_F32 || terms > INT32_MAX / (4 * LARGEST) ||
        most > INT32_MAX / 8)
        return false;
    most += terms * LARGEST;
    int32_t *sums = assay_region_alloc(l->kept, (size_t)n, sizeof *sums);
    float *signs = assay_region_alloc(l->kept, (size_t)n, sizeof *signs);
    if (!sums || !signs)
        return false;
    for (int64_t j = 0; j < n; j++) {
        const struct channel c = {scale[j], (float)factor[j], (float)shift[j]};
        const bool first = is_below(&c, -most), last = is_below(&c, most);
        const bool falls = !first && last;
        /* Where the sign never changes: all from 0 up, or all from -1 down. */
        const int64_t zero = first == last ? (first ? most + 1 : -most)
                                           : threshold_of(&c, most) - falls;
        sums[j] = (int32_t)((bias ? bias[j] : 0) - zero);
        signs[j] = falls ? -1 : 1;
    }
    *biased = 1;
    q->out = ASSAY_OUT_S8;
    q->y_zero = 0;
    q->low = -128;
    q->high = 127;
    step->problem = problem;
    step->constants[ASSAY_QUANTIZED_SCALE] = signs;
    step->constants[ASSAY_QUANTIZED_BIAS] = sums;
    l->made->tensor_bytes[tensor] =
        assay_problem_bytes(&problem, assay_problem_output(&problem));
    l->makers[tensor].type = ASSAY_S8;
    return true;
}
