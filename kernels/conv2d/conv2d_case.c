/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of conv2d: its parameters, formulas, and the size of its
 * packed constants.
 */
#include <math.h>
#include <stdio.h>

#include "kernels/conv2d/conv2d_strip.h"
#include "kernels/conv2d/conv2d_winograd.h"
#include "kernels/conv2d/conv2d_words.h"
#include "kernels/element.h"
#include "kernels/kernel.h"
#include "kernels/launch.h"
#include "kernels/quantized_table.h"
#include "kernels/random.h"

#define PARAM(field) #field, offsetof(struct assay_conv2d, field)

static const struct assay_param params[] = {
    {PARAM(n), 1, ASSAY_MAX_SIZE, 1, false, NULL, false},
    {PARAM(h), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(w), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(c), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(k), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    ASSAY_WINDOW_PARAMS(assay_conv2d, ASSAY_MAX_SIZE),
    {PARAM(groups), 1, ASSAY_MAX_SIZE, 1, false, NULL, false},
    {PARAM(bias), 0, 1, 0, false, NULL, false},
    {PARAM(act), 0, ASSAY_ACTS - 1, ASSAY_ACT_NONE, false, assay_act_names,
     false},
    ASSAY_QUANTIZED_PARAMS(struct assay_conv2d),
    {0},
};

static struct assay_quantized_view view_of(const struct assay_problem *problem)
{
    const struct assay_conv2d *d = &problem->as.conv2d;
    return (struct assay_quantized_view){.name = "conv2d",
                                         .dtype = problem->dtype,
                                         .q = &d->q,
                                         .terms = assay_conv2d_depth(d),
                                         .columns = d->k,
                                         .bias = d->bias,
                                         .act = d->act};
}

static enum assay_status check_bits(const struct assay_problem *problem)
{
    const struct assay_conv2d *d = &problem->as.conv2d;
    const struct assay_quantized_view view = view_of(problem);
    if (d->c / d->groups % 32 != 0)
        return assay_fail(ASSAY_INVALID,
                          "conv2d: b1: the channels of a group are no multiple "
                          "of 32");
    if (assay_quantized_output(&view) == ASSAY_B1 && d->k / d->groups % 32 != 0)
        return assay_fail(ASSAY_INVALID,
                          "conv2d: an output of b1 fills words of 32 channels, "
                          "and the outputs of a group are no multiple of 32");
    return ASSAY_OK;
}

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_conv2d *d = &problem->as.conv2d;
    if (d->c % d->groups || d->k % d->groups)
        return assay_fail(ASSAY_INVALID,
                          "conv2d: groups does not divide both c and k");
    enum assay_status status = assay_window_check(
        "conv2d", ASSAY_WINDOW_ROWS(d), ASSAY_WINDOW_COLUMNS(d));
    if (status != ASSAY_OK)
        return status;
    const int64_t out_h = assay_conv2d_out_h(d);
    const int64_t out_w = assay_conv2d_out_w(d);
    const int64_t padded_h = d->h + d->pad_top + d->pad_bottom;
    const int64_t padded_w = d->w + d->pad_left + d->pad_right;
    if (assay_product((int64_t[]){d->n, d->h, d->w, d->c}, 4) < 0 ||
        assay_product((int64_t[]){padded_h, padded_w, d->c}, 3) < 0 ||
        assay_product((int64_t[]){d->k, d->r, d->s, d->c / d->groups}, 4) < 0 ||
        assay_product((int64_t[]){d->n, out_h, out_w, d->k}, 4) < 0)
        return assay_fail(ASSAY_INVALID,
                          "conv2d: an array or a padded image has more "
                          "than 2^31 elements");
    if (problem->dtype == ASSAY_B1) {
        status = check_bits(problem);
        if (status != ASSAY_OK)
            return status;
    }
    const struct assay_quantized_view view = view_of(problem);
    return assay_quantized_check(&view);
}

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    const struct assay_conv2d *d = &problem->as.conv2d;
    const struct assay_quantized_view view = view_of(problem);
    const int64_t pack = problem->dtype == ASSAY_B1 ? 32 : 1;
    if (array == 0)
        return (size_t)(d->n * d->h * d->w * d->c / pack);
    if (array == 1)
        return (size_t)(d->k * assay_conv2d_depth(d) / pack);
    if (array <= ASSAY_QUANTIZED_CONSTANTS)
        return assay_quantized_elements(
            &view, (enum assay_quantized_constant)(array - 1));
    return (size_t)(d->n * assay_conv2d_out_h(d) * assay_conv2d_out_w(d) *
                    d->k /
                    (assay_quantized_output(&view) == ASSAY_B1 ? 32 : 1));
}

