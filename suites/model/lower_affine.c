/* SPDX-License-Identifier: Apache-2.0
 *
 * A scale and a shift for each channel: folded into the run before, or a run of
 * its own.
 */
#include <math.h>

#include "kernels/quantized_table.h"
#include "suites/model/lower.h"

/* Channels of what a run with weights makes, its weights for one of them, the
 * distance of these, and the flag of its bias; 0: no such run. */
static int64_t channels_of(struct assay_problem *problem, int64_t *taps,
                           int64_t *distance, int64_t **bias)
{
    switch (problem->op) {
    case ASSAY_OP_DENSE:
        *taps = problem->as.dense.k;
        *distance = 1;
        *bias = &problem->as.dense.bias;
        return problem->as.dense.n;
    case ASSAY_OP_CONV2D:
        *taps = problem->as.conv2d.r * problem->as.conv2d.s *
                (problem->as.conv2d.c / problem->as.conv2d.groups);
        *distance = 1;
        *bias = &problem->as.conv2d.bias;
        return problem->as.conv2d.k;
    case ASSAY_OP_DEPTHWISE:
        *taps = problem->as.depthwise.r * problem->as.depthwise.s;
        *distance = problem->as.depthwise.c;
        *bias = &problem->as.depthwise.bias;
        return problem->as.depthwise.c;
    default:
        return 0;
    }
}

/* Fold scale and shift into a run's weights and bias. *done stays false if its
 * channels are not those of `shape`. */
static enum assay_status fold(struct assay_lowering *l,
                              struct assay_lowered_step *step,
                              struct assay_order order,
                              struct assay_order shape, const double *scale,
                              const double *shift, bool *done)
{
    int64_t taps = 0, distance = 0, *biased = NULL;
    const int64_t c = channels_of(&step->problem, &taps, &distance, &biased);
    if (c == 0 || c != shape.c ||
        !assay_order_equal(order, assay_order_of(shape.n, shape.c, shape.hw)))
        return ASSAY_OK;
    /* The constants are this lowering's own. */
    float *weights = (float *)step->constants[0];
    float *bias = (float *)step->constants[1];
    if (!bias)
        bias = assay_region_alloc(l->kept, (size_t)c, sizeof *bias);
    if (!bias)
        return ASSAY_NOMEM;
    step->constants[1] = bias;
    *biased = 1;
    for (int64_t i = 0; i < c; i++) {
        float *w = weights + (distance == 1 ? i * taps : i);
        for (int64_t t = 0; t < taps; t++)
            w[t * distance] = (float)((double)w[t * distance] * scale[i]);
        bias[i] = (float)((double)bias[i] * scale[i] + shift[i]);
    }
    *done = true;
    return ASSAY_OK;
}

/* The same of a product of signs that makes floats: its own scales and biases
 * take it. */
static void fold_signs(struct assay_lowered_step *step,
                       struct assay_order order, struct assay_order shape,
                       const double *scale, const double *shift, bool *done)
{
    const struct assay_problem *p = &step->problem;
    const bool dense = p->op == ASSAY_OP_DENSE;
    if (p->dtype != ASSAY_B1 || (!dense && p->op != ASSAY_OP_CONV2D) ||
        (dense ? p->as.dense.n : p->as.conv2d.k) != shape.c ||
        !assay_order_equal(order, assay_order_of(shape.n, shape.c, shape.hw)))
        return;
    /* The constants are this lowering's own. */
    float *s = (float *)step->constants[ASSAY_QUANTIZED_SCALE];
    float *b = (float *)step->constants[ASSAY_QUANTIZED_BIAS];
    for (int64_t i = 0; i < shape.c; i++)
        if (!isnormal((float)((double)s[i] * scale[i])))
            return;
    for (int64_t i = 0; i < shape.c; i++) {
        s[i] = (float)((double)s[i] * scale[i]);
        b[i] = (float)((double)b[i] * scale[i] + shift[i]);
    }
    *done = true;
}

