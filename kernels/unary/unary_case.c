/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of unary: its parameters and formulas.
 */
#include <stdio.h>

#include "kernels/kernel.h"
#include "kernels/launch.h"
#include "kernels/random.h"
#include "kernels/shape.h"

#define PARAM(field) #field, offsetof(struct assay_unary, field)

static const struct assay_param params[] = {
    {PARAM(n), 1, ASSAY_MAX_ELEMENTS, 0, true, NULL, false},
    {PARAM(act), ASSAY_ACT_RELU, ASSAY_ACTS - 1, 0, true, assay_act_names,
     false},
    {0},
};

/* The ranges of n and act are all that there is to check. */
static enum assay_status check(const struct assay_problem *problem)
{
    (void)problem;
    return ASSAY_OK;
}

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    (void)array;
    return (size_t)problem->as.unary.n;
}

static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_unary *d = &problem->as.unary;
    snprintf(text, size, "%s-%lld", assay_act_names[d->act], (long long)d->n);
}

/* An activation has no count of operations that all rows share. */
static double flops(const struct assay_problem *problem)
{
    (void)problem;
    return 0;
}

/* Clamping is exact. The curved activations hold 1e-6 on the CPU
 * (act_vector.h); so does a shader whose exp is off by 3 + 2|x| ulp, |x| < 1,
 * and whose division by 2.5 ulp. */
static double tolerance(const struct assay_problem *problem)
{
    switch (problem->as.unary.act) {
    case ASSAY_ACT_GELU:
    case ASSAY_ACT_SIGMOID:
    case ASSAY_ACT_GELU_TANH:
    case ASSAY_ACT_TANH:
    case ASSAY_ACT_HARDSWISH:
        return 1e-6;
    default:
        return 0;
    }
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
    d->act = assay_random_range(random, ASSAY_ACT_RELU, ASSAY_ACTS - 1);
}

const struct assay_op_info assay_unary_info = {
    .name = "unary",
    .inputs = 1,
    .in_place = true,
    .params = params,
    .check = check,
    .elements = elements,
    .shape = shape,
    .flops = flops,
    .tolerance = tolerance,
    .random = random_problem,
    .launch[ASSAY_API_OPENCL] = assay_unary_launch,
    .launch[ASSAY_API_VULKAN] = assay_unary_launch,
};
