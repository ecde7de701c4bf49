/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of depthwise: its parameters, formulas, and the size of its
 * packed constants.
 */
#include <stdio.h>

#include "kernels/depthwise/depthwise_pack.h"
#include "kernels/kernel.h"
#include "kernels/launch.h"
#include "kernels/random.h"

#define PARAM(field) #field, offsetof(struct assay_depthwise, field)

static const struct assay_param params[] = {
    {PARAM(n), 1, ASSAY_MAX_SIZE, 1, false, NULL, false},
    {PARAM(h), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(w), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(c), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(r), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(s), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(stride_h), 1, ASSAY_MAX_SIZE, 1, false, NULL, false},
    {PARAM(stride_w), 1, ASSAY_MAX_SIZE, 1, false, NULL, false},
    {PARAM(pad_top), 0, ASSAY_MAX_SIZE, 0, false, NULL, false},
    {PARAM(pad_left), 0, ASSAY_MAX_SIZE, 0, false, NULL, false},
    {PARAM(pad_bottom), 0, ASSAY_MAX_SIZE, 0, false, NULL, false},
    {PARAM(pad_right), 0, ASSAY_MAX_SIZE, 0, false, NULL, false},
    {PARAM(dil_h), 1, ASSAY_MAX_SIZE, 1, false, NULL, false},
    {PARAM(dil_w), 1, ASSAY_MAX_SIZE, 1, false, NULL, false},
    {PARAM(bias), 0, 1, 0, false, NULL, false},
    {PARAM(act), 0, ASSAY_ACTS - 1, ASSAY_ACT_NONE, false, assay_act_names,
     false},
    {0},
};

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_depthwise *d = &problem->as.depthwise;
    const int64_t span_h = (d->r - 1) * d->dil_h + 1;
    const int64_t span_w = (d->s - 1) * d->dil_w + 1;
    if (d->pad_top >= span_h || d->pad_bottom >= span_h ||
        d->pad_left >= span_w || d->pad_right >= span_w)
        return assay_fail(ASSAY_INVALID, "depthwise: padding is not smaller "
                                         "than the dilated kernel");
    const int64_t out_h = assay_depthwise_out_h(d);
    const int64_t out_w = assay_depthwise_out_w(d);
    if (out_h < 1 || out_w < 1)
        return assay_fail(ASSAY_INVALID,
                          "depthwise: the dilated kernel exceeds the padded "
                          "image");
    const int64_t padded_h = d->h + d->pad_top + d->pad_bottom;
    const int64_t padded_w = d->w + d->pad_left + d->pad_right;
    if (assay_product((int64_t[]){d->n, d->h, d->w, d->c}, 4) < 0 ||
        assay_product((int64_t[]){padded_h, padded_w, d->c}, 3) < 0 ||
        assay_product((int64_t[]){d->r, d->s, d->c}, 3) < 0 ||
        assay_product((int64_t[]){d->n, out_h, out_w, d->c}, 4) < 0)
        return assay_fail(ASSAY_INVALID,
                          "depthwise: an array or a padded image has more "
                          "than 2^31 elements");
    return ASSAY_OK;
}

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    const struct assay_depthwise *d = &problem->as.depthwise;
    switch (array) {
    case 0:
        return (size_t)(d->n * d->h * d->w * d->c);
    case 1:
        return (size_t)(d->r * d->s * d->c);
    case 2:
        return d->bias ? (size_t)d->c : 0;
    default:
        return (size_t)(d->n * assay_depthwise_out_h(d) *
                        assay_depthwise_out_w(d) * d->c);
    }
}

/* As for conv2d: "1x28x28x64-3x3", then what is not standard. */
static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_depthwise *d = &problem->as.depthwise;
    char stride[48] = "", pad[96] = "", dilation[48] = "";
    if (d->stride_h != 1 || d->stride_w != 1)
        snprintf(stride, sizeof stride, "s%lldx%lld", (long long)d->stride_h,
                 (long long)d->stride_w);
    if (d->pad_top || d->pad_left || d->pad_bottom || d->pad_right)
        snprintf(pad, sizeof pad, "p%lld.%lld.%lld.%lld", (long long)d->pad_top,
                 (long long)d->pad_left, (long long)d->pad_bottom,
                 (long long)d->pad_right);
    if (d->dil_h != 1 || d->dil_w != 1)
        snprintf(dilation, sizeof dilation, "d%lldx%lld", (long long)d->dil_h,
                 (long long)d->dil_w);
    snprintf(text, size, "%lldx%lldx%lldx%lld-%lldx%lld%s%s%s%s%s%s",
             (long long)d->n, (long long)d->h, (long long)d->w, (long long)d->c,
             (long long)d->r, (long long)d->s, stride, pad, dilation,
             d->bias ? "+bias" : "", d->act ? "+" : "",
             d->act ? assay_act_names[d->act] : "");
}