/* Scale and shift as a depthwise convolution of 1x1. */
static enum assay_status append_affine(struct assay_lowering *l,
                                       const struct assay_node *node,
                                       uint32_t i, struct assay_order shape,
                                       const double *scale, const double *shift)
{
    const struct assay_dims *x = &l->tensors[node->inputs[i]].dims;
    const struct assay_order order = assay_order_of(shape.n, shape.c, shape.hw);
    const bool image =
        x->rank == 4 && x->size[0] == shape.n && x->size[1] == shape.c;
    struct assay_run run = {0};
    enum assay_status status =
        assay_lower_input(l, node, i, order, &run.inputs[0]);
    if (status)
        return status;
    assay_problem_init(&run.problem, ASSAY_OP_DEPTHWISE,
                       assay_lower_type(l, node->inputs[i]));
    run.problem.as.depthwise = (struct assay_depthwise){
        .n = image ? shape.n : 1,
        .h = image ? x->size[2] : shape.n,
        .w = image ? x->size[3] : shape.hw,
        .c = shape.c,
        .r = 1,
        .s = 1,
        .stride_h = 1,
        .stride_w = 1,
        .dil_h = 1,
        .dil_w = 1,
        .bias = 1,
    };
    for (int k = 0; k < 2; k++) {
        const double *from = k ? shift : scale;
        float *to = assay_region_alloc(l->kept, (size_t)shape.c, sizeof *to);
        if (!to)
            return ASSAY_NOMEM;
        for (int64_t j = 0; j < shape.c; j++)
            to[j] = (float)from[j];
        run.constants[k] = to;
    }
    return assay_lower_run(l, node, &run, order);
}

static bool is_all(const float *values, int64_t n, float number)
{
    int64_t i = 0;
    while (i < n && !(values[i] < number) && !(values[i] > number))
        i++;
    return i == n;
}

/* The same as a product and a sum, each rounded once: to the bit the same on
 * every device, which a product and sum in one is not. */
static enum assay_status append_exact(struct assay_lowering *l,
                                      const struct assay_node *node, uint32_t i,
                                      struct assay_order shape,
                                      const double *scale, const double *shift)
{
    const struct assay_order order = assay_order_of(shape.n, shape.c, shape.hw);
    const int64_t rows = order.c ? shape.n * shape.hw : shape.n;
    struct assay_lower_binary b = {
        .dims = {1, rows, shape.c, order.c ? 1 : shape.hw},
        .a_has = 15,
        .b_has = 5};
    enum assay_status status = assay_lower_input(l, node, i, order, &b.a);
    for (int k = 0; !status && k < 2; k++) {
        const double *from = k ? shift : scale;
        float *to = assay_region_alloc(l->kept, (size_t)shape.c, sizeof *to);
        if (!to)
            return ASSAY_NOMEM;
        for (int64_t j = 0; j < shape.c; j++)
            to[j] = (float)from[j];
        if (is_all(to, shape.c, k ? 0 : 1))
            continue;
        b.kind = k ? ASSAY_BINARY_ADD : ASSAY_BINARY_MUL;
        status = assay_lower_words(l, to, ASSAY_F32, (size_t)shape.c, &b.b);
        if (!status)
            status = assay_lower_binary(l, node, &b, &b.a);
    }
    return status ? status : assay_lower_put(l, node, 0, b.a, order);
}

enum assay_status assay_lower_affine(struct assay_lowering *l,
                                     const struct assay_node *node, uint32_t i,
                                     struct assay_order shape,
                                     const double *scale, const double *shift)
{
    const uint32_t value = node->inputs[i];
    const struct assay_place place = l->places[value];
    struct assay_lowered_step *step = assay_lower_maker(l, value);
    int64_t taps, distance, *biased;
    bool done = false;
    if (step)
        fold_signs(step, place.order, shape, scale, shift, &done);
    if (step && !done && l->exact &&
        assay_order_equal(place.order,
                          assay_order_of(shape.n, shape.c, shape.hw)) &&
        channels_of(&step->problem, &taps, &distance, &biased) == shape.c)
        done = assay_lower_sign_bytes(l, step, node, place.tensor, shape.c,
                                      scale, shift);
    if (!done)
        step = assay_lower_fusible(l, value);
    if (!done && step) {
        enum assay_status status =
            fold(l, step, place.order, shape, scale, shift, &done);
        if (status)
            return status;
    }
    if (!done && l->exact && assay_lower_type(l, value) == ASSAY_F32)
        return append_exact(l, node, i, shape, scale, shift);
    if (!done)
        return append_affine(l, node, i, shape, scale, shift);
    assay_lower_name(step, node);
    return assay_lower_put(l, node, 0, place.tensor, place.order);
}
