/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of dense: its parameters, formulas, and the layout of its
 * packed constants.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/dense/dense_pack.h"
#include "kernels/dense/dense_scratch.h"
#include "kernels/dense/dense_words.h"
#include "kernels/kernel.h"
#include "kernels/launch.h"
#include "kernels/quantized_table.h"
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
    ASSAY_QUANTIZED_PARAMS(struct assay_dense),
    {0},
};

static struct assay_quantized_view view_of(const struct assay_problem *problem)
{
    const struct assay_dense *d = &problem->as.dense;
    return (struct assay_quantized_view){.name = "dense",
                                         .dtype = problem->dtype,
                                         .q = &d->q,
                                         .terms = d->k,
                                         .columns = d->n,
                                         .bias = d->bias,
                                         .act = d->act};
}

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_dense *d = &problem->as.dense;
    if (assay_product((int64_t[]){d->m, d->k}, 2) < 0 ||
        assay_product((int64_t[]){d->n, d->k}, 2) < 0 ||
        assay_product((int64_t[]){d->m, d->n}, 2) < 0)
        return assay_fail(ASSAY_INVALID,
                          "dense: an array of m x n x k has more than 2^31 "
                          "elements");
    if (problem->dtype == ASSAY_B1 && d->k % 32 != 0)
        return assay_fail(ASSAY_INVALID,
                          "dense: b1 comes in words of 32 channels, and k %lld "
                          "is no multiple of 32",
                          (long long)d->k);
    const struct assay_quantized_view view = view_of(problem);
    return assay_quantized_check(&view);
}

static enum assay_status check_constants(const struct assay_problem *problem,
                                         const void *const *constants)
{
    const struct assay_quantized_view view = view_of(problem);
    return assay_quantized_check_constants(&view, constants);
}

enum { X, CONSTANTS, Y = CONSTANTS + ASSAY_QUANTIZED_CONSTANTS };

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    const struct assay_dense *d = &problem->as.dense;
    const struct assay_quantized_view view = view_of(problem);
    const int64_t k = problem->dtype == ASSAY_B1 ? d->k / 32 : d->k;
    switch (array) {
    case X:
        return (size_t)(d->m * k);
    case CONSTANTS + ASSAY_QUANTIZED_W:
        return (size_t)(d->n * k);
    case Y:
        return (size_t)(assay_quantized_output(&view) == ASSAY_B1
                            ? d->m * d->n / 32
                            : d->m * d->n);
    default:
        return assay_quantized_elements(
            &view, (enum assay_quantized_constant)(array - CONSTANTS));
    }
}

static enum assay_dtype type(const struct assay_problem *problem,
                             unsigned array)
{
    const struct assay_quantized_view view = view_of(problem);
    if (array == X)
        return problem->dtype;
    return array == Y
               ? assay_quantized_output(&view)
               : assay_quantized_type(
                     &view, (enum assay_quantized_constant)(array - CONSTANTS));
}

static void fill(struct assay_random *random,
                 const struct assay_problem *problem, unsigned array,
                 void *data, size_t n)
{
    const struct assay_quantized_view view = view_of(problem);
    /* x is as random as w. */
    assay_quantized_fill(
        random, &view,
        array == X ? ASSAY_QUANTIZED_W
                   : (enum assay_quantized_constant)(array - CONSTANTS),
        data, n);
}

static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_dense *d = &problem->as.dense;
    snprintf(text, size, "%lldx%lldx%lld%s%s%s", (long long)d->m,
             (long long)d->n, (long long)d->k, d->bias ? "+bias" : "",
             d->act ? "+" : "", d->act ? assay_act_names[d->act] : "");
    const struct assay_quantized_view view = view_of(problem);
    assay_quantized_text(&view, text, size);
}

static double flops(const struct assay_problem *problem)
{
    const struct assay_dense *d = &problem->as.dense;
    return 2.0 * (double)d->m * (double)d->n * (double)d->k;
}