static enum assay_dtype type(const struct assay_problem *problem,
                             unsigned array)
{
    const struct assay_quantized_view view = view_of(problem);
    if (array == 0)
        return problem->dtype;
    if (array <= ASSAY_QUANTIZED_CONSTANTS)
        return assay_quantized_type(&view,
                                    (enum assay_quantized_constant)(array - 1));
    return assay_quantized_output(&view);
}

static void fill(struct assay_random *random,
                 const struct assay_problem *problem, unsigned array,
                 void *data, size_t n)
{
    const struct assay_quantized_view view = view_of(problem);
    if (array == 0)
        assay_fill(random, problem->dtype, data, n);
    else
        assay_quantized_fill(
            random, &view, (enum assay_quantized_constant)(array - 1), data, n);
}

static enum assay_status check_constants(const struct assay_problem *problem,
                                         const void *const *constants)
{
    const struct assay_quantized_view view = view_of(problem);
    return assay_quantized_check_constants(&view, constants);
}

/* "1x28x28x64-64k3x3", then what differs from stride 1, no padding, dilation 1
 * and one group: "s2x1", "p1.1.1.1" (window.h), "g4". */
static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_conv2d *d = &problem->as.conv2d;
    char window[192], groups[24] = "";
    assay_window_text(ASSAY_WINDOW_ROWS(d), ASSAY_WINDOW_COLUMNS(d), window,
                      sizeof window);
    if (d->groups != 1)
        snprintf(groups, sizeof groups, "g%lld", (long long)d->groups);
    snprintf(text, size, "%lldx%lldx%lldx%lld-%lldk%lldx%lld%s%s%s%s%s",
             (long long)d->n, (long long)d->h, (long long)d->w, (long long)d->c,
             (long long)d->k, (long long)d->r, (long long)d->s, window, groups,
             d->bias ? "+bias" : "", d->act ? "+" : "",
             d->act ? assay_act_names[d->act] : "");
    const struct assay_quantized_view view = view_of(problem);
    assay_quantized_text(&view, text, size);
}

static double flops(const struct assay_problem *problem)
{
    const struct assay_conv2d *d = &problem->as.conv2d;
    return 2.0 * (double)(d->n * d->k) * (double)assay_conv2d_out_h(d) *
           (double)assay_conv2d_out_w(d) * (double)assay_conv2d_depth(d);
}

/* f32 as for dense: each output element is a sum of `depth` products; half as
 * much again where a row may use Winograd's transforms (conv2d_winograd.h).
 * f16: two sums that differ by that much may round to neighbours, 2^-10 of y
 * apart; the products have the variance 1/9, so that |y| is below six
 * deviations of the sum, 2 sqrt(depth), and a bias of 1. Integers are exact. */
