/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of transpose: its parameters and formulas.
 */
#include <stdio.h>

#include "kernels/kernel.h"
#include "kernels/launch.h"
#include "kernels/random.h"
#include "kernels/shape.h"

#define PARAM(field) #field, offsetof(struct assay_transpose, field)

static const struct assay_param params[] = {
    {PARAM(batch), 1, ASSAY_MAX_SIZE, 1, false, NULL, false},
    {PARAM(rows), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(cols), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {0},
};

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_transpose *d = &problem->as.transpose;
    if (assay_product((int64_t[]){d->batch, d->rows, d->cols}, 3) < 0)
        return assay_fail(ASSAY_INVALID, "transpose: batch x rows x cols is "
                                         "more than 2^31 elements");
    return ASSAY_OK;
}

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    const struct assay_transpose *d = &problem->as.transpose;
    (void)array;
    return (size_t)(d->batch * d->rows * d->cols);
}

static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_transpose *d = &problem->as.transpose;
    snprintf(text, size, "%lldx%lldx%lld", (long long)d->batch,
             (long long)d->rows, (long long)d->cols);
}

/* Nothing is computed. */
static double flops(const struct assay_problem *problem)
{
    (void)problem;
    return 0;
}

/* Elements are copied. */
static double tolerance(const struct assay_problem *problem)
{
    (void)problem;
    return 0;
}

static void random_problem(struct assay_random *random, enum assay_dtype dtype,
                           struct assay_problem *problem)
{
    static const int64_t edges[] = {1,  2,  3,  4,  5,  7,  8,  9,  15,
                                    16, 17, 31, 32, 33, 63, 64, 65, 97};
    const int64_t last = sizeof edges / sizeof *edges - 1;
    assay_problem_init(problem, ASSAY_OP_TRANSPOSE, dtype);
    struct assay_transpose *d = &problem->as.transpose;
    d->batch = assay_random_range(random, 1, 4);
    d->rows = edges[assay_random_range(random, 0, last)];
    d->cols = edges[assay_random_range(random, 0, last)];
}

const struct assay_op_info assay_transpose_info = {
    .name = "transpose",
    .inputs = 1,
    .params = params,
    .check = check,
    .elements = elements,
    .shape = shape,
    .flops = flops,
    .tolerance = tolerance,
    .random = random_problem,
    .launch[ASSAY_API_OPENCL] = assay_transpose_launch,
    .launch[ASSAY_API_VULKAN] = assay_transpose_launch,
};
