/* SPDX-License-Identifier: Apache-2.0
 *
 * QuantizeLinear and DequantizeLinear.
 */
#include "suites/model/op_quant.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static const struct assay_attribute_rule axis_rules[] = {{"axis", 'i'}, {0}};
static const struct assay_attribute_rule no_rules[] = {{0}};

static enum assay_status check_scales(const struct assay_lowering *l,
                                      const struct assay_node *node,
                                      const struct assay_scaling *scaling)
{
    for (int64_t i = 0; i < scaling->n; i++)
        if (!isnormal(scaling->scale[i]) || scaling->scale[i] < 0 ||
            isinf(1 / scaling->scale[i]))
            return assay_node_fail(l->model, node, ASSAY_INVALID,
                                   "scale %" PRId64 " is %g; it must be "
                                   "positive",
                                   i, (double)scaling->scale[i]);
    return ASSAY_OK;
}

enum assay_status assay_scaling_read(struct assay_lowering *l,
                                     const struct assay_node *node,
                                     uint32_t scale, uint32_t zero,
                                     enum assay_element element,
                                     struct assay_scaling *scaling)
{
    const struct assay_tensor *s = assay_input(l, node, scale);
    const struct assay_tensor *z = assay_input(l, node, zero);
    if (!s || !s->data || s->dims.rank > 1 ||
        (z && (!z->data || z->dims.rank > 1)))
        return assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                               "its scales or zero points are not constants "
                               "of at most one dimension");
    scaling->n = assay_dims_count(&s->dims);
    if (z &&
        (z->element != element || assay_dims_count(&z->dims) != scaling->n))
        return assay_node_fail(l->model, node, ASSAY_INVALID,
                               "its zero points are not of %s or not as many "
                               "as its scales",
                               assay_element_name(element));
    int32_t *zeros =
        assay_region_alloc(l->kept, (size_t)scaling->n, sizeof *zeros);
    float *scales =
        assay_region_alloc(l->kept, (size_t)scaling->n, sizeof *scales);
    const float *values;
    if (!zeros || !scales)
        return ASSAY_NOMEM;
    enum assay_status status = assay_input_floats(l, node, scale, &values);
    if (status)
        return status;
    memcpy(scales, values, (size_t)scaling->n * sizeof *scales);
    for (int64_t i = 0; i < scaling->n; i++) {
        if (z && element == ASSAY_ELEMENT_INT32)
            zeros[i] = ((const int32_t *)z->data)[i];
        else
            zeros[i] = z ? (int32_t)assay_integer_at(z, i) : 0;
        zeros[i] -= element == ASSAY_ELEMENT_UINT8 ? 128 : 0;
    }
    scaling->scale = scales;
    scaling->zero = zeros;
    return check_scales(l, node, scaling);
}

/* x as [outer][c][inner] around the axis of the scales; c = 1: one scale. */
static enum assay_status read_shape(const struct assay_lowering *l,
                                    const struct assay_node *node,
                                    struct assay_order *shape)
{
    const struct assay_dims *x = &assay_input(l, node, 0)->dims;
    const struct assay_tensor *scale = assay_input(l, node, 1);
    int axis;
    *shape = (struct assay_order){1, 1, assay_dims_count(x)};
    if (scale->dims.rank == 0 || assay_dims_count(&scale->dims) == 1)
        return ASSAY_OK;
    enum assay_status status =
        assay_axis(l, node, assay_node_int(node, "axis", 1), x->rank, &axis);
    if (!status &&
        (scale->dims.rank != 1 || scale->dims.size[0] != x->size[axis]))
        status = assay_node_fail(l->model, node, ASSAY_INVALID,
                                 "it does not have one scale, or one for each "
                                 "of axis %d",
                                 axis);
    if (!status)
        *shape =
            (struct assay_order){assay_dims_product(x, 0, axis), x->size[axis],
                                 assay_dims_product(x, axis + 1, x->rank)};
    return status;
}

static enum assay_status quantize_infer(struct assay_lowering *l,
                                        const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    const struct assay_tensor *zero = assay_input(l, node, 2);
    const enum assay_element to = zero ? zero->element : ASSAY_ELEMENT_UINT8;
    struct assay_order shape;
    enum assay_status status = read_shape(l, node, &shape);
    if (!status &&
        (!assay_element_is_float(x->element) || !assay_element_is_byte(to)))
        status = assay_node_fail(
            l->model, node, ASSAY_UNSUPPORTED, "from %s to %s is not supported",
            assay_element_name(x->element), assay_element_name(to));
    return status ? status : assay_infer(l, node, to, &x->dims);
}

static enum assay_status dequantize_infer(struct assay_lowering *l,
                                          const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    struct assay_order shape;
    enum assay_status status = read_shape(l, node, &shape);
    if (!status && !assay_element_is_byte(x->element) &&
        x->element != ASSAY_ELEMENT_INT32)
        status = assay_node_fail(l->model, node, ASSAY_INVALID,
                                 "from %s is not possible",
                                 assay_element_name(x->element));
    return status ? status
                  : assay_infer(l, node, assay_input(l, node, 1)->element,
                                &x->dims);
}

