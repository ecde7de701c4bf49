/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of layernorm: its parameters and formulas.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/kernel.h"
#include "kernels/layernorm/layernorm_pack.h"
#include "kernels/random.h"

#define PARAM(field) #field, offsetof(struct assay_layernorm, field)

static const struct assay_param params[] = {
    {PARAM(rows), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(cols), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(affine), 0, 1, 1, false, NULL, false},
    {PARAM(bias), 0, 1, 1, false, NULL, false},
    {PARAM(eps), ASSAY_LAYERNORM_EPS_MIN, 1e6, 1e-5, false, NULL, true},
    {0},
};

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_layernorm *d = &problem->as.layernorm;
    if (assay_product((int64_t[]){d->rows, d->cols}, 2) < 0)
        return assay_fail(ASSAY_INVALID,
                          "layernorm: rows x cols is more than 2^31 elements");
    return ASSAY_OK;
}

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    const struct assay_layernorm *d = &problem->as.layernorm;
    switch (array) {
    case 1:
        return d->affine ? (size_t)d->cols : 0;
    case 2:
        return d->bias ? (size_t)d->cols : 0;
    default:
        return (size_t)(d->rows * d->cols);
    }
}

static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_layernorm *d = &problem->as.layernorm;
    assay_layernorm_shape(d->rows, d->cols, d->eps, text, size);
    const size_t used = strlen(text);
    snprintf(text + used, size - used, "%s%s", d->affine ? "" : "-plain",
             d->bias ? "+bias" : "");
}

/* Two sums, one with a square, and what is applied to each element. */
static double flops(const struct assay_problem *problem)
{
    const struct assay_layernorm *d = &problem->as.layernorm;
    return (double)d->rows * (double)d->cols * 7;
}

/* Inputs, gamma and beta in [-1, 1). The mean is off by a few roundings of
 * values below 1, more in a long row, and so is each difference to it; both are
 * then divided by the deviation. That is about 0.58, more than 0.2 in all rows
 * of 16 elements that were seen, but down to sqrt(eps) in a short one. Results
 * are below sqrt(cols) and, in long rows, below 4, and have the relative error
 * of the deviation. */
static double tolerance(const struct assay_problem *problem)
{
    const struct assay_layernorm *d = &problem->as.layernorm;
    const double cols = (double)d->cols;
    const double deviation = cols < 16 ? sqrt(d->eps) : 0.2;
    const double most = cols < 16 ? sqrt(cols) : 4;
    const double roundings = 4 + sqrt(cols) / 8;
    double error = 0x1p-24 * roundings * (1 / deviation + most);
    if (problem->dtype == ASSAY_F16)
        error += 0x1p-11 * (most + 1);
    return error;
}

static void random_problem(struct assay_random *random, enum assay_dtype dtype,
                           struct assay_problem *problem)
{
    assay_problem_init(problem, ASSAY_OP_LAYERNORM, dtype);
    struct assay_layernorm *d = &problem->as.layernorm;
    assay_layernorm_random(random, &d->rows, &d->cols, &d->eps);
    d->affine = assay_random_range(random, 0, 3) > 0;
    d->bias = assay_random_range(random, 0, 3) > 0;
}

static size_t packed_bytes(const struct assay_row *row,
                           const struct assay_problem *problem)
{
    const struct assay_layernorm *d = &problem->as.layernorm;
    (void)row;
    return (size_t)assay_layernorm_stride(d->cols) * 2 * sizeof(float);
}

static void pack(const struct assay_row *row,
                 const struct assay_problem *problem,
                 const void *const *constants, void *packed)
{
    const struct assay_layernorm *d = &problem->as.layernorm;
    float *gamma = packed;
    (void)row;
    assay_layernorm_pack(problem->dtype, d->cols, constants[0], 1, gamma);
    assay_layernorm_pack(problem->dtype, d->cols, constants[1], 0,
                         gamma + assay_layernorm_stride(d->cols));
}

static enum assay_status launch_rows(const struct assay_row *row,
                                     const struct assay_problem *problem,
                                     struct assay_launch *launch)
{
    const struct assay_layernorm *d = &problem->as.layernorm;
    return assay_layernorm_launch(row, d->rows, d->cols, d->eps, launch);
}

const struct assay_op_info assay_layernorm_info = {
    .name = "layernorm",
    .inputs = 1,
    .constants = 2,
    .in_place = true,
    .params = params,
    .check = check,
    .elements = elements,
    .shape = shape,
    .flops = flops,
    .tolerance = tolerance,
    .random = random_problem,
    .packed_bytes = packed_bytes,
    .pack = pack,
    .launch[ASSAY_API_OPENCL] = launch_rows,
    .launch[ASSAY_API_VULKAN] = launch_rows,
};