/* Inputs in [-1, 1): a sum of k products is a random walk of about sqrt(k)/3,
 * and each of its k roundings adds at most half an ulp of it, in walk again:
 * k * eps / 6 to be expected, k * eps covers the worst sums seen. The bias and
 * the activation add a few roundings of their own. f16: such a difference can
 * move y to the next f16, which is 2^-10 |y| away at most, and of the largest
 * sums few exceed six deviations, 2 sqrt(k); the bias adds up to 1. s8 and b1
 * are exact. */
static double tolerance(const struct assay_problem *problem)
{
    const double k = (double)problem->as.dense.k;
    const double sums = 0x1p-23 * (k + 16);
    switch (problem->dtype) {
    case ASSAY_F32:
        return sums;
    case ASSAY_F16:
        return sums + 0x1p-10 * (2 * sqrt(k) + 1);
    default:
        return 0;
    }
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
    if (dtype == ASSAY_F32 || dtype == ASSAY_F16) {
        d->act = assay_random_range(random, 0, ASSAY_ACTS - 1);
        return;
    }
    assay_quantized_random(random, dtype, &d->q);
    if (dtype == ASSAY_S8)
        return;
    /* Words of 32, beyond the 31 that the byte counts of AVX2 hold. */
    d->k = 32 * (d->k > 97 ? d->k / 8 : d->k);
    if (d->q.out == ASSAY_OUT_SAME) {
        d->bias = 0;
        d->n = assay_round_up(d->n, 32);
    }
}

static size_t packed_bytes(const struct assay_row *row,
                           const struct assay_problem *problem)
{
    const struct assay_dense *d = &problem->as.dense;
    if (problem->dtype == ASSAY_F32 || assay_dense_is_wide(row))
        return assay_dense_packed_floats(d->n, d->k, row->tile_n) *
               sizeof(float);
    if (problem->dtype == ASSAY_F16)
        return (size_t)((d->n + row->tile_n - 1) / row->tile_n) *
               assay_dense_panel_bytes_f16(d->k, row->tile_n);
    const struct assay_word_panels panels = assay_dense_panels(row, problem);
    return assay_word_packed_bytes(&panels);
}

static void pack(const struct assay_row *row,
                 const struct assay_problem *problem,
                 const void *const *constants, void *packed)
{
    const struct assay_dense *d = &problem->as.dense;
    const void *w = constants[0], *bias = constants[1];
    if (problem->dtype == ASSAY_F32) {
        assay_dense_pack_f32(w, bias, d->n, d->k, row->tile_n, packed);
    } else if (assay_dense_is_wide(row)) {
        assay_dense_pack_f16_wide(w, bias, d->n, d->k, row->tile_n, packed);
    } else if (problem->dtype == ASSAY_F16) {
        assay_dense_pack_f16(w, bias, d->n, d->k, row->tile_n, packed);
    } else {
        const struct assay_word_panels panels =
            assay_dense_panels(row, problem);
        assay_word_pack(&panels, constants, packed);
    }
}

static size_t scratch_bytes(const struct assay_row *row,
                            const struct assay_problem *problem)
{
    if (problem->dtype == ASSAY_F32)
        return ASSAY_DENSE_SCRATCH_FLOATS * sizeof(float);
    if (problem->dtype == ASSAY_F16)
        return assay_dense_f16_scratch(problem->as.dense.k);
    const struct assay_word_panels panels = assay_dense_panels(row, problem);
    return assay_dense_words_scratch(&panels);
}

const struct assay_op_info assay_dense_info = {
    .name = "dense",
    .inputs = 1,
    .constants = ASSAY_QUANTIZED_CONSTANTS,
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
    .launch[ASSAY_API_OPENCL] = assay_dense_launch_opencl,
    .launch[ASSAY_API_VULKAN] = assay_dense_launch_vulkan,
    .scratch_bytes = scratch_bytes,
};
