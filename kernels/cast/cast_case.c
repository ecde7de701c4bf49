/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of cast: its parameters and formulas.
 */
#include <math.h>
#include <stdio.h>

#include "kernels/element.h"
#include "kernels/launch.h"
#include "kernels/shape.h"

#define PARAM(field) #field, offsetof(struct assay_cast, field)

const char *const assay_cast_to_names[] = {"f16", "f32", NULL};

static const struct assay_param params[] = {
    {PARAM(n), 1, ASSAY_MAX_ELEMENTS, 0, true, NULL, false},
    {PARAM(to), 0, ASSAY_CAST_TOS - 1, 0, true, assay_cast_to_names, false},
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
    return (size_t)problem->as.cast.n;
}

static enum assay_dtype type(const struct assay_problem *problem,
                             unsigned array)
{
    const bool to_f16 = problem->as.cast.to == ASSAY_CAST_TO_F16;
    return to_f16 == (array == 1) ? ASSAY_F16 : ASSAY_F32;
}

/* Over all exponents of f16, its subnormals and some that are too large. */
static void fill(struct assay_random *random,
                 const struct assay_problem *problem, unsigned array,
                 void *data, size_t n)
{
    assay_fill(random, type(problem, array), data, n);
    for (size_t i = 0; i < n; i++) {
        const double x = assay_element(type(problem, array), data, i);
        const int exponent = (int)assay_random_range(random, -26, 17);
        assay_element_set(type(problem, array), data, i, ldexp(x, exponent));
    }
}

static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_cast *d = &problem->as.cast;
    snprintf(text, size, "%s-%lld", assay_cast_to_names[d->to],
             (long long)d->n);
}

/* No arithmetic. */
static double flops(const struct assay_problem *problem)
{
    (void)problem;
    return 0;
}

static double tolerance(const struct assay_problem *problem)
{
    (void)problem;
    return 0;
}

static void random_problem(struct assay_random *random, enum assay_dtype dtype,
                           struct assay_problem *problem)
{
    assay_problem_init(problem, ASSAY_OP_CAST, dtype);
    struct assay_cast *d = &problem->as.cast;
    /* Beyond one work-group of the device rows once in a while. */
    d->n = assay_random_range(random, 0, 3) == 0
               ? assay_random_range(random, 4000, 40000)
               : assay_random_range(random, 1, 70);
    d->to = assay_random_range(random, 0, ASSAY_CAST_TOS - 1);
}

static enum assay_status launch_row(const struct assay_row *row,
                                    const struct assay_problem *problem,
                                    struct assay_launch *launch)
{
    assay_launch_span(row, problem->as.cast.n, launch);
    launch->spec[launch->n_spec++] = (uint32_t)problem->as.cast.to;
    return ASSAY_OK;
}

const struct assay_op_info assay_cast_info = {
    .name = "cast",
    .inputs = 1,
    .params = params,
    .check = check,
    .elements = elements,
    .type = type,
    .fill = fill,
    .shape = shape,
    .flops = flops,
    .tolerance = tolerance,
    .random = random_problem,
    .launch[ASSAY_API_OPENCL] = launch_row,
    .launch[ASSAY_API_VULKAN] = launch_row,
};
