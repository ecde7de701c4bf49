/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of unary: its parameters and formulas.
 */
#include <math.h>
#include <stdio.h>

#include "kernels/element.h"
#include "kernels/launch.h"
#include "kernels/shape.h"
#include "kernels/unary/unary_table.h"

#define PARAM(field) #field, offsetof(struct assay_unary, field)

static const double most = 3.402823466e38;

static const struct assay_param params[] = {
    {PARAM(n), 1, ASSAY_MAX_ELEMENTS, 0, true, NULL, false},
    {PARAM(act), ASSAY_ACT_RELU, ASSAY_FUNCTIONS - 1, 0, true,
     assay_function_names, false},
    {PARAM(alpha), -most, most, 0.2, false, NULL, true},
    {PARAM(beta), -most, most, 0.5, false, NULL, true},
    {PARAM(low), -(double)INFINITY, (double)INFINITY, -(double)INFINITY, false,
     NULL, true},
    {PARAM(high), -(double)INFINITY, (double)INFINITY, (double)INFINITY, false,
     NULL, true},
    {PARAM(x_zero), -128, 127, 0, false, NULL, false},
    {PARAM(y_zero), -128, 127, 0, false, NULL, false},
    {0},
};

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_unary *d = &problem->as.unary;
    if (d->low > d->high)
        return assay_fail(ASSAY_INVALID, "unary: low is above high");
    return ASSAY_OK;
}

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    if (array == 1)
        return problem->dtype == ASSAY_S8 ? 2 : 0;
    return (size_t)problem->as.unary.n;
}

static enum assay_dtype type(const struct assay_problem *problem,
                             unsigned array)
{
    return array == 1 ? ASSAY_F32 : problem->dtype;
}

/* Within ± 6, where the functions bend; close to 1 where they have a pole. */
static void fill(struct assay_random *random,
                 const struct assay_problem *problem, unsigned array,
                 void *data, size_t n)
{
    const int64_t act = problem->as.unary.act;
    assay_fill(random, type(problem, array), data, n);
    if (problem->dtype == ASSAY_S8 && array == 0)
        return;
    for (size_t i = 0; i < n; i++) {
        double x = assay_element(type(problem, array), data, i);
        if (array == 1)
            x = 0.02 + 0.01 * x;
        else if (act == ASSAY_FUNCTION_LOG || act == ASSAY_FUNCTION_SQRT)
            x = 1.25 + x;
        else if (act == ASSAY_FUNCTION_RECIPROCAL)
            x = x < 0 ? x - 0.25 : x + 0.25;
        else if (act != ASSAY_FUNCTION_EXP)
            x = 6 * x;
        assay_element_set(type(problem, array), data, i, x);
    }
}

static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_unary *d = &problem->as.unary;
    snprintf(text, size, "%s-%lld", assay_function_names[d->act],
             (long long)d->n);
}

/* A function has no count of operations that all rows share. */
static double flops(const struct assay_problem *problem)
{
    (void)problem;
    return 0;
}

/* The largest |y| on data of `fill`, rounded up to a power of two. */
static double largest(const struct assay_unary *d)
{
    switch (d->act) {
    case ASSAY_ACT_SIGMOID:
    case ASSAY_ACT_TANH:
    case ASSAY_FUNCTION_ERF:
    case ASSAY_FUNCTION_HARDSIGMOID:
        return 1;
    case ASSAY_FUNCTION_SQRT:
    case ASSAY_FUNCTION_LOG:
        return 2;
    case ASSAY_FUNCTION_EXP:
    case ASSAY_FUNCTION_RECIPROCAL:
        return 4;
    default:
        return 8;
    }
}

/* f32: what only moves or bounds numbers is exact. The others hold 5e-7 on the
 * CPU (act_vector.h, function_vector.h), and up to 2^-24 of the power of two
 * above y for a rounding or two; a shader's exp and log may be off by 3 ulp
 * more, its division by 2.5. f16: where the f32 results differ, one may round
 * to the next half, which is 2^-11 of that power. */
static double tolerance(const struct assay_problem *problem)
{
    const struct assay_unary *d = &problem->as.unary;
    switch (problem->dtype == ASSAY_S8 ? ASSAY_FUNCTION_IDENTITY : d->act) {
    case ASSAY_ACT_RELU:
    case ASSAY_ACT_RELU6:
    case ASSAY_FUNCTION_IDENTITY:
    case ASSAY_FUNCTION_NEG:
    case ASSAY_FUNCTION_ABS:
    case ASSAY_FUNCTION_CLIP:
    case ASSAY_FUNCTION_SIGN:
    case ASSAY_FUNCTION_FLOOR:
    case ASSAY_FUNCTION_CEIL:
    case ASSAY_FUNCTION_ROUND:
        return 0;
    default:
        break;
    }
    const double f32 = 1e-6 + largest(d) * 0x1p-23;
    return problem->dtype == ASSAY_F16 ? f32 + largest(d) * 0x1p-11 : f32;
}

static void random_problem(struct assay_random *random, enum assay_dtype dtype,
                           struct assay_problem *problem)
{
    static const int64_t edges[] = {1,  2,  3,  7,  8,   9,   15,  16,   17,
                                    31, 32, 33, 63, 255, 256, 257, 1023, 1025};
    const int64_t last = sizeof edges / sizeof *edges - 1;
    assay_problem_init(problem, ASSAY_OP_UNARY, dtype);
    struct assay_unary *d = &problem->as.unary;
    /* Beyond one work-group of the device rows once in a while. */
    d->n = assay_random_range(random, 0, 3) == 0
               ? assay_random_range(random, 4000, 40000)
               : edges[assay_random_range(random, 0, last)];
    d->act = assay_random_range(random, ASSAY_ACT_RELU, ASSAY_FUNCTIONS - 1);
    d->alpha = (double)assay_random_range(random, -10, 10) / 10;
    if (assay_random_range(random, 0, 1))
        d->low = (double)assay_random_range(random, -4, 0);
    if (assay_random_range(random, 0, 1))
        d->high = (double)assay_random_range(random, 0, 4);
    if (dtype == ASSAY_S8) {
        d->x_zero = assay_random_range(random, -128, 127);
        d->y_zero = assay_random_range(random, -128, 127);
    }
}

const struct assay_op_info assay_unary_info = {
    .name = "unary",
    .inputs = 1,
    .constants = 1,
    .in_place = true,
    .params = params,
    .check = check,
    .elements = elements,
    .type = type,
    .fill = fill,
    .check_constants = assay_unary_check_constants,
    .shape = shape,
    .flops = flops,
    .tolerance = tolerance,
    .random = random_problem,
    .packed_bytes = assay_unary_packed_bytes,
    .pack = assay_unary_pack,
    .launch[ASSAY_API_OPENCL] = assay_unary_launch,
    .launch[ASSAY_API_VULKAN] = assay_unary_launch,
};
