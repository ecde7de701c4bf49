/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of pool: its parameters and formulas.
 */
#include <math.h>
#include <stdio.h>

#include "kernels/kernel.h"
#include "kernels/launch.h"
#include "kernels/pool/pool_window.h"
#include "kernels/random.h"
#include "kernels/shape.h"

#define PARAM(field) #field, offsetof(struct assay_pool, field)

/* The most that a stride, a dilation or a padding may be. */
#define MAX_STEP 65535

static const char *const kinds[] = {"max", "average", NULL};

static const struct assay_param params[] = {
    {PARAM(kind), 0, 1, 0, true, kinds, false},
    {PARAM(n), 1, ASSAY_MAX_SIZE, 1, false, NULL, false},
    {PARAM(h), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(w), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(c), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(r), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(s), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(stride_h), 1, MAX_STEP, 1, false, NULL, false},
    {PARAM(stride_w), 1, MAX_STEP, 1, false, NULL, false},
    {PARAM(pad_top), 0, MAX_STEP, 0, false, NULL, false},
    {PARAM(pad_left), 0, MAX_STEP, 0, false, NULL, false},
    {PARAM(pad_bottom), 0, MAX_STEP, 0, false, NULL, false},
    {PARAM(pad_right), 0, MAX_STEP, 0, false, NULL, false},
    {PARAM(dil_h), 1, MAX_STEP, 1, false, NULL, false},
    {PARAM(dil_w), 1, MAX_STEP, 1, false, NULL, false},
    {PARAM(count_pad), 0, 1, 0, false, NULL, false},
    {0},
};

/* Whether every window along one axis has a tap inside the image. Windows that
 * start inside have; those before it may straddle the image. */
static bool covered(int64_t size, int64_t taps, int64_t stride, int64_t before,
                    int64_t dilation, int64_t count)
{
    for (int64_t i = 0; i < count && i * stride < before; i++) {
        struct assay_pool_range range =
            assay_pool_taps(i * stride - before, taps, dilation, size);
        if (range.first >= range.end)
            return false;
    }
    return (count - 1) * stride - before < size;
}

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_pool *d = &problem->as.pool;
    const int64_t p = assay_pool_rows(d), q = assay_pool_columns(d);
    if (p < 1 || q < 1)
        return assay_fail(ASSAY_INVALID,
                          "pool: the window is larger than the padded image");
    if (assay_product((int64_t[]){d->n, d->h, d->w, d->c}, 4) < 0 ||
        assay_product((int64_t[]){d->n, p, q, d->c}, 4) < 0 ||
        assay_product((int64_t[]){d->r, d->s}, 2) < 0)
        return assay_fail(ASSAY_INVALID,
                          "pool: input, output or window has more than 2^31 "
                          "elements");
    const int64_t tall = (d->r - 1) * d->dil_h, wide = (d->s - 1) * d->dil_w;
    if (d->pad_top > tall || d->pad_bottom > tall || d->pad_left > wide ||
        d->pad_right > wide)
        return assay_fail(ASSAY_INVALID,
                          "pool: the padding is not smaller than the window");
    if (!covered(d->h, d->r, d->stride_h, d->pad_top, d->dil_h, p) ||
        !covered(d->w, d->s, d->stride_w, d->pad_left, d->dil_w, q))
        return assay_fail(ASSAY_INVALID,
                          "pool: a window has no element of the image");
    return ASSAY_OK;
}

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    const struct assay_pool *d = &problem->as.pool;
    if (array == 0)
        return (size_t)(d->n * d->h * d->w * d->c);
    return (size_t)(d->n * assay_pool_rows(d) * assay_pool_columns(d) * d->c);
}

static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_pool *d = &problem->as.pool;
    char pads[48] = "", dilation[32] = "";
    if (d->pad_top | d->pad_left | d->pad_bottom | d->pad_right)
        snprintf(pads, sizeof pads, "-p%d.%d.%d.%d", (int)d->pad_top,
                 (int)d->pad_left, (int)d->pad_bottom, (int)d->pad_right);
    if (d->dil_h != 1 || d->dil_w != 1)
        snprintf(dilation, sizeof dilation, "-d%dx%d", (int)d->dil_h,
                 (int)d->dil_w);
    snprintf(text, size, "%s-%lldx%lldx%lldx%lld-%lldx%lld-s%dx%d%s%s%s",
             kinds[d->kind], (long long)d->n, (long long)d->h, (long long)d->w,
             (long long)d->c, (long long)d->r, (long long)d->s,
             (int)d->stride_h, (int)d->stride_w, pads, dilation,
             d->count_pad ? "+count_pad" : "");
}

/* One addition or comparison a tap, padding included. */
static double flops(const struct assay_problem *problem)
{
    const struct assay_pool *d = &problem->as.pool;
    return (double)elements(problem, 1) * (double)d->r * (double)d->s;
}

/* A maximum is exact. An average of t inputs in [-1, 1): partial sums stay
 * within about 2 sqrt(t), t roundings of half an ulp of that, all the same
 * way, divided by t: eps sqrt(t); the division adds a few ulps. */
static double tolerance(const struct assay_problem *problem)
{
    const struct assay_pool *d = &problem->as.pool;
    if (d->kind == ASSAY_POOL_MAX)
        return 0;
    return 0x1p-23 * (4 + sqrt((double)d->r * (double)d->s));
}

static void draw(struct assay_random *random, struct assay_pool *d)
{
    static const int64_t channels[] = {1,  2,  3,  4,  7,  8,  13, 15, 16,
                                       17, 31, 32, 33, 47, 64, 65, 97};
    const int64_t last = sizeof channels / sizeof *channels - 1;
    d->kind = assay_random_range(random, 0, 1);
    d->n = assay_random_range(random, 1, 3);
    d->h = assay_random_range(random, 1, 13);
    d->w = assay_random_range(random, 1, 13);
    d->c = channels[assay_random_range(random, 0, last)];
    d->count_pad = assay_random_range(random, 0, 1);
    if (assay_random_range(random, 0, 4) == 0) { /* global */
        d->r = d->h;
        d->s = d->w;
        return;
    }
    d->r = assay_random_range(random, 1, 5);
    d->s = assay_random_range(random, 1, 5);
    d->stride_h = assay_random_range(random, 1, 3);
    d->stride_w = assay_random_range(random, 1, 3);
    d->dil_h = assay_random_range(random, 1, 2);
    d->dil_w = assay_random_range(random, 1, 2);
    d->pad_top = assay_random_range(random, 0, d->r - 1);
    d->pad_bottom = assay_random_range(random, 0, d->r - 1);
    d->pad_left = assay_random_range(random, 0, d->s - 1);
    d->pad_right = assay_random_range(random, 0, d->s - 1);
}

static void random_problem(struct assay_random *random, enum assay_dtype dtype,
                           struct assay_problem *problem)
{
    do {
        assay_problem_init(problem, ASSAY_OP_POOL, dtype);
        draw(random, &problem->as.pool);
    } while (check(problem) != ASSAY_OK);
}

const struct assay_op_info assay_pool_info = {
    .name = "pool",
    .inputs = 1,
    .params = params,
    .check = check,
    .elements = elements,
    .shape = shape,
    .flops = flops,
    .tolerance = tolerance,
    .random = random_problem,
    .launch[ASSAY_API_OPENCL] = assay_pool_launch,
    .launch[ASSAY_API_VULKAN] = assay_pool_launch,
};
