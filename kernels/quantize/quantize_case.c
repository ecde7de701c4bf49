/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of quantize: its parameters and formulas.
 */
#include <math.h>
#include <stdio.h>

#include "kernels/element.h"
#include "kernels/quantize/scales_launch.h"
#include "kernels/shape.h"

#define PARAM(field) #field, offsetof(struct assay_quantize, field)

static const struct assay_param params[] = {
    {PARAM(rows), 1, ASSAY_MAX_SIZE, 1, false, NULL, false},
    {PARAM(cols), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(scales), 0, ASSAY_SCALES_KINDS - 1, ASSAY_SCALES_TENSOR, false,
     assay_scales_names, false},
    {PARAM(low), -128, 127, -128, false, NULL, false},
    {PARAM(high), -128, 127, 127, false, NULL, false},
    {0},
};

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_quantize *d = &problem->as.quantize;
    if (assay_product((const int64_t[]){d->rows, d->cols}, 2) < 0)
        return assay_fail(ASSAY_INVALID, "quantize: more than 2^31 elements");
    if (d->low > d->high)
        return assay_fail(ASSAY_INVALID, "quantize: low is above high");
    return ASSAY_OK;
}

static int64_t count(const struct assay_problem *problem)
{
    const struct assay_quantize *d = &problem->as.quantize;
    return assay_scales_count((enum assay_scales)d->scales, d->rows, d->cols);
}

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    const struct assay_quantize *d = &problem->as.quantize;
    return (size_t)(array == 1 || array == 2 ? count(problem)
                                             : d->rows * d->cols);
}

static enum assay_dtype type(const struct assay_problem *problem,
                             unsigned array)
{
    static const enum assay_dtype types[] = {ASSAY_F32, ASSAY_F32, ASSAY_S32,
                                             ASSAY_S8};
    (void)problem;
    return types[array];
}

/* Scales about 1/128, so that some of x within ± 1 is beyond s8, or powers of
 * two for an x of whole 512ths, so that many results are ties. */
static void fill(struct assay_random *random,
                 const struct assay_problem *problem, unsigned array,
                 void *data, size_t n)
{
    assay_fill(random, type(problem, array), data, n);
    float *x = data;
    const bool ties = problem->as.quantize.cols % 2;
    for (size_t i = 0; i < n && array == 0 && ties; i++)
        x[i] = rintf(x[i] * 512) / 512;
    for (size_t i = 0; i < n && array == 1; i++)
        x[i] = ties ? ldexpf(1, (int)assay_random_range(random, -8, -6))
                    : 0.008f + 0.004f * x[i];
    for (size_t i = 0; i < n && array == 2; i++)
        ((int32_t *)data)[i] %= 129;
    for (size_t i = 0; i < n && array == 2; i++)
        if (((int32_t *)data)[i] == 128)
            ((int32_t *)data)[i] = 0;
}

static enum assay_status check_constants(const struct assay_problem *problem,
                                         const void *const *constants)
{
    return assay_scales_check("quantize", constants, count(problem));
}

static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_quantize *d = &problem->as.quantize;
    snprintf(text, size, "%lldx%lld-%s", (long long)d->rows, (long long)d->cols,
             assay_scales_names[d->scales]);
}

/* No count of operations that all rows share. */
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
    static const int64_t edges[] = {1,  2,  3,  5,  7,   8,   9,   15,
                                    16, 17, 31, 33, 255, 256, 257, 1025};
    const int64_t last = sizeof edges / sizeof *edges - 1;
    assay_problem_init(problem, ASSAY_OP_QUANTIZE, dtype);
    struct assay_quantize *d = &problem->as.quantize;
    d->rows = assay_random_range(random, 1, 40);
    d->cols = edges[assay_random_range(random, 0, last)];
    d->scales = assay_random_range(random, 0, ASSAY_SCALES_KINDS - 1);
    d->low = assay_random_range(random, 0, 2) ? -128 : -100;
    d->high = assay_random_range(random, 0, 2) ? 127 : 101;
}

static size_t packed_bytes(const struct assay_row *row,
                           const struct assay_problem *problem)
{
    (void)row;
    return assay_scales_bytes(count(problem));
}

static void pack(const struct assay_row *row,
                 const struct assay_problem *problem,
                 const void *const *constants, void *packed)
{
    (void)row;
    assay_scales_pack(constants, count(problem), true, packed);
}

static enum assay_status launch_row(const struct assay_row *row,
                                    const struct assay_problem *problem,
                                    struct assay_launch *launch)
{
    const struct assay_quantize *d = &problem->as.quantize;
    assay_launch_scales(row, (enum assay_scales)d->scales, d->rows, d->cols,
                        d->low, d->high, launch);
    return ASSAY_OK;
}

const struct assay_op_info assay_quantize_info = {
    .name = "quantize",
    .inputs = 1,
    .constants = 2,
    .params = params,
    .check = check,
    .elements = elements,
    .type = type,
    .fill = fill,
    .check_constants = check_constants,
    .shape = shape,
    .flops = flops,
    .tolerance = tolerance,
    .random = random_problem,
    .packed_bytes = packed_bytes,
    .pack = pack,
    .launch[ASSAY_API_OPENCL] = launch_row,
    .launch[ASSAY_API_VULKAN] = launch_row,
};
