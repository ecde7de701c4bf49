/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of batchnorm: its parameters, formulas and the folding of its
 * constants.
 */
#include <math.h>
#include <stdio.h>

#include "kernels/batchnorm/batchnorm_pack.h"
#include "kernels/element.h"

#define PARAM(field) #field, offsetof(struct assay_batchnorm, field)

static const struct assay_param params[] = {
    {PARAM(rows), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(c), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(act), 0, ASSAY_ACTS - 1, ASSAY_ACT_NONE, false, assay_act_names,
     false},
    {PARAM(eps), 1e-30, 1e6, 1e-5, false, NULL, true},
    {0},
};

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_batchnorm *d = &problem->as.batchnorm;
    if (assay_product((int64_t[]){d->rows, d->c}, 2) < 0)
        return assay_fail(ASSAY_INVALID,
                          "batchnorm: rows x c is more than 2^31 elements");
    return ASSAY_OK;
}

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    const struct assay_batchnorm *d = &problem->as.batchnorm;
    return (size_t)(array >= 1 && array <= 4 ? d->c : d->rows * d->c);
}

/* Variances are positive; below 1/16 they would make the results large, which
 * the tolerance bounds. */
static void fill(struct assay_random *random,
                 const struct assay_problem *problem, unsigned array,
                 void *data, size_t n)
{
    assay_fill(random, problem->dtype, data, n);
    for (size_t i = 0; array == 4 && i < n; i++)
        assay_element_set(problem->dtype, data, i,
                          fabs(assay_element(problem->dtype, data, i)) +
                              0.0625);
}

static double folded_scale(const struct assay_problem *problem,
                           const void *const *constants, size_t j)
{
    const enum assay_dtype type = problem->dtype;
    return assay_element(type, constants[0], j) /
           sqrt(assay_element(type, constants[3], j) +
                problem->as.batchnorm.eps);
}

static double folded_shift(const struct assay_problem *problem,
                           const void *const *constants, size_t j)
{
    const enum assay_dtype type = problem->dtype;
    return assay_element(type, constants[1], j) -
           assay_element(type, constants[2], j) *
               folded_scale(problem, constants, j);
}

static enum assay_status check_constants(const struct assay_problem *problem,
                                         const void *const *constants)
{
    const int64_t c = problem->as.batchnorm.c;
    for (size_t j = 0; j < (size_t)c; j++) {
        const double var = assay_element(problem->dtype, constants[3], j);
        if (!(var >= 0) || isinf(var))
            return assay_fail(ASSAY_INVALID,
                              "batchnorm: the variance of channel %zu is %g", j,
                              var);
        /* A constant that is not finite makes one of these so. */
        if (!isfinite((float)folded_scale(problem, constants, j)) ||
            !isfinite((float)folded_shift(problem, constants, j)))
            return assay_fail(ASSAY_INVALID,
                              "batchnorm: scale or shift of channel %zu is not "
                              "finite",
                              j);
    }
    return ASSAY_OK;
}

static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_batchnorm *d = &problem->as.batchnorm;
    char eps[32] = "";
    if (d->eps < 1e-5 || d->eps > 1e-5)
        snprintf(eps, sizeof eps, "-eps%.9g", d->eps);
    snprintf(text, size, "%lldx%lld%s%s%s", (long long)d->rows, (long long)d->c,
             eps, d->act ? "+" : "", d->act ? assay_act_names[d->act] : "");
}

static double flops(const struct assay_problem *problem)
{
    const struct assay_batchnorm *d = &problem->as.batchnorm;
    return (double)d->rows * (double)d->c * 2;
}

/* Inputs, gamma, beta and mean in [-1, 1), var ≥ 1/16: scale is below 4 and
 * the sum below 9, so a product and a sum with or without contraction are off
 * by 2^-24 (4 + 9), the reference's own rounding by 2^-24 9; a curved
 * activation enlarges that by 1.5 at most and adds its own 1e-6, and some
 * roundings of a value below 9. */
static double tolerance(const struct assay_problem *problem)
{
    double error = 0x1p-24 * 22;
    if (problem->as.batchnorm.act > ASSAY_ACT_RELU6)
        error = error * 1.5 + 3e-6;
    if (problem->dtype == ASSAY_F16)
        error += 0x1p-11 * 9;
    return error;
}

static void random_problem(struct assay_random *random, enum assay_dtype dtype,
                           struct assay_problem *problem)
{
    static const int64_t edges[] = {1,  2,  3,  4,  5,   7,   8,   9,  12,
                                    15, 16, 17, 31, 32,  33,  47,  48, 49,
                                    63, 64, 65, 97, 128, 129, 255, 257};
    static const double epsilons[] = {1e-5, 1e-3, 0.5};
    const int64_t last = sizeof edges / sizeof *edges - 1;
    assay_problem_init(problem, ASSAY_OP_BATCHNORM, dtype);
    struct assay_batchnorm *d = &problem->as.batchnorm;
    d->rows = edges[assay_random_range(random, 0, last)];
    d->c = assay_random_range(random, 0, 7) == 0
               ? assay_random_range(random, 500, 2000)
               : edges[assay_random_range(random, 0, last)];
    d->act = assay_random_range(random, 0, ASSAY_ACTS - 1);
    d->eps = epsilons[assay_random_range(random, 0, 2)];
}

static size_t packed_bytes(const struct assay_row *row,
                           const struct assay_problem *problem)
{
    (void)row;
    return (size_t)assay_batchnorm_stride(problem->as.batchnorm.c) * 2 *
           sizeof(float);
}

static void pack(const struct assay_row *row,
                 const struct assay_problem *problem,
                 const void *const *constants, void *packed)
{
    const int64_t c = problem->as.batchnorm.c;
    const int64_t stride = assay_batchnorm_stride(c);
    float *scale = packed, *shift = scale + stride;
    (void)row;
    for (int64_t j = 0; j < stride; j++) {
        const size_t at = (size_t)j;
        scale[j] = j < c ? (float)folded_scale(problem, constants, at) : 0;
        shift[j] = j < c ? (float)folded_shift(problem, constants, at) : 0;
    }
}

const struct assay_op_info assay_batchnorm_info = {
    .name = "batchnorm",
    .inputs = 1,
    .constants = 4,
    .in_place = true,
    .params = params,
    .check = check,
    .elements = elements,
    .fill = fill,
    .check_constants = check_constants,
    .shape = shape,
    .flops = flops,
    .tolerance = tolerance,
    .random = random_problem,
    .packed_bytes = packed_bytes,
    .pack = pack,
    .launch[ASSAY_API_OPENCL] = assay_batchnorm_launch,
    .launch[ASSAY_API_VULKAN] = assay_batchnorm_launch,
};
