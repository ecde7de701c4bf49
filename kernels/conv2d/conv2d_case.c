/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of conv2d: its parameters, formulas, and the size of its
 * packed constants.
 */
#include <stdio.h>

#include "kernels/conv2d/conv2d_strip.h"
#include "kernels/kernel.h"
#include "kernels/launch.h"
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
    {0},
};

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_conv2d *d = &problem->as.conv2d;
    if (d->c % d->groups || d->k % d->groups)
        return assay_fail(ASSAY_INVALID,
                          "conv2d: groups does not divide both c and k");
    const enum assay_status status = assay_window_check(
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
    return ASSAY_OK;
}

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    const struct assay_conv2d *d = &problem->as.conv2d;
    switch (array) {
    case 0:
        return (size_t)(d->n * d->h * d->w * d->c);
    case 1:
        return (size_t)(d->k * assay_conv2d_depth(d));
    case 2:
        return d->bias ? (size_t)d->k : 0;
    default:
        return (size_t)(d->n * assay_conv2d_out_h(d) * assay_conv2d_out_w(d) *
                        d->k);
    }
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
}

static double flops(const struct assay_problem *problem)
{
    return 2.0 * (double)elements(problem, 3) *
           (double)assay_conv2d_depth(&problem->as.conv2d);
}

/* As for dense: each output element is a sum of `depth` products. */
static double tolerance(const struct assay_problem *problem)
{
    return 0x1p-23 * ((double)assay_conv2d_depth(&problem->as.conv2d) + 16);
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
    d->bias = assay_random_range(random, 0, 1);
    d->act = assay_random_range(random, 0, ASSAY_ACTS - 1);
}

static size_t packed_bytes(const struct assay_row *row,
                           const struct assay_problem *problem)
{
    return assay_conv2d_packed_floats(&problem->as.conv2d, row->tile_n) *
           sizeof(float);
}

static void pack(const struct assay_row *row,
                 const struct assay_problem *problem,
                 const void *const *constants, void *packed)
{
    assay_conv2d_pack_f32(&problem->as.conv2d, constants[0], constants[1],
                          row->tile_n, packed);
}

static size_t scratch_bytes(const struct assay_row *row,
                            const struct assay_problem *problem)
{
    (void)row;
    return assay_conv2d_scratch_bytes(&problem->as.conv2d);
}

const struct assay_op_info assay_conv2d_info = {
    .name = "conv2d",
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
    .scratch_bytes = scratch_bytes,
    .launch[ASSAY_API_OPENCL] = assay_conv2d_launch_opencl,
    .launch[ASSAY_API_VULKAN] = assay_conv2d_launch_vulkan,
};
