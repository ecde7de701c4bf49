/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/quantized_table.h"
#include "suites/model/lower.h"

struct assay_order assay_order_of(int64_t n, int64_t c, int64_t hw)
{
    if (c <= 1 || hw <= 1)
        return (struct assay_order){0, 0, 0};
    return (struct assay_order){n, c, hw};
}

bool assay_order_equal(struct assay_order a, struct assay_order b)
{
    return a.n == b.n && a.c == b.c && a.hw == b.hw;
}

/* A longer copy of an array that is full. */
bool assay_grow(void **array, size_t *room, size_t used, size_t size)
{
    if (used < *room)
        return true;
    size_t more = *room ? 2 * *room : 16;
    void *longer = reallocarray(*array, more, size);
    if (!longer) {
        assay_fail(ASSAY_NOMEM, "no memory for %zu steps", more);
        return false;
    }
    *array = longer;
    *room = more;
    return true;
}

enum assay_status assay_lower_tensor(struct assay_lowering *l, size_t bytes,
                                     enum assay_dtype type, size_t step,
                                     unsigned *tensor)
{
    struct assay_lowered *made = l->made;
    size_t room = l->tensors_room;
    void *makers = l->makers, *sizes = made->tensor_bytes;
    if (!assay_grow(&makers, &room, made->n_tensors, sizeof *l->makers))
        return ASSAY_NOMEM;
    l->makers = makers;
    if (!assay_grow(&sizes, &l->tensors_room, made->n_tensors,
                    sizeof *made->tensor_bytes))
        return ASSAY_NOMEM;
    made->tensor_bytes = sizes;
    made->tensor_bytes[made->n_tensors] = bytes;
    l->makers[made->n_tensors] = (struct assay_maker){step, type};
    *tensor = (unsigned)made->n_tensors++;
    return ASSAY_OK;
}

void assay_lower_name(struct assay_lowered_step *step,
                      const struct assay_node *node)
{
    if (*node->name)
        assay_text_clean(step->layer, sizeof step->layer, node->name);
    else
        snprintf(step->layer, sizeof step->layer, "%s_%" PRIu32, node->op->name,
                 node->number);
}

/* Ops that move elements without looking at them take any type of their
 * dtype's width, and make the same. */
static bool moves(enum assay_op op)
{
    return op == ASSAY_OP_TRANSPOSE || op == ASSAY_OP_CONCAT ||
           op == ASSAY_OP_SLICE || op == ASSAY_OP_PAD || op == ASSAY_OP_GATHER;
}

enum assay_dtype assay_lower_mover(enum assay_dtype type)
{
    return assay_dtype_bytes(type) == 4   ? ASSAY_F32
           : assay_dtype_bytes(type) == 2 ? ASSAY_F16
                                          : ASSAY_S8;
}

static bool takes(const struct assay_problem *problem, unsigned input,
                  enum assay_dtype type)
{
    const enum assay_dtype want = assay_problem_type(problem, input);
    return want == type || (moves(problem->op) && want == problem->dtype &&
                            want == assay_lower_mover(type));
}

