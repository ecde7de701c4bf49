/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of rmsnorm: its parameters and formulas.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/kernel.h"
#include "kernels/layernorm/layernorm_pack.h"
#include "kernels/random.h"

#define PARAM(field) #field, offsetof(struct assay_rmsnorm, field)

static const struct assay_param params[] = {
    {PARAM(rows), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(cols), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(affine), 0, 1, 1, false, NULL, false},
    {PARAM(eps), ASSAY_LAYERNORM_EPS_MIN, 1e6, 1e-5, false, NULL, true},
    {0},
};

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_rmsnorm *d = &problem->as.rmsnorm;
    if (assay_product((int64_t[]){d->rows, d->cols}, 2) < 0)
        return assay_fail(ASSAY_INVALID,
                          "rmsnorm: rows x cols is more than 2^31 elements");
    return ASSAY_OK;
}

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    const struct assay_rmsnorm *d = &problem->as.rmsnorm;
    if (array == 1)
        return d->affine ? (size_t)d->cols : 0;
    return (size_t)(d->rows * d->cols);
}

static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_rmsnorm *d = &problem->as.rmsnorm;
    assay_layernorm_shape(d->rows, d->cols, d->eps, text, size);
    const size_t used = strlen(text);
    snprintf(text + used, size - used, "%s", d->affine ? "" : "-plain");
}

/* A square and a sum, a scaling and a gamma for each element. */
static double flops(const struct assay_problem *problem)
{
    const struct assay_rmsnorm *d = &problem->as.rmsnorm;
    return (double)d->rows * (double)d->cols * 4;
}

/* Nothing cancels: results have the relative error of a sum of positive terms,
 * of a division and a root (a shader's: 2 to 3 ulp) and of two products, and
 * stay below sqrt(cols) in short rows, below 2.5 in long ones. */
static double tolerance(const struct assay_problem *problem)
{
    const double cols = (double)problem->as.rmsnorm.cols;
    const double most = cols < 16 ? sqrt(cols) : 2.5;
    double error = 0x1p-24 * (10 + sqrt(cols) / 4) * most;
    if (problem->dtype == ASSAY_F16)
        error += 0x1p-11 * most;
    return error;
}

static void random_problem(struct assay_random *random, enum assay_dtype dtype,
                           struct assay_problem *problem)
{
    assay_problem_init(problem, ASSAY_OP_RMSNORM, dtype);
    struct assay_rmsnorm *d = &problem->as.rmsnorm;
    assay_layernorm_random(random, &d->rows, &d->cols, &d->eps);
    d->affine = assay_random_range(random, 0, 3) > 0;
}

static size_t packed_bytes(const struct assay_row *row,
                           const struct assay_problem *problem)
{
    (void)row;
    return (size_t)assay_layernorm_stride(problem->as.rmsnorm.cols) *
           sizeof(float);
}

static void pack(const struct assay_row *row,
                 const struct assay_problem *problem,
                 const void *const *constants, void *packed)
{
    (void)row;
    assay_layernorm_pack(problem->dtype, problem->as.rmsnorm.cols, constants[0],
                         1, packed);
}

static enum assay_status launch_rows(const struct assay_row *row,
                                     const struct assay_problem *problem,
                                     struct assay_launch *launch)
{
    const struct assay_rmsnorm *d = &problem->as.rmsnorm;
    return assay_layernorm_launch(row, d->rows, d->cols, d->eps, launch);
}

const struct assay_op_info assay_rmsnorm_info = {
    .name = "rmsnorm",
    .inputs = 1,
    .constants = 1,
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
