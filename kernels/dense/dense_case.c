/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of dense: its parameters, formulas, and the layout of its
 * packed constants.
 */
#include <stdio.h>
#include <string.h>

#include "kernels/dense/dense_pack.h"
#include "kernels/dense/dense_scratch.h"
#include "kernels/kernel.h"
#include "kernels/launch.h"
#include "kernels/random.h"
#include "kernels/shape.h"

#define PARAM(field) #field, offsetof(struct assay_dense, field)

static const struct assay_param params[] = {
    {PARAM(m), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(n), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(k), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(bias), 0, 1, 0, false, NULL, false},
    {PARAM(act), 0, ASSAY_ACTS - 1, ASSAY_ACT_NONE, false, assay_act_names,
     false},
    {0},
};

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_dense *d = &problem->as.dense;
    if (assay_product((int64_t[]){d->m, d->k}, 2) < 0 ||
        assay_product((int64_t[]){d->n, d->k}, 2) < 0 ||
        assay_product((int64_t[]){d->m, d->n}, 2) < 0)
        return assay_fail(ASSAY_INVALID,
                          "dense: an array of m x n x k has more than 2^31 "
                          "elements");
    return ASSAY_OK;
}

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    const struct assay_dense *d = &problem->as.dense;
    switch (array) {
    case 0:
        return (size_t)(d->m * d->k);
    case 1:
        return (size_t)(d->n * d->k);
    case 2:
        return d->bias ? (size_t)d->n : 0;
    default:
        return (size_t)(d->m * d->n);
    }
}

static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_dense *d = &problem->as.dense;
    snprintf(text, size, "%lldx%lldx%lld%s%s%s", (long long)d->m,
             (long long)d->n, (long long)d->k, d->bias ? "+bias" : "",
             d->act ? "+" : "", d->act ? assay_act_names[d->act] : "");
}

static double flops(const struct assay_problem *problem)
{
    const struct assay_dense *d = &problem->as.dense;
    return 2.0 * (double)d->m * (double)d->n * (double)d->k;
}

/* Inputs in [-1, 1): a sum of k products is a random walk of about sqrt(k)/3,
 * and each of its k roundings adds at most half an ulp of it, in walk again:
 * k * eps / 6 to be expected, k * eps covers the worst sums seen. The bias and
 * the activation add a few roundings of their own. */
static double tolerance(const struct assay_problem *problem)
{
    return 0x1p-23 * ((double)problem->as.dense.k + 16);
}

static void random_problem(struct assay_random *random, enum assay_dtype dtype,
                           struct assay_problem *problem)
{
    static const int64_t edges[] = {1,  2,  3,  5,  7,  13, 14, 15, 16,
                                    17, 31, 32, 33, 47, 48, 49, 64, 97};
    const int64_t last = sizeof edges / sizeof *edges - 1;
    assay_problem_init(problem, ASSAY_OP_DENSE, dtype);
    struct assay_dense *d = &problem->as.dense;
    d->m = edges[assay_random_range(random, 0, last)];
    d->n = edges[assay_random_range(random, 0, last)];
    /* Beyond the K blocks of the CPU rows once in a while. */
    d->k = assay_random_range(random, 0, 9) == 0
               ? assay_random_range(random, 380, 900)
               : edges[assay_random_range(random, 0, last)];
    d->bias = assay_random_range(random, 0, 1);
    d->act = assay_random_range(random, 0, ASSAY_ACTS - 1);
}

static size_t packed_bytes(const struct assay_row *row,
                           const struct assay_problem *problem)
{
    const struct assay_dense *d = &problem->as.dense;
    return assay_dense_packed_floats(d->n, d->k, row->tile_n) * sizeof(float);
}

static void pack(const struct assay_row *row,
                 const struct assay_problem *problem,
                 const void *const *constants, void *packed)
{
    const struct assay_dense *d = &problem->as.dense;
    assay_dense_pack_f32(constants[0], constants[1], d->n, d->k, row->tile_n,
                         packed);
}

static size_t scratch_bytes(const struct assay_row *row,
                            const struct assay_problem *problem)
{
    (void)row;
    (void)problem;
    return ASSAY_DENSE_SCRATCH_FLOATS * sizeof(float);
}

const struct assay_op_info assay_dense_info = {
    .name = "dense",
    .inputs = 1,
    .constants = 2,
    .params = params,
    .check = check,
    .elements = elements,
    .shape = shape,
    .flops = flops,
    .tolerance = tolerance,
    .random = random_problem,
    .packed_bytes = packed_bytes,
    .pack = pack,
    .launch[ASSAY_API_OPENCL] = assay_dense_launch_opencl,
    .launch[ASSAY_API_VULKAN] = assay_dense_launch_vulkan,
    .scratch_bytes = scratch_bytes,
};