static enum assay_status new_step(struct assay_lowering *l,
                                  const struct assay_node *node,
                                  const struct assay_run *run, unsigned *tensor)
{
    const struct assay_op_info *info = assay_op_info(run->problem.op);
    struct assay_lowered *made = l->made;
    void *steps = made->steps;
    if (assay_problem_check(&run->problem))
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "no kernel for it: %s", assay_message());
    for (unsigned i = 0; i < info->inputs; i++) {
        const size_t bytes = assay_problem_bytes(&run->problem, i);
        if (bytes == 0)
            continue; /* absent */
        if (!takes(&run->problem, i, l->makers[run->inputs[i]].type))
            return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                                   "its kernel does not take the type of its "
                                   "input");
        const bool unread = run->problem.op == ASSAY_OP_CONCAT &&
                            run->problem.as.concat.n[i] == 0;
        if (bytes != made->tensor_bytes[run->inputs[i]] && !unread)
            return assay_node_fail(l->model, node, ASSAY_INVALID,
                                   "its kernel reads %zu bytes of %zu", bytes,
                                   made->tensor_bytes[run->inputs[i]]);
    }
    if (!assay_grow(&steps, &l->steps_room, made->n_steps, sizeof *made->steps))
        return ASSAY_NOMEM;
    made->steps = steps;
    const unsigned output = assay_problem_output(&run->problem);
    const enum assay_dtype type =
        moves(run->problem.op) ? l->makers[run->inputs[0]].type
                               : assay_problem_type(&run->problem, output);
    unsigned result = 0;
    enum assay_status status =
        assay_lower_tensor(l, assay_problem_bytes(&run->problem, output), type,
                           made->n_steps, &result);
    if (status)
        return status;
    struct assay_lowered_step *step = &made->steps[made->n_steps++];
    *step = (struct assay_lowered_step){.problem = run->problem};
    for (unsigned i = 0; i < info->constants; i++)
        step->constants[i] = run->constants[i];
    for (unsigned i = 0; i < info->inputs; i++)
        step->tensors[i] = run->inputs[i];
    step->tensors[info->inputs] = result;
    assay_lower_name(step, node);
    *tensor = result; /* may be one of run's inputs */
    return ASSAY_OK;
}

/* Transpose between the order that means [n][c][hw] and the one that lies as
 * [n][hw][c]. */
static enum assay_status convert(struct assay_lowering *l,
                                 const struct assay_node *node, unsigned from,
                                 struct assay_order order, bool to_plain,
                                 unsigned *tensor)
{
    struct assay_run run = {.inputs = {from}};
    assay_problem_init(&run.problem, ASSAY_OP_TRANSPOSE,
                       assay_lower_mover(l->makers[from].type));
    run.problem.as.transpose = (struct assay_transpose){
        .d = {order.n, to_plain ? order.hw : order.c,
              to_plain ? order.c : order.hw, 1, 1, 1},
        .p = {0, 2, 1, 3, 4, 5},
    };
    return new_step(l, node, &run, tensor);
}

enum assay_status assay_lower_value(struct assay_lowering *l,
                                    const struct assay_node *node,
                                    uint32_t value, struct assay_order order,
                                    unsigned *tensor)
{
    struct assay_place *place = &l->places[value];
    enum assay_status status = ASSAY_OK;
    *tensor = place->tensor;
    if (assay_order_equal(place->order, order))
        return ASSAY_OK;
    if (place->twice && assay_order_equal(place->other_order, order)) {
        *tensor = place->other;
        return ASSAY_OK;
    }
    if (place->order.c)
        status = convert(l, node, *tensor, place->order, true, tensor);
    if (!status && order.c)
        status = convert(l, node, *tensor, order, false, tensor);
    place->twice = true;
    place->other = *tensor;
    place->other_order = order;
    return status;
}

/* Indices of Gather are integers on the device, too. */
static bool is_index(const struct assay_lowering *l, uint32_t value)
{
    const enum assay_element element = l->tensors[value].element;
    if (element != ASSAY_ELEMENT_INT32 && element != ASSAY_ELEMENT_INT64)
        return false;
    for (uint32_t i = 0; i < l->model->n_nodes; i++)
        if (l->nodes[i].n_inputs > 1 && l->nodes[i].inputs[1] == value &&
            strcmp(l->nodes[i].op->name, "Gather") == 0)
            return true;
    return false;
}

enum assay_dtype assay_lower_type(const struct assay_lowering *l,
                                  uint32_t value)
{
    if (l->places[value].there)
        return l->makers[l->places[value].tensor].type;
    const enum assay_element element = l->tensors[value].element;
    if (is_index(l, value))
        return ASSAY_S32;
    return element == ASSAY_ELEMENT_FLOAT16 ? ASSAY_F16
           : assay_element_is_byte(element) ? ASSAY_S8
                                            : ASSAY_F32;
}

