/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of add: its parameters and formulas.
 */
#include <stdio.h>

#include "kernels/kernel.h"
#include "kernels/launch.h"
#include "kernels/random.h"
#include "kernels/shape.h"

#define PARAM(field) #field, offsetof(struct assay_add, field)

static const struct assay_param params[] = {
    {PARAM(n), 1, ASSAY_MAX_ELEMENTS, 0, true, NULL, false},
    {PARAM(act), 0, ASSAY_ACTS - 1, ASSAY_ACT_NONE, false, assay_act_names,
     false},
    {0},
};

/* The range of n is all that there is to check. */
static enum assay_status check(const struct assay_problem *problem)
{
    (void)problem;
    return ASSAY_OK;
}

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    (void)array;
    return (size_t)problem->as.add.n;
}

static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_add *d = &problem->as.add;
    snprintf(text, size, "%lld%s%s", (long long)d->n, d->act ? "+" : "",
             d->act ? assay_act_names[d->act] : "");
}

/* The additions; an activation is not counted. */
static double flops(const struct assay_problem *problem)
{
    return (double)problem->as.add.n;
}

/* Sums within [-2, 2) are rounded once, at most 2^-24 off. The curved
 * activations hold 1e-6 (act_vector.h); a shader's exp may add as much. */
static double tolerance(const struct assay_problem *problem)
{
    switch (problem->as.add.act) {
    case ASSAY_ACT_GELU:
    case ASSAY_ACT_SIGMOID:
    case ASSAY_ACT_GELU_TANH:
    case ASSAY_ACT_TANH:
    case ASSAY_ACT_HARDSWISH:
        return 2e-6;
    default:
        return 0x1p-24;
    }
}

static void random_problem(struct assay_random *random, enum assay_dtype dtype,
                           struct assay_problem *problem)
{
    static const int64_t edges[] = {1,  2,  3,  7,  8,   9,   15,  16,   17,
                                    31, 32, 33, 63, 255, 256, 257, 1023, 1025};
    const int64_t last = sizeof edges / sizeof *edges - 1;
    assay_problem_init(problem, ASSAY_OP_ADD, dtype);
    struct assay_add *d = &problem->as.add;
    /* Beyond one work-group of the device rows once in a while. */
    d->n = assay_random_range(random, 0, 3) == 0
               ? assay_random_range(random, 4000, 40000)
               : edges[assay_random_range(random, 0, last)];
    d->act = assay_random_range(random, 0, ASSAY_ACTS - 1);
}

const struct assay_op_info assay_add_info = {
    .name = "add",
    .inputs = 2,
    .in_place = true,
    .params = params,
    .check = check,
    .elements = elements,
    .shape = shape,
    .flops = flops,
    .tolerance = tolerance,
    .random = random_problem,
    .launch[ASSAY_API_OPENCL] = assay_add_launch,
    .launch[ASSAY_API_VULKAN] = assay_add_launch,
};
