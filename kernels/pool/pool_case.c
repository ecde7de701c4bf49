/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of pool: its parameters and formulas.
 */
#include <math.h>
#include <stdio.h>

#include "kernels/element.h"
#include "kernels/kernel.h"
#include "kernels/launch.h"
#include "kernels/random.h"
#include "kernels/shape.h"
#include "kernels/window.h"

#define PARAM(field) #field, offsetof(struct assay_pool, field)

/* The most that a stride, a dilation or a padding may be. */
#define MAX_STEP 65535

static const char *const kinds[] = {"max", "average", "argmax", NULL};

static const struct assay_param params[] = {
    {PARAM(kind), 0, ASSAY_POOL_ARGMAX, 0, true, kinds, false},
    {PARAM(n), 1, ASSAY_MAX_SIZE, 1, false, NULL, false},
    {PARAM(h), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(w), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(c), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    ASSAY_WINDOW_PARAMS(assay_pool, MAX_STEP),
    {PARAM(count_pad), 0, 1, 0, false, NULL, false},
    {PARAM(ratio), 0x1p-20, 0x1p20, 1, false, NULL, true},
    {PARAM(x_zero), -128, 127, 0, false, NULL, false},
    {PARAM(y_zero), -128, 127, 0, false, NULL, false},
    {PARAM(low), -128, 127, -128, false, NULL, false},
    {PARAM(high), -128, 127, 127, false, NULL, false},
    {0},
};

/* Whether every window along one axis has a tap inside the image. Windows that
 * start inside have; those before it may straddle the image. */
static bool covered(struct assay_window_axis a)
{
    const int64_t count = assay_window_out(a);
    for (int64_t i = 0; i < count && i * a.stride < a.before; i++) {
        const struct assay_window_taps taps =
            assay_window_inside(a, i * a.stride - a.before);
        if (taps.first >= taps.end)
            return false;
    }
    return (count - 1) * a.stride - a.before < a.in;
}

/* What only some kinds and types have. */
static enum assay_status check_kind(const struct assay_problem *problem)
{
    const struct assay_pool *d = &problem->as.pool;
    const bool scaled = d->ratio < 1 || d->ratio > 1 || d->x_zero ||
                        d->y_zero || d->low != -128 || d->high != 127;
    const bool average = d->kind == ASSAY_POOL_AVERAGE;
    if (d->kind == ASSAY_POOL_ARGMAX && problem->dtype != ASSAY_F32)
        return assay_fail(ASSAY_INVALID, "pool: argmax is for f32 only");
    if (scaled && !(average && problem->dtype == ASSAY_S8))
        return assay_fail(ASSAY_INVALID, "pool: ratio, zeros, low and high are "
                                         "for averages of s8 only");
    if (d->count_pad && !average)
        return assay_fail(ASSAY_INVALID,
                          "pool: count_pad is for averages only");
    if (d->low > d->high)
        return assay_fail(ASSAY_INVALID, "pool: low is above high");
    if (average && problem->dtype == ASSAY_S8 &&
        d->r * d->s > ASSAY_POOL_S8_COUNT)
        return assay_fail(ASSAY_INVALID,
                          "pool: an s8 average of more than %d "
                          "elements",
                          ASSAY_POOL_S8_COUNT);
    return ASSAY_OK;
}

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_pool *d = &problem->as.pool;
    const struct assay_window_axis rows = ASSAY_WINDOW_ROWS(d),
                                   columns = ASSAY_WINDOW_COLUMNS(d);
    enum assay_status status = assay_window_check("pool", rows, columns);
    if (status)
        return status;
    const int64_t p = assay_window_out(rows), q = assay_window_out(columns);
    if (assay_product((int64_t[]){d->n, d->h, d->w, d->c}, 4) < 0 ||
        assay_product((int64_t[]){d->n, p, q, d->c}, 4) < 0 ||
        assay_product((int64_t[]){d->r, d->s}, 2) < 0)
        return assay_fail(ASSAY_INVALID,
                          "pool: input, output or window has more than 2^31 "
                          "elements");
    if (!covered(rows) || !covered(columns))
        return assay_fail(ASSAY_INVALID,
                          "pool: a window has no element of the image");
    return check_kind(problem);
}

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    const struct assay_pool *d = &problem->as.pool;
    if (array == 0)
        return (size_t)(d->n * d->h * d->w * d->c);
    return (size_t)(d->n * assay_window_out(ASSAY_WINDOW_ROWS(d)) *
                    assay_window_out(ASSAY_WINDOW_COLUMNS(d)) * d->c);
}

static enum assay_dtype type(const struct assay_problem *problem,
                             unsigned array)
{
    return array == 1 && problem->as.pool.kind == ASSAY_POOL_ARGMAX
               ? ASSAY_S32
               : problem->dtype;
}

