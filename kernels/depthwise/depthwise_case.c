/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of depthwise: its parameters, formulas, and the size of its
 * packed constants.
 */
#include <math.h>
#include <stdio.h>

#include "kernels/depthwise/depthwise_pack.h"
#include "kernels/element.h"
#include "kernels/kernel.h"
#include "kernels/launch.h"
#include "kernels/quantized_table.h"
#include "kernels/random.h"

#define PARAM(field) #field, offsetof(struct assay_depthwise, field)

static const struct assay_param params[] = {
    {PARAM(n), 1, ASSAY_MAX_SIZE, 1, false, NULL, false},
    {PARAM(h), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(w), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(c), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    ASSAY_WINDOW_PARAMS(assay_depthwise, ASSAY_MAX_SIZE),
    {PARAM(bias), 0, 1, 0, false, NULL, false},
    {PARAM(act), 0, ASSAY_ACTS - 1, ASSAY_ACT_NONE, false, assay_act_names,
     false},
    ASSAY_QUANTIZED_PARAMS(struct assay_depthwise),
    {0},
};

static struct assay_quantized_view view_of(const struct assay_problem *problem)
{
    const struct assay_depthwise *d = &problem->as.depthwise;
    return (struct assay_quantized_view){.name = "depthwise",
                                         .dtype = problem->dtype,
                                         .q = &d->q,
                                         .terms = d->r * d->s,
                                         .columns = d->c,
                                         .bias = d->bias,
                                         .act = d->act};
}

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_depthwise *d = &problem->as.depthwise;
    const enum assay_status status = assay_window_check(
        "depthwise", ASSAY_WINDOW_ROWS(d), ASSAY_WINDOW_COLUMNS(d));
    if (status != ASSAY_OK)
        return status;
    const int64_t out_h = assay_depthwise_out_h(d);
    const int64_t out_w = assay_depthwise_out_w(d);
    const int64_t padded_h = d->h + d->pad_top + d->pad_bottom;
    const int64_t padded_w = d->w + d->pad_left + d->pad_right;
    if (assay_product((int64_t[]){d->n, d->h, d->w, d->c}, 4) < 0 ||
        assay_product((int64_t[]){padded_h, padded_w, d->c}, 3) < 0 ||
        assay_product((int64_t[]){d->r, d->s, d->c}, 3) < 0 ||
        assay_product((int64_t[]){d->n, out_h, out_w, d->c}, 4) < 0)
        return assay_fail(ASSAY_INVALID,
                          "depthwise: an array or a padded image has more "
                          "than 2^31 elements");
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
    const struct assay_depthwise *d = &problem->as.depthwise;
    const struct assay_quantized_view view = view_of(problem);
    switch (array) {
    case X:
        return (size_t)(d->n * d->h * d->w * d->c);
    case CONSTANTS + ASSAY_QUANTIZED_W:
        return (size_t)(d->r * d->s * d->c);
    case Y:
        return (size_t)(d->n * assay_depthwise_out_h(d) *
                        assay_depthwise_out_w(d) * d->c);
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
    if (array == X)
        assay_fill(random, problem->dtype, data, n);
    else
        assay_quantized_fill(random, &view,
                             (enum assay_quantized_constant)(array - CONSTANTS),
                             data, n);
}

/* As for conv2d: "1x28x28x64-3x3", then what is not standard. */
static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_depthwise *d = &problem->as.depthwise;
    char window[192];
    assay_window_text(ASSAY_WINDOW_ROWS(d), ASSAY_WINDOW_COLUMNS(d), window,
                      sizeof window);
    snprintf(text, size, "%lldx%lldx%lldx%lld-%lldx%lld%s%s%s%s",
             (long long)d->n, (long long)d->h, (long long)d->w, (long long)d->c,
             (long long)d->r, (long long)d->s, window, d->bias ? "+bias" : "",
             d->act ? "+" : "", d->act ? assay_act_names[d->act] : "");
}

static double flops(const struct assay_problem *problem)
{
    const struct assay_depthwise *d = &problem->as.depthwise;
    return 2.0 * (double)elements(problem, Y) * (double)d->r * (double)d->s;
}

/* As for conv2d: each output element is a sum of r*s products. */
static double tolerance(const struct assay_problem *problem)
{
    const struct assay_depthwise *d = &problem->as.depthwise;
    const double depth = (double)d->r * (double)d->s;
    const double sums = 0x1p-23 * (depth + 16);
    switch (problem->dtype) {
    case ASSAY_F32:
        return sums;
    case ASSAY_F16:
        return sums + 0x1p-10 * (2 * sqrt(depth) + 1);
    default:
        return 0;
    }
}

static void random_problem(struct assay_random *random, enum assay_dtype dtype,
                           struct assay_problem *problem)
{
    static const int64_t channels[] = {1,  2,  3,  4,  7,  8,  15, 16,
                                       17, 31, 32, 33, 48, 50, 64, 97};
    assay_problem_init(problem, ASSAY_OP_DEPTHWISE, dtype);
    struct assay_depthwise *d = &problem->as.depthwise;
    d->n = assay_random_range(random, 1, 3);
    const struct assay_window_axis rows = assay_window_random(random, 16);
    const struct assay_window_axis columns = assay_window_random(random, 16);
    ASSAY_WINDOW_SET(d, rows, columns);
    /* The plain 3x3 of most networks, which rows treat apart. */
    if (assay_random_range(random, 0, 3) == 0) {
        d->r = d->s = 3;
        d->dil_h = d->dil_w = 1;
        d->stride_h = d->stride_w = assay_random_range(random, 1, 2);
        d->pad_top = d->pad_left = d->pad_bottom = d->pad_right = 1;
    }
    d->c = channels[assay_random_range(random, 0, 15)];
    d->bias = assay_random_range(random, 0, 1);
    if (dtype == ASSAY_S8)
        assay_quantized_random(random, dtype, &d->q);
    else
        d->act = assay_random_range(random, 0, ASSAY_ACTS - 1);
}

const struct assay_op_info assay_depthwise_info = {
    .name = "depthwise",
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
    .packed_bytes = assay_depthwise_packed_bytes,
    .pack = assay_depthwise_pack,
    .launch[ASSAY_API_OPENCL] = assay_depthwise_launch_opencl,
    .launch[ASSAY_API_VULKAN] = assay_depthwise_launch_vulkan,
};
