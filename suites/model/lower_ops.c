/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "suites/model/lower.h"

enum assay_status assay_lower_words(struct assay_lowering *l,
                                    const void *values, enum assay_dtype type,
                                    size_t n, unsigned *tensor)
{
    void *constants = l->made->constants;
    if (!assay_grow(&constants, &l->constants_room, l->made->n_constants,
                    sizeof *l->made->constants))
        return ASSAY_NOMEM;
    l->made->constants = constants;
    enum assay_status status = assay_lower_tensor(
        l, n * assay_dtype_bytes(type), type, SIZE_MAX, tensor);
    if (!status)
        l->made->constants[l->made->n_constants++] =
            (struct assay_lowered_constant){*tensor, values};
    return status;
}

enum assay_status assay_lower_scalar(struct assay_lowering *l, float value,
                                     unsigned *tensor)
{
    float *kept = assay_region_alloc(l->kept, 1, sizeof *kept);
    if (!kept)
        return ASSAY_NOMEM;
    *kept = value;
    return assay_lower_words(l, kept, ASSAY_F32, 1, tensor);
}

enum assay_status assay_lower_binary(struct assay_lowering *l,
                                     const struct assay_node *node,
                                     const struct assay_lower_binary *binary,
                                     unsigned *tensor)
{
    struct assay_run run = {.inputs = {binary->a, binary->b}};
    assay_problem_init(&run.problem, ASSAY_OP_BINARY,
                       l->makers[binary->a].type);
    struct assay_binary *b = &run.problem.as.binary;
    b->kind = binary->kind;
    b->d0 = binary->dims[0];
    b->d1 = binary->dims[1];
    b->d2 = binary->dims[2];
    b->d3 = binary->dims[3];
    b->a0 = binary->a_has & 1;
    b->a1 = binary->a_has >> 1 & 1;
    b->a2 = binary->a_has >> 2 & 1;
    b->a3 = binary->a_has >> 3 & 1;
    b->b0 = binary->b_has & 1;
    b->b1 = binary->b_has >> 1 & 1;
    b->b2 = binary->b_has >> 2 & 1;
    b->b3 = binary->b_has >> 3 & 1;
    return assay_lower_step(l, node, &run, tensor);
}

enum assay_status assay_lower_with_scalar(struct assay_lowering *l,
                                          const struct assay_node *node,
                                          enum assay_binary_kind kind,
                                          int64_t n, float value,
                                          unsigned *tensor)
{
    struct assay_lower_binary b = {
        .kind = kind, .a = *tensor, .dims = {1, 1, 1, n}, .a_has = 15};
    enum assay_status status = assay_lower_scalar(l, value, &b.b);
    if (!status && l->makers[*tensor].type != ASSAY_F32)
        status = assay_node_fail(l->model, node, ASSAY_UNSUPPORTED,
                                 "is supported only of float");
    return status ? status : assay_lower_binary(l, node, &b, tensor);
}

enum assay_status assay_lower_reduce(struct assay_lowering *l,
                                     const struct assay_node *node,
                                     enum assay_reduce_kind kind, int64_t outer,
                                     int64_t n, int64_t inner, unsigned *tensor)
{
    struct assay_run run = {.inputs = {*tensor}};
    assay_problem_init(&run.problem, ASSAY_OP_REDUCE, l->makers[*tensor].type);
    run.problem.as.reduce = (struct assay_reduce){
        .outer = outer, .n = n, .inner = inner, .kind = kind};
    return assay_lower_step(l, node, &run, tensor);
}

enum assay_status assay_lower_f32(struct assay_lowering *l,
                                  const struct assay_node *node, int64_t n,
                                  int32_t zero, unsigned *tensor)
{
    const enum assay_dtype type = l->makers[*tensor].type;
    struct assay_run run = {.inputs = {*tensor}};
    if (type == ASSAY_F32)
        return ASSAY_OK;
    if (type == ASSAY_F16) {
        assay_problem_init(&run.problem, ASSAY_OP_CAST, ASSAY_F16);
        run.problem.as.cast =
            (struct assay_cast){.n = n, .to = ASSAY_CAST_TO_F32};
        return assay_lower_step(l, node, &run, tensor);
    }
    float *scale = assay_region_alloc(l->kept, 1, sizeof *scale);
    int32_t *zeros = assay_region_alloc(l->kept, 1, sizeof *zeros);
    if (!scale || !zeros)
        return ASSAY_NOMEM;
    *scale = 1;
    *zeros = zero;
    run.constants[0] = scale;
    run.constants[1] = zeros;
    assay_problem_init(&run.problem, ASSAY_OP_DEQUANTIZE, ASSAY_S8);
    run.problem.as.dequantize = (struct assay_dequantize){
        .rows = 1,
        .cols = n,
        .scales = ASSAY_SCALES_TENSOR,
        .from = type == ASSAY_S32 ? ASSAY_DEQUANTIZE_S32 : ASSAY_DEQUANTIZE_S8};
    return assay_lower_step(l, node, &run, tensor);
}

enum assay_status assay_lower_f16(struct assay_lowering *l,
                                  const struct assay_node *node, int64_t n,
                                  unsigned *tensor)
{
    struct assay_run run = {.inputs = {*tensor}};
    assay_problem_init(&run.problem, ASSAY_OP_CAST, ASSAY_F16);
    run.problem.as.cast = (struct assay_cast){.n = n, .to = ASSAY_CAST_TO_F16};
    return assay_lower_step(l, node, &run, tensor);
}

enum assay_status assay_lower_input_f32(struct assay_lowering *l,
                                        const struct assay_node *node,
                                        uint32_t i, struct assay_order order,
                                        unsigned *tensor)
{
    const struct assay_tensor *x = assay_input(l, node, i);
    const int32_t zero = x->element == ASSAY_ELEMENT_UINT8 ? -128 : 0;
    enum assay_status status = assay_lower_input(l, node, i, order, tensor);
    return status ? status
                  : assay_lower_f32(l, node, assay_dims_count(&x->dims), zero,
                                    tensor);
}