/* A constant: y = (x - zero) scale. */
static enum assay_status dequantize_fold(struct assay_lowering *l,
                                         const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    const int32_t shift = x->element == ASSAY_ELEMENT_UINT8 ? 128 : 0;
    struct assay_scaling s;
    struct assay_order shape;
    enum assay_status status = read_shape(l, node, &shape);
    if (!status)
        status = assay_scaling_read(l, node, 1, 2, x->element, &s);
    if (status || assay_input(l, node, 1)->element != ASSAY_ELEMENT_FLOAT)
        return status;
    float *y = assay_fold(l, node);
    if (!y)
        return ASSAY_NOMEM;
    for (int64_t i = 0; i < assay_dims_count(&x->dims); i++) {
        const int64_t c = s.n == 1 ? 0 : i / shape.hw % shape.c;
        y[i] = (float)(assay_integer_at(x, i) - shift - s.zero[c]) * s.scale[c];
    }
    return ASSAY_OK;
}

/* Input 0 in an order that has the scaled axis last, and the constants. */
static enum assay_status begin(struct assay_lowering *l,
                               const struct assay_node *node,
                               const struct assay_scaling *s,
                               struct assay_run *run, struct assay_order *order)
{
    struct assay_order shape;
    enum assay_status status = read_shape(l, node, &shape);
    if (status)
        return status;
    *order = s->n == 1 ? l->places[node->inputs[0]].order
                       : assay_order_of(shape.n, shape.c, shape.hw);
    run->constants[0] = (float *)s->scale;
    run->constants[1] = (int32_t *)s->zero;
    return assay_lower_input(l, node, 0, *order, &run->inputs[0]);
}

static enum assay_status quantize_lower(struct assay_lowering *l,
                                        const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    const int64_t n = assay_dims_count(&x->dims);
    struct assay_scaling s;
    struct assay_order order;
    struct assay_run run = {0};
    enum assay_status status = assay_scaling_read(
        l, node, 1, 2, l->tensors[node->outputs[0]].element, &s);
    if (!status)
        status = begin(l, node, &s, &run, &order);
    if (!status)
        status = assay_lower_f32(l, node, n, 0, &run.inputs[0]);
    if (status)
        return status;
    assay_problem_init(&run.problem, ASSAY_OP_QUANTIZE, ASSAY_S8);
    run.problem.as.quantize = (struct assay_quantize){
        .rows = s.n == 1 ? 1 : n / s.n,
        .cols = s.n == 1 ? n : s.n,
        .scales = s.n == 1 ? ASSAY_SCALES_TENSOR : ASSAY_SCALES_COLUMN,
        .low = -128,
        .high = 127};
    return assay_lower_run(l, node, &run, order);
}

static enum assay_status dequantize_lower(struct assay_lowering *l,
                                          const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    const int64_t n = assay_dims_count(&x->dims);
    const enum assay_dtype type = assay_lower_type(l, node->inputs[0]);
    struct assay_scaling s;
    struct assay_order order;
    struct assay_run run = {0};
    unsigned tensor;
    enum assay_status status =
        assay_scaling_read(l, node, 1, 2, x->element, &s);
    if (!status)
        status = begin(l, node, &s, &run, &order);
    if (status)
        return status;
    assay_problem_init(&run.problem, ASSAY_OP_DEQUANTIZE, ASSAY_S8);
    run.problem.as.dequantize = (struct assay_dequantize){
        .rows = s.n == 1 ? 1 : n / s.n,
        .cols = s.n == 1 ? n : s.n,
        .scales = s.n == 1 ? ASSAY_SCALES_TENSOR : ASSAY_SCALES_COLUMN,
        .from = type == ASSAY_S32 ? ASSAY_DEQUANTIZE_S32 : ASSAY_DEQUANTIZE_S8};
    status = assay_lower_step(l, node, &run, &tensor);
    if (!status && assay_input(l, node, 1)->element == ASSAY_ELEMENT_FLOAT16)
        status = assay_lower_f16(l, node, n, &tensor);
    return status ? status : assay_lower_put(l, node, 0, tensor, order);
}

/* Scale and zero point from the data: the range, with 0 in it, in 255 steps. */
static enum assay_status dynamic_infer(struct assay_lowering *l,
                                       const struct assay_node *node)
{
    const struct assay_tensor *x = assay_input(l, node, 0);
    const struct assay_dims scalar = {0};
    enum assay_status status =
        x->element == ASSAY_ELEMENT_FLOAT
            ? ASSAY_OK
            : assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                              "of %s is not supported",
                              assay_element_name(x->element));
    if (!status)
        status = assay_infer_output(l, node, 1, ASSAY_ELEMENT_FLOAT, &scalar);
    if (!status)
        status = assay_infer_output(l, node, 2, ASSAY_ELEMENT_UINT8, &scalar);
    return status ? status
                  : assay_infer(l, node, ASSAY_ELEMENT_UINT8, &x->dims);
}