/* For places few different numbers, so that most windows have several of the
 * largest. */
static void fill(struct assay_random *random,
                 const struct assay_problem *problem, unsigned array,
                 void *data, size_t n)
{
    float *x = data;
    (void)array;
    if (problem->as.pool.kind != ASSAY_POOL_ARGMAX) {
        assay_fill(random, problem->dtype, data, n);
        return;
    }
    for (size_t i = 0; i < n; i++)
        x[i] = (float)assay_random_range(random, -3, 3);
}

static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_pool *d = &problem->as.pool;
    char window[192], scaled[96] = "";
    assay_window_text(ASSAY_WINDOW_ROWS(d), ASSAY_WINDOW_COLUMNS(d), window,
                      sizeof window);
    if (problem->dtype == ASSAY_S8 && d->kind == ASSAY_POOL_AVERAGE)
        snprintf(scaled, sizeof scaled, "-q%gz%d.%d.%d.%d", d->ratio,
                 (int)d->x_zero, (int)d->y_zero, (int)d->low, (int)d->high);
    snprintf(text, size, "%s-%lldx%lldx%lldx%lld-%lldx%lld%s%s%s%s",
             kinds[d->kind], (long long)d->n, (long long)d->h, (long long)d->w,
             (long long)d->c, (long long)d->r, (long long)d->s,
             *window ? "-" : "", window, d->count_pad ? "+count_pad" : "",
             scaled);
}

/* One addition or comparison a tap, padding included. */
static double flops(const struct assay_problem *problem)
{
    const struct assay_pool *d = &problem->as.pool;
    return (double)elements(problem, 1) * (double)d->r * (double)d->s;
}

/* A maximum is exact, and so are integers. An average of t inputs in [-1, 1):
 * partial sums stay within about 2 sqrt(t), t roundings of half an ulp of that,
 * all the same way, divided by t: eps sqrt(t); the division adds a few ulps. In
 * f16 that may move the last rounding to the neighbour, one ulp of a number
 * below 1. */
static double tolerance(const struct assay_problem *problem)
{
    const struct assay_pool *d = &problem->as.pool;
    if (d->kind != ASSAY_POOL_AVERAGE || problem->dtype == ASSAY_S8)
        return 0;
    return (problem->dtype == ASSAY_F16 ? 0x1p-11 : 0) +
           0x1p-23 * (4 + sqrt((double)d->r * (double)d->s));
}

static void draw(struct assay_random *random, enum assay_dtype dtype,
                 struct assay_pool *d)
{
    static const int64_t channels[] = {1,  2,  3,  4,  7,  8,  13, 15, 16,
                                       17, 31, 32, 33, 47, 64, 65, 97};
    const int64_t last = sizeof channels / sizeof *channels - 1;
    d->kind = assay_random_range(random, 0, dtype == ASSAY_F32 ? 2 : 1);
    d->n = assay_random_range(random, 1, 3);
    d->c = channels[assay_random_range(random, 0, last)];
    const bool average = d->kind == ASSAY_POOL_AVERAGE;
    if (average)
        d->count_pad = assay_random_range(random, 0, 1);
    if (average && dtype == ASSAY_S8) {
        d->ratio = (double)assay_random_range(random, 1, 3000) / 1000;
        d->x_zero = assay_random_range(random, -128, 127);
        d->y_zero = assay_random_range(random, -128, 127);
        d->low = assay_random_range(random, -128, 0);
        d->high = assay_random_range(random, d->low, 127);
    }
    if (assay_random_range(random, 0, 4) == 0) { /* global */
        d->r = d->h = assay_random_range(random, 1, 13);
        d->s = d->w = assay_random_range(random, 1, 13);
        return;
    }
    const struct assay_window_axis rows = assay_window_random(random, 9);
    const struct assay_window_axis columns = assay_window_random(random, 9);
    ASSAY_WINDOW_SET(d, rows, columns);
}

static void random_problem(struct assay_random *random, enum assay_dtype dtype,
                           struct assay_problem *problem)
{
    do {
        assay_problem_init(problem, ASSAY_OP_POOL, dtype);
        draw(random, dtype, &problem->as.pool);
    } while (check(problem) != ASSAY_OK);
}

const struct assay_op_info assay_pool_info = {
    .name = "pool",
    .inputs = 1,
    .params = params,
    .check = check,
    .elements = elements,
    .type = type,
    .fill = fill,
    .shape = shape,
    .flops = flops,
    .tolerance = tolerance,
    .random = random_problem,
    .launch[ASSAY_API_OPENCL] = assay_pool_launch,
    .launch[ASSAY_API_VULKAN] = assay_pool_launch,
};