static double tolerance(const struct assay_problem *problem)
{
    const struct assay_conv2d *d = &problem->as.conv2d;
    const double depth = (double)assay_conv2d_depth(d);
    const bool plain = problem->dtype != ASSAY_F32 || !assay_winograd_fits(d);
    const double sums = 0x1p-23 * (depth * (plain ? 1 : 1.5) + 16);
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
    static const int64_t channels[] = {1,  1,  2,  3,  4,  7,  8,  12,
                                       16, 17, 31, 32, 33, 48, 50, 64};
    assay_problem_init(problem, ASSAY_OP_CONV2D, dtype);
    struct assay_conv2d *d = &problem->as.conv2d;
    d->n = assay_random_range(random, 1, 3);
    const struct assay_window_axis rows = assay_window_random(random, 12);
    const struct assay_window_axis columns = assay_window_random(random, 12);
    ASSAY_WINDOW_SET(d, rows, columns);
    d->c = channels[assay_random_range(random, 0, 15)];
    d->k = channels[assay_random_range(random, 0, 15)];
    switch (assay_random_range(random, 0, 5)) {
    case 0: /* one channel a group, one or more filters each */
        d->groups = d->c;
        d->k = d->c * assay_random_range(random, 1, 3);
        break;
    case 1:
        d->groups = assay_random_range(random, 2, 5);
        d->c = d->groups * assay_random_range(random, 1, 17);
        d->k = d->groups * assay_random_range(random, 1, 20);
        break;
    default:
        d->groups = 1;
    }
    /* What only some rows do. */
    if (dtype == ASSAY_F32 && assay_random_range(random, 0, 3) == 0) {
        d->r = d->s = 3;
        d->stride_h = d->stride_w = d->dil_h = d->dil_w = d->groups = 1;
        d->c += ASSAY_WINOGRAD_LEAST;
        d->h += 2;
        d->w += 2;
        int64_t *pads[] = {&d->pad_top, &d->pad_left, &d->pad_bottom,
                           &d->pad_right};
        for (size_t i = 0; i < 4; i++)
            *pads[i] = assay_random_range(random, 0, 2);
    }
    if (dtype == ASSAY_B1) {
        d->c = d->groups * 32 * assay_random_range(random, 1, 3);
        if (assay_random_range(random, 0, 1))
            d->k = d->groups * 32 * assay_random_range(random, 1, 2);
    }
    d->bias = assay_random_range(random, 0, 1);
    if (dtype == ASSAY_F32 || dtype == ASSAY_F16) {
        d->act = assay_random_range(random, 0, ASSAY_ACTS - 1);
        return;
    }
    assay_quantized_random(random, dtype, &d->q);
    if (dtype == ASSAY_B1 && d->k / d->groups % 32 != 0)
        d->q.out = ASSAY_OUT_F32;
    if (dtype == ASSAY_B1 && d->q.out == ASSAY_OUT_SAME)
        d->bias = 0;
}

static enum assay_status accepts(const struct assay_row *row,
                                 const struct assay_problem *problem)
{
    return assay_conv2d_is_winograd(row)
               ? assay_winograd_accepts(row, &problem->as.conv2d)
               : ASSAY_OK;
}

static bool suits(const struct assay_row *row,
                  const struct assay_problem *problem)
{
    return !assay_conv2d_is_winograd(row) ||
           assay_winograd_pays(row, &problem->as.conv2d);
}

static double executed(const struct assay_row *row,
                       const struct assay_problem *problem)
{
    return assay_conv2d_is_winograd(row)
               ? assay_winograd_flops(&problem->as.conv2d)
               : flops(problem);
}

static size_t packed_bytes(const struct assay_row *row,
                           const struct assay_problem *problem)
{
    return assay_conv2d_is_winograd(row)
               ? assay_winograd_packed_bytes(row, &problem->as.conv2d)
               : assay_conv2d_packed_bytes(row, problem);
}

static void pack(const struct assay_row *row,
                 const struct assay_problem *problem,
                 const void *const *constants, void *packed)
{
    if (assay_conv2d_is_winograd(row))
        assay_winograd_pack(row, &problem->as.conv2d, constants[0],
                            constants[1], packed);
    else
        assay_conv2d_pack(row, problem, constants, packed);
}

static size_t scratch_bytes(const struct assay_row *row,
                            const struct assay_problem *problem)
{
    return assay_conv2d_is_winograd(row)
               ? assay_winograd_scratch_bytes(row, &problem->as.conv2d)
               : assay_conv2d_scratch_bytes(row, &problem->as.conv2d);
}

const struct assay_op_info assay_conv2d_info = {
    .name = "conv2d",
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
    .executed = executed,
    .accepts = accepts,
    .suits = suits,
    .tolerance = tolerance,
    .random = random_problem,
    .packed_bytes = packed_bytes,
    .pack = pack,
    .scratch_bytes = scratch_bytes,
    .launch[ASSAY_API_OPENCL] = assay_conv2d_launch_opencl,
    .launch[ASSAY_API_VULKAN] = assay_conv2d_launch_vulkan,
};