/* x, less or greater than 0 at most. */
static enum assay_status bound(struct assay_lowering *l,
                               const struct assay_node *node,
                               enum assay_reduce_kind kind, int64_t n,
                               unsigned x, unsigned *tensor)
{
    *tensor = x;
    enum assay_status status =
        assay_lower_reduce(l, node, kind, 1, n, 1, tensor);
    return status ? status
                  : assay_lower_with_scalar(l, node,
                                            kind == ASSAY_REDUCE_MAX
                                                ? ASSAY_BINARY_MAX
                                                : ASSAY_BINARY_MIN,
                                            1, 0, tensor);
}

/* *tensor, n whole numbers up to rounding, as s8 with the zero point -128. */
static enum assay_status to_bytes(struct assay_lowering *l,
                                  const struct assay_node *node, int64_t n,
                                  unsigned *tensor)
{
    struct assay_run run = {.inputs = {*tensor}};
    float *scale = assay_region_alloc(l->kept, 1, sizeof *scale);
    int32_t *zero = assay_region_alloc(l->kept, 1, sizeof *zero);
    if (!scale || !zero)
        return ASSAY_NOMEM;
    *scale = 1;
    *zero = -128;
    run.constants[0] = scale;
    run.constants[1] = zero;
    assay_problem_init(&run.problem, ASSAY_OP_QUANTIZE, ASSAY_S8);
    run.problem.as.quantize =
        (struct assay_quantize){.rows = 1,
                                .cols = n,
                                .scales = ASSAY_SCALES_TENSOR,
                                .low = -128,
                                .high = 127};
    return assay_lower_step(l, node, &run, tensor);
}

static enum assay_status dynamic_lower(struct assay_lowering *l,
                                       const struct assay_node *node)
{
    const struct assay_order plain = assay_order_of(0, 0, 0);
    const int64_t n = assay_dims_count(&assay_input(l, node, 0)->dims);
    struct assay_lower_binary b = {.dims = {1, 1, 1, n}, .a_has = 15};
    unsigned x, low, high, scale, zero;
    enum assay_status status = assay_lower_input(l, node, 0, plain, &x);
    if (!status)
        status = bound(l, node, ASSAY_REDUCE_MIN, n, x, &low);
    if (!status)
        status = bound(l, node, ASSAY_REDUCE_MAX, n, x, &high);
    if (status)
        return status;
    const struct assay_lower_binary range = {ASSAY_BINARY_SUB, high, low,
                                             {1, 1, 1, 1},     15,   15};
    status = assay_lower_binary(l, node, &range, &scale);
    if (!status)
        status =
            assay_lower_with_scalar(l, node, ASSAY_BINARY_DIV, 1, 255, &scale);
    const struct assay_lower_binary ratio = {ASSAY_BINARY_DIV, low, scale,
                                             {1, 1, 1, 1},     15,  15};
    if (!status)
        status = assay_lower_binary(l, node, &ratio, &zero);
    if (!status)
        status =
            assay_lower_with_scalar(l, node, ASSAY_BINARY_MUL, 1, -1, &zero);
    if (!status)
        status = to_bytes(l, node, 1, &zero);
    if (!status && assay_output_used(l, node, 1))
        status = assay_lower_put(l, node, 1, scale, plain);
    if (!status && assay_output_used(l, node, 2))
        status = assay_lower_put(l, node, 2, zero, plain);
    b.kind = ASSAY_BINARY_DIV;
    b.a = x;
    b.b = scale;
    if (!status)
        status = assay_lower_binary(l, node, &b, &b.a);
    /* Rounded before the zero point moves a tie: 2^23 leaves no fraction. */
    if (!status)
        status = assay_lower_with_scalar(l, node, ASSAY_BINARY_ADD, n,
                                         0x1.8p23f, &b.a);
    if (!status)
        status = assay_lower_with_scalar(l, node, ASSAY_BINARY_SUB, n,
                                         0x1.8p23f, &b.a);
    if (!status)
        status = assay_lower_f32(l, node, 1, -128, &zero);
    b.kind = ASSAY_BINARY_ADD;
    b.b = zero;
    if (!status)
        status = assay_lower_binary(l, node, &b, &b.a);
    if (!status)
        status = to_bytes(l, node, n, &b.a);
    return status ? status : assay_lower_put(l, node, 0, b.a, plain);
}

const struct assay_operator assay_operators_quant[] = {
    {"QuantizeLinear", 10, ASSAY_OPSET_MAX, 2, 3, 1, axis_rules, quantize_infer,
     NULL, quantize_lower},
    {"DequantizeLinear", 10, ASSAY_OPSET_MAX, 2, 3, 1, axis_rules,
     dequantize_infer, dequantize_fold, dequantize_lower},
    {"DynamicQuantizeLinear", 11, ASSAY_OPSET_MAX, 1, 1, 3, no_rules,
     dynamic_infer, NULL, dynamic_lower},
    {0},
};