enum assay_status assay_lower_input(struct assay_lowering *l,
                                    const struct assay_node *node, uint32_t i,
                                    struct assay_order order, unsigned *tensor)
{
    const uint32_t value = node->inputs[i];
    enum assay_status status = ASSAY_OK;
    if (!l->places[value].there)
        status = assay_lower_constant(l, node, value);
    if (!status && l->places[value].wide)
        status = assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                                 "of integers that may have left their type "
                                 "is not supported");
    return status ? status : assay_lower_value(l, node, value, order, tensor);
}

static void put(struct assay_lowering *l, uint32_t value, unsigned tensor,
                struct assay_order order, bool exclusive)
{
    l->places[value] = (struct assay_place){
        .there = true,
        .exclusive = exclusive && l->uses[value] == 1,
        .tensor = tensor,
        .order = order,
    };
}

enum assay_status assay_lower_step(struct assay_lowering *l,
                                   const struct assay_node *node,
                                   const struct assay_run *run,
                                   unsigned *tensor)
{
    return new_step(l, node, run, tensor);
}

enum assay_status assay_lower_turn(struct assay_lowering *l,
                                   const struct assay_node *node, int64_t rows,
                                   int64_t cols, unsigned *tensor)
{
    return convert(l, node, *tensor, (struct assay_order){1, rows, cols}, false,
                   tensor);
}

enum assay_status assay_lower_put(struct assay_lowering *l,
                                  const struct assay_node *node, uint32_t i,
                                  unsigned tensor, struct assay_order order)
{
    const struct assay_dims *dims = &l->tensors[node->outputs[i]].dims;
    const size_t bytes = ((size_t)assay_dims_count(dims) *
                              assay_dtype_bytes(l->makers[tensor].type) +
                          3) &
                         ~(size_t)3;
    if (l->made->tensor_bytes[tensor] != bytes)
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "its kernel writes %zu bytes, its shape has "
                               "%" PRId64 " elements",
                               l->made->tensor_bytes[tensor],
                               assay_dims_count(dims));
    put(l, node->outputs[i], tensor, order, true);
    return ASSAY_OK;
}

enum assay_status assay_lower_run(struct assay_lowering *l,
                                  const struct assay_node *node,
                                  const struct assay_run *run,
                                  struct assay_order order)
{
    unsigned tensor;
    enum assay_status status = new_step(l, node, run, &tensor);
    return status ? status : assay_lower_put(l, node, 0, tensor, order);
}

enum assay_status assay_lower_rename(struct assay_lowering *l,
                                     const struct assay_node *node,
                                     unsigned tensor, struct assay_order order)
{
    const struct assay_place *from = &l->places[node->inputs[0]];
    put(l, node->outputs[0], tensor, order,
        from->exclusive && tensor == from->tensor);
    return ASSAY_OK;
}

enum assay_status assay_lower_alias(struct assay_lowering *l,
                                    const struct assay_node *node)
{
    const uint32_t from = node->inputs[0];
    unsigned tensor;
    enum assay_status status =
        assay_lower_input(l, node, 0, l->places[from].order, &tensor);
    if (status)
        return status;
    return assay_lower_rename(l, node, tensor, l->places[from].order);
}

enum assay_status assay_lower_rotate(struct assay_lowering *l,
                                     const struct assay_node *node,
                                     struct assay_order shape, unsigned *tensor,
                                     struct assay_order *order)
{
    const struct assay_order now = assay_order_of(shape.n, shape.c, shape.hw);
    enum assay_status status = ASSAY_OK;
    if (now.c && assay_order_equal(*order, now)) {
        *order = assay_order_of(0, 0, 0);
        return ASSAY_OK;
    }
    if (order->c)
        status = convert(l, node, *tensor, *order, true, tensor);
    /* [n][rows][cols] that lies as it means is, transposed, [n][cols][rows]
     * that lies as [n][rows][cols]. */
    *order = assay_order_of(shape.n, shape.hw, shape.c);
    return status;
}

static int64_t *act_of(struct assay_problem *problem)
{
    switch (problem->op) {
    case ASSAY_OP_DENSE:
        return &problem->as.dense.act;
    case ASSAY_OP_CONV2D:
        return &problem->as.conv2d.act;
    case ASSAY_OP_DEPTHWISE:
        return &problem->as.depthwise.act;
    case ASSAY_OP_LOWRANK:
        return &problem->as.lowrank.act;
    case ASSAY_OP_BINARY:
        return &problem->as.binary.act;
    default:
        return NULL;
    }
}