static double flops(const struct assay_problem *problem)
{
    const struct assay_depthwise *d = &problem->as.depthwise;
    return 2.0 * (double)elements(problem, 3) * (double)d->r * (double)d->s;
}

/* As for dense: each output element is a sum of r*s products. */
static double tolerance(const struct assay_problem *problem)
{
    const struct assay_depthwise *d = &problem->as.depthwise;
    return 0x1p-23 * ((double)d->r * (double)d->s + 16);
}

/* One axis: a kernel with its padding, and an image that it fits. */
static void random_axis(struct assay_random *random, int64_t *in, int64_t *size,
                        int64_t *stride, int64_t *before, int64_t *after,
                        int64_t *dilation)
{
    static const int64_t sizes[] = {1, 2, 3, 3, 3, 3, 4, 5, 7};
    *size = sizes[assay_random_range(random, 0, 8)];
    *stride = assay_random_range(random, 1, 3);
    *dilation =
        assay_random_range(random, 0, 3) ? 1 : assay_random_range(random, 2, 3);
    const int64_t span = (*size - 1) * *dilation + 1;
    *before = *after = 0;
    if (assay_random_range(random, 0, 2)) {
        *before = assay_random_range(random, 0, span - 1);
        *after = assay_random_range(random, 0, span - 1);
    }
    /* From the smallest image, which may be smaller than the kernel. */
    int64_t least = span - *before - *after;
    *in = (least > 1 ? least : 1) + assay_random_range(random, 0, 16);
}

static void random_problem(struct assay_random *random, enum assay_dtype dtype,
                           struct assay_problem *problem)
{
    static const int64_t channels[] = {1,  2,  3,  4,  7,  8,  15, 16,
                                       17, 31, 32, 33, 48, 50, 64, 97};
    assay_problem_init(problem, ASSAY_OP_DEPTHWISE, dtype);
    struct assay_depthwise *d = &problem->as.depthwise;
    d->n = assay_random_range(random, 1, 3);
    random_axis(random, &d->h, &d->r, &d->stride_h, &d->pad_top, &d->pad_bottom,
                &d->dil_h);
    random_axis(random, &d->w, &d->s, &d->stride_w, &d->pad_left, &d->pad_right,
                &d->dil_w);
    /* The plain 3x3 of most networks, which rows treat apart. */
    if (assay_random_range(random, 0, 3) == 0) {
        d->r = d->s = 3;
        d->dil_h = d->dil_w = 1;
        d->stride_h = d->stride_w = assay_random_range(random, 1, 2);
        d->pad_top = d->pad_left = d->pad_bottom = d->pad_right = 1;
    }
    d->c = channels[assay_random_range(random, 0, 15)];
    d->bias = assay_random_range(random, 0, 1);
    d->act = assay_random_range(random, 0, ASSAY_ACTS - 1);
}

static size_t packed_bytes(const struct assay_row *row,
                           const struct assay_problem *problem)
{
    return assay_depthwise_packed_floats(&problem->as.depthwise, row->tile_n) *
           sizeof(float);
}

static void pack(const struct assay_row *row,
                 const struct assay_problem *problem,
                 const void *const *constants, void *packed)
{
    assay_depthwise_pack_f32(&problem->as.depthwise, constants[0], constants[1],
                             row->tile_n, packed);
}

const struct assay_op_info assay_depthwise_info = {
    .name = "depthwise",
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
    .launch[ASSAY_API_OPENCL] = assay_depthwise_launch_opencl,
    .launch[ASSAY_API_VULKAN] = assay_depthwise_launch_vulkan,
};
