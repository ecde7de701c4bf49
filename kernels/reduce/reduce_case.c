/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of reduce: its parameters and formulas.
 */
#include <math.h>
#include <stdio.h>

#include "kernels/element.h"
#include "kernels/reduce/reduce_launch.h"
#include "kernels/shape.h"

#define PARAM(field) #field, offsetof(struct assay_reduce, field)

static const char *const kinds[] = {"mean", "sum", "max", "min", "sumsq", NULL};

static const struct assay_param params[] = {
    {PARAM(outer), 1, ASSAY_MAX_SIZE, 1, false, NULL, false},
    {PARAM(n), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(inner), 1, ASSAY_MAX_SIZE, 1, false, NULL, false},
    {PARAM(kind), 0, ASSAY_REDUCE_KINDS - 1, ASSAY_REDUCE_MEAN, true, kinds,
     false},
    {0},
};

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_reduce *d = &problem->as.reduce;
    if (assay_product((int64_t[]){d->outer, d->n, d->inner}, 3) < 0)
        return assay_fail(
            ASSAY_INVALID,
            "reduce: outer x n x inner is more than 2^31 elements");
    return ASSAY_OK;
}

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    const struct assay_reduce *d = &problem->as.reduce;
    return (size_t)(d->outer * d->inner * (array == 0 ? d->n : 1));
}

/* Inputs of a maximum are from -3 to -2, of a minimum from 2 to 3, so that a
 * stray zero or one would be the result. */
static void fill(struct assay_random *random,
                 const struct assay_problem *problem, unsigned array,
                 void *data, size_t n)
{
    const int64_t kind = problem->as.reduce.kind;
    const double sign = kind == ASSAY_REDUCE_MAX ? -1 : 1;
    (void)array;
    assay_fill(random, problem->dtype, data, n);
    if (kind != ASSAY_REDUCE_MAX && kind != ASSAY_REDUCE_MIN)
        return;
    for (size_t i = 0; i < n; i++)
        assay_element_set(
            problem->dtype, data, i,
            sign * (2 + fabs(assay_element(problem->dtype, data, i))));
}

static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_reduce *d = &problem->as.reduce;
    snprintf(text, size, "%s-%lldx%lldx%lld", kinds[d->kind],
             (long long)d->outer, (long long)d->n, (long long)d->inner);
}

/* A comparison is no operation of floats. */
static double flops(const struct assay_problem *problem)
{
    const struct assay_reduce *d = &problem->as.reduce;
    const double all = (double)d->outer * (double)d->n * (double)d->inner;
    switch (d->kind) {
    case ASSAY_REDUCE_MAX:
    case ASSAY_REDUCE_MIN:
        return 0;
    case ASSAY_REDUCE_SUMSQ:
        return 2 * all;
    default:
        return all;
    }
}

/* A maximum is an element. Inputs in [-1, 1): the worst of many sums of n of
 * them, and its partial sums, reach 4 sqrt(n), squares add to about n / 3. The
 * n roundings of 2^-24 of that walk in turn: to 2^-24 1.6 n, of squares to
 * 2^-24 n^1.5 / 6, in order; twice and three times that is allowed, and the
 * last roundings of both results. A result in f16 is rounded once. */
static double tolerance(const struct assay_problem *problem)
{
    const struct assay_reduce *d = &problem->as.reduce;
    const double n = (double)d->n;
    double error = 0, most = n;
    switch (d->kind) {
    case ASSAY_REDUCE_MAX:
    case ASSAY_REDUCE_MIN:
        return 0;
    case ASSAY_REDUCE_SUMSQ:
        error = 0x1p-24 * (8 + n * sqrt(n) / 2);
        break;
    default:
        error = 0x1p-24 * (8 + n * 3);
        most = fmin(n, 4 * sqrt(n));
    }
    if (problem->dtype == ASSAY_F16)
        error += 0x1p-11 * most;
    return d->kind == ASSAY_REDUCE_MEAN ? error / n + 0x1p-23 : error;
}

static void random_problem(struct assay_random *random, enum assay_dtype dtype,
                           struct assay_problem *problem)
{
    static const int64_t edges[] = {1,  2,  3,  4,  5,  7,  8,  9,  15, 16,
                                    17, 31, 32, 33, 47, 49, 63, 64, 65, 127};
    const int64_t last = sizeof edges / sizeof *edges - 1;
    assay_problem_init(problem, ASSAY_OP_REDUCE, dtype);
    struct assay_reduce *d = &problem->as.reduce;
    d->outer = edges[assay_random_range(random, 0, last)];
    d->n = edges[assay_random_range(random, 0, last)];
    /* The two common cases: rows, and whole images channels last. */
    switch (assay_random_range(random, 0, 3)) {
    case 0:
        d->inner = 1;
        if (assay_random_range(random, 0, 2) == 0)
            d->n = assay_random_range(random, 500, 5000);
        break;
    case 1:
        d->outer = assay_random_range(random, 1, 3);
        d->inner = assay_random_range(random, 1, 400);
        break;
    default:
        d->inner = edges[assay_random_range(random, 0, last)];
    }
    d->kind = assay_random_range(random, 0, ASSAY_REDUCE_KINDS - 1);
}

const struct assay_op_info assay_reduce_info = {
    .name = "reduce",
    .inputs = 1,
    .params = params,
    .check = check,
    .elements = elements,
    .fill = fill,
    .shape = shape,
    .flops = flops,
    .tolerance = tolerance,
    .random = random_problem,
    .launch[ASSAY_API_OPENCL] = assay_reduce_launch,
    .launch[ASSAY_API_VULKAN] = assay_reduce_launch,
};
