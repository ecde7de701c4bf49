/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of matmul: its parameters and formulas.
 */
#include <math.h>
#include <stdio.h>

#include "kernels/kernel.h"
#include "kernels/matmul/matmul_launch.h"
#include "kernels/matmul/matmul_scratch.h"
#include "kernels/random.h"
#include "kernels/shape.h"

#define PARAM(field) #field, offsetof(struct assay_matmul, field)

static const struct assay_param params[] = {
    {PARAM(batch), 1, ASSAY_MAX_SIZE, 1, false, NULL, false},
    {PARAM(m), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(n), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(k), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(b_batch), 0, ASSAY_MAX_SIZE, 0, false, NULL, false},
    {PARAM(transpose_b), 0, 1, 0, false, NULL, false},
    {PARAM(scale), -1e6, 1e6, 1, false, NULL, true},
    {0},
};

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_matmul *d = &problem->as.matmul;
    if (d->b_batch > 1 && d->b_batch != d->batch)
        return assay_fail(ASSAY_INVALID,
                          "matmul: b_batch is %lld and neither 1 nor %lld",
                          (long long)d->b_batch, (long long)d->batch);
    if (d->scale == 0)
        return assay_fail(ASSAY_INVALID, "matmul: the scale is 0");
    if (assay_product((int64_t[]){d->batch, d->m, d->k}, 3) < 0 ||
        assay_product((int64_t[]){d->batch, d->n, d->k}, 3) < 0 ||
        assay_product((int64_t[]){d->batch, d->m, d->n}, 3) < 0)
        return assay_fail(ASSAY_INVALID,
                          "matmul: an array of batch x m x n x k has more "
                          "than 2^31 elements");
    return ASSAY_OK;
}

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    const struct assay_matmul *d = &problem->as.matmul;
    switch (array) {
    case 0:
        return (size_t)(d->batch * d->m * d->k);
    case 1:
        return (size_t)((d->b_batch == 1 ? 1 : d->batch) * d->n * d->k);
    default:
        return (size_t)(d->batch * d->m * d->n);
    }
}

static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_matmul *d = &problem->as.matmul;
    snprintf(text, size, "%lldx%lldx%lldx%lld%s%s", (long long)d->batch,
             (long long)d->m, (long long)d->n, (long long)d->k,
             d->b_batch == 1 && d->batch > 1 ? "+shared" : "",
             d->transpose_b ? "+transpose" : "");
}

static double flops(const struct assay_problem *problem)
{
    const struct assay_matmul *d = &problem->as.matmul;
    return 2.0 * (double)d->batch * (double)d->m * (double)d->n * (double)d->k;
}

/* The sum as in dense: 2^-23 k, and a few roundings more. f16: the f32 value
 * may round to either neighbour; a sum of k products stays below 2 sqrt(k)
 * (six standard deviations; and below k), and neighbours are 2^-10 of it apart
 * at most. */
static double tolerance(const struct assay_problem *problem)
{
    const struct assay_matmul *d = &problem->as.matmul;
    const double k = (double)d->k, largest = fmin(k, 2 * sqrt(k));
    const double f32 = 0x1p-23 * (k + 16);
    return fabs(d->scale) *
           (problem->dtype == ASSAY_F16 ? f32 + 0x1p-10 * largest : f32);
}

static void random_problem(struct assay_random *random, enum assay_dtype dtype,
                           struct assay_problem *problem)
{
    static const int64_t edges[] = {1,  2,  3,  5,  7,  13, 14, 15, 16, 17,
                                    28, 31, 32, 33, 47, 48, 49, 64, 65, 97};
    const int64_t last = sizeof edges / sizeof *edges - 1;
    assay_problem_init(problem, ASSAY_OP_MATMUL, dtype);
    struct assay_matmul *d = &problem->as.matmul;
    d->batch = assay_random_range(random, 1, 4);
    d->m = edges[assay_random_range(random, 0, last)];
    d->n = edges[assay_random_range(random, 0, last)];
    d->k = edges[assay_random_range(random, 0, last)];
    /* Beyond the blocks of the CPU rows once in a while. */
    const int64_t beyond = assay_random_range(random, 0, 19);
    if (beyond < 2)
        d->k = assay_random_range(random, 500, 1100);
    else if (beyond == 2)
        d->m = assay_random_range(random, 200, 300);
    else if (beyond == 3)
        d->n = assay_random_range(random, 250, 600);
    d->b_batch = assay_random_range(random, 0, 1);
    d->transpose_b = assay_random_range(random, 0, 1);
    if (assay_random_range(random, 0, 1))
        d->scale = (double)assay_random_range(random, 1, 40) / 16 - 1.28125;
}

static size_t scratch_bytes(const struct assay_row *row,
                            const struct assay_problem *problem)
{
    const struct assay_matmul_blocks b =
        assay_matmul_blocks(&problem->as.matmul, row->tile_m, row->tile_n,
                            problem->dtype == ASSAY_F16);
    return row->tile_m == 1
               ? 0
               : (size_t)(b.slab_floats + b.row_floats + b.sum_floats) *
                     sizeof(float);
}

const struct assay_op_info assay_matmul_info = {
    .name = "matmul",
    .inputs = 2,
    .params = params,
    .check = check,
    .elements = elements,
    .shape = shape,
    .flops = flops,
    .tolerance = tolerance,
    .random = random_problem,
    .scratch_bytes = scratch_bytes,
    .launch[ASSAY_API_OPENCL] = assay_matmul_launch_opencl,
    .launch[ASSAY_API_VULKAN] = assay_matmul_launch_vulkan,
};
