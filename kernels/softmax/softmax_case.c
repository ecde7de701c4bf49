/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of softmax: its parameters and formulas.
 */
#include <math.h>
#include <stdio.h>

#include "kernels/kernel.h"
#include "kernels/launch.h"
#include "kernels/random.h"
#include "kernels/shape.h"

#define PARAM(field) #field, offsetof(struct assay_softmax, field)

static const struct assay_param params[] = {
    {PARAM(rows), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(cols), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {0},
};

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_softmax *d = &problem->as.softmax;
    if (assay_product((int64_t[]){d->rows, d->cols}, 2) < 0)
        return assay_fail(ASSAY_INVALID,
                          "softmax: rows x cols is more than 2^31 elements");
    return ASSAY_OK;
}

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    const struct assay_softmax *d = &problem->as.softmax;
    (void)array;
    return (size_t)(d->rows * d->cols);
}

static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_softmax *d = &problem->as.softmax;
    snprintf(text, size, "%lldx%lld", (long long)d->rows, (long long)d->cols);
}

/* An exponential has no count of operations that all rows share. */
static double flops(const struct assay_problem *problem)
{
    (void)problem;
    return 0;
}

/* Inputs in [-1, 1): no result exceeds 1 / (1 + (cols - 1) / e^2). The largest
 * ones have the relative error of exp above and below the line (a shader's:
 * 3 ulp near 0, less in the mean), of a division (2.5 ulp), and of a sum of
 * positive terms, whose roundings walk to about sqrt(cols) / 6 ulp. Tight
 * enough to see one of 10000 terms missing. In f16 a result and the reference,
 * both rounded, are neighbours at most: 2^-10 of the power of two below the
 * largest, and 2^-24 where that is subnormal. */
static double tolerance(const struct assay_problem *problem)
{
    const double cols = (double)problem->as.softmax.cols;
    const double most = 1 / (1 + (cols - 1) * exp(-2));
    const double error = 0x1p-23 * (12 + sqrt(cols) / 4) * most;
    return problem->dtype == ASSAY_F16
               ? error + fmax(ldexp(1, ilogb(most) - 10), 0x1p-24)
               : error;
}

static void random_problem(struct assay_random *random, enum assay_dtype dtype,
                           struct assay_problem *problem)
{
    static const int64_t edges[] = {1,  2,  3,  5,  7,  8,  9,  10, 15,  16,
                                    17, 31, 32, 33, 63, 64, 65, 97, 255, 257};
    const int64_t last = sizeof edges / sizeof *edges - 1;
    assay_problem_init(problem, ASSAY_OP_SOFTMAX, dtype);
    struct assay_softmax *d = &problem->as.softmax;
    d->rows = edges[assay_random_range(random, 0, last)];
    d->cols = assay_random_range(random, 0, 7) == 0
                  ? assay_random_range(random, 900, 5000)
                  : edges[assay_random_range(random, 0, last)];
}

/* The exponentials of a row of f16. */
static size_t scratch_bytes(const struct assay_row *row,
                            const struct assay_problem *problem)
{
    (void)row;
    return problem->dtype == ASSAY_F16
               ? (size_t)problem->as.softmax.cols * sizeof(float)
               : 0;
}

const struct assay_op_info assay_softmax_info = {
    .name = "softmax",
    .inputs = 1,
    .in_place = true,
    .params = params,
    .check = check,
    .elements = elements,
    .shape = shape,
    .flops = flops,
    .tolerance = tolerance,
    .random = random_problem,
    .scratch_bytes = scratch_bytes,
    .launch[ASSAY_API_OPENCL] = assay_softmax_launch,
    .launch[ASSAY_API_VULKAN] = assay_softmax_launch,
};