struct assay_lowered_step *assay_lower_maker(struct assay_lowering *l,
                                             uint32_t value)
{
    const struct assay_place *place = &l->places[value];
    if (!place->there || !place->exclusive ||
        l->makers[place->tensor].step == SIZE_MAX)
        return NULL;
    return &l->made->steps[l->makers[place->tensor].step];
}

struct assay_lowered_step *assay_lower_fusible(struct assay_lowering *l,
                                               uint32_t value)
{
    struct assay_lowered_step *step = assay_lower_maker(l, value);
    if (!step)
        return NULL;
    if (step->problem.dtype != ASSAY_F32 && step->problem.dtype != ASSAY_F16)
        return NULL;
    const int64_t *act = act_of(&step->problem);
    return act && *act == ASSAY_ACT_NONE ? step : NULL;
}

enum assay_status assay_lower_act(struct assay_lowering *l,
                                  const struct assay_node *node,
                                  enum assay_act act)
{
    const uint32_t value = node->inputs[0];
    struct assay_lowered_step *step = assay_lower_fusible(l, value);
    if (step) {
        *act_of(&step->problem) = act;
        assay_lower_name(step, node);
        return assay_lower_alias(l, node);
    }
    return assay_lower_function(l, node, &(struct assay_unary){.act = act});
}

enum assay_status assay_lower_function(struct assay_lowering *l,
                                       const struct assay_node *node,
                                       const struct assay_unary *function)
{
    const uint32_t value = node->inputs[0];
    const struct assay_order order = l->places[value].order;
    struct assay_run run = {0};
    enum assay_status status =
        assay_lower_input(l, node, 0, order, &run.inputs[0]);
    if (status)
        return status;
    assay_problem_init(&run.problem, ASSAY_OP_UNARY,
                       assay_lower_type(l, value));
    struct assay_unary *u = &run.problem.as.unary;
    u->n = assay_dims_count(&l->tensors[value].dims);
    u->act = function->act;
    if (function->act >= ASSAY_ACTS) {
        u->alpha = function->alpha;
        u->beta = function->beta;
        u->low = function->low;
        u->high = function->high;
    }
    return assay_lower_run(l, node, &run, order);
}

enum assay_status assay_lower_lowrank(struct assay_lowering *l,
                                      const struct assay_node *node,
                                      float *weights, float *bias, int64_t n,
                                      unsigned *tensor)
{
    struct assay_lowered_step *step = assay_lower_fusible(l, node->inputs[0]);
    if (!step || step->problem.op != ASSAY_OP_DENSE ||
        step->problem.dtype != ASSAY_F32 || step->problem.as.dense.bias)
        return ASSAY_OK;
    const struct assay_dense d = step->problem.as.dense;
    if (d.n * (n + d.k) >= n * d.k)
        return ASSAY_OK;
    struct assay_problem problem;
    assay_problem_init(&problem, ASSAY_OP_LOWRANK, ASSAY_F32);
    problem.as.lowrank.m = d.m;
    problem.as.lowrank.n = n;
    problem.as.lowrank.k = d.k;
    problem.as.lowrank.r = d.n;
    problem.as.lowrank.bias = bias != NULL;
    if (assay_problem_check(&problem))
        return ASSAY_OK;
    const unsigned thin = step->tensors[1];
    unsigned result = 0;
    enum assay_status status =
        assay_lower_tensor(l, (size_t)(d.m * n) * sizeof(float), ASSAY_F32,
                           l->makers[thin].step, &result);
    if (status)
        return status;
    l->made->tensor_bytes[thin] = 0; /* within the kernel now */
    step->problem = problem;
    step->constants[1] = weights;
    step->constants[2] = bias;
    step->tensors[1] = result;
    assay_lower_name(step, node);
    *tensor = result;
    return ASSAY_OK;
}
