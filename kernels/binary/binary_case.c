/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of binary: its parameters and formulas.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/binary/binary_launch.h"
#include "kernels/binary/binary_pack.h"
#include "kernels/element.h"
#include "kernels/half.h"
#include "kernels/shape.h"

#define PARAM(field) #field, offsetof(struct assay_binary, field)

const char *const assay_binary_kind_names[] = {"add", "sub", "mul", "div",
                                               "min", "max", "pow", NULL};

static const struct assay_param params[] = {
    {PARAM(kind), 0, ASSAY_BINARY_KINDS - 1, 0, true, assay_binary_kind_names,
     false},
    {PARAM(d0), 1, ASSAY_MAX_SIZE, 1, false, NULL, false},
    {PARAM(d1), 1, ASSAY_MAX_SIZE, 1, false, NULL, false},
    {PARAM(d2), 1, ASSAY_MAX_SIZE, 1, false, NULL, false},
    {PARAM(d3), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(a0), 0, 1, 1, false, NULL, false},
    {PARAM(a1), 0, 1, 1, false, NULL, false},
    {PARAM(a2), 0, 1, 1, false, NULL, false},
    {PARAM(a3), 0, 1, 1, false, NULL, false},
    {PARAM(b0), 0, 1, 1, false, NULL, false},
    {PARAM(b1), 0, 1, 1, false, NULL, false},
    {PARAM(b2), 0, 1, 1, false, NULL, false},
    {PARAM(b3), 0, 1, 1, false, NULL, false},
    {PARAM(act), 0, ASSAY_ACTS - 1, ASSAY_ACT_NONE, false, assay_act_names,
     false},
    {PARAM(a_zero), -128, 127, 0, false, NULL, false},
    {PARAM(b_zero), -128, 127, 0, false, NULL, false},
    {PARAM(y_zero), -128, 127, 0, false, NULL, false},
    {PARAM(low), -128, 127, -128, false, NULL, false},
    {PARAM(high), -128, 127, 127, false, NULL, false},
    {0},
};

static enum assay_status check_s8(const struct assay_binary *d)
{
    if (d->kind != ASSAY_BINARY_ADD && d->kind != ASSAY_BINARY_SUB &&
        d->kind != ASSAY_BINARY_MUL)
        return assay_fail(ASSAY_INVALID,
                          "binary: s8 knows add, sub and mul, not %s",
                          assay_binary_kind_names[d->kind]);
    if (d->act != ASSAY_ACT_NONE)
        return assay_fail(ASSAY_INVALID,
                          "binary: s8 has no activation but low and high");
    if (d->low > d->high)
        return assay_fail(ASSAY_INVALID, "binary: low is above high");
    return ASSAY_OK;
}

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_binary *d = &problem->as.binary;
    const int64_t sizes[] = {d->d0, d->d1, d->d2, d->d3};
    const bool there[] = {d->a0 || d->b0, d->a1 || d->b1, d->a2 || d->b2,
                          d->a3 || d->b3};
    for (int i = 0; i < 4; i++)
        if (sizes[i] > 1 && !there[i])
            return assay_fail(ASSAY_INVALID,
                              "binary: neither input has dimension d%d", i);
    if (assay_product(sizes, 4) < 0)
        return assay_fail(ASSAY_INVALID, "binary: more than 2^31 elements");
    return problem->dtype == ASSAY_S8 ? check_s8(d) : ASSAY_OK;
}

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    const struct assay_binary *d = &problem->as.binary;
    switch (array) {
    case 0:
        return (size_t)((d->a0 ? d->d0 : 1) * (d->a1 ? d->d1 : 1) *
                        (d->a2 ? d->d2 : 1) * (d->a3 ? d->d3 : 1));
    case 1:
        return (size_t)((d->b0 ? d->d0 : 1) * (d->b1 ? d->d1 : 1) *
                        (d->b2 ? d->d2 : 1) * (d->b3 ? d->d3 : 1));
    case 2:
        return problem->dtype == ASSAY_S8 ? 3 : 0;
    default:
        return (size_t)(d->d0 * d->d1 * d->d2 * d->d3);
    }
}

static enum assay_dtype type(const struct assay_problem *problem,
                             unsigned array)
{
    return array == 2 ? ASSAY_F32 : problem->dtype;
}

/* Divisors stay away from 0, bases of powers above it, exponents below 2. Half
 * of the scales of s8 are powers of two, so that many results are ties. */
static void fill(struct assay_random *random,
                 const struct assay_problem *problem, unsigned array,
                 void *data, size_t n)
{
    const int64_t kind = problem->as.binary.kind;
    assay_fill(random, type(problem, array), data, n);
    if (problem->dtype == ASSAY_S8 && array != 2)
        return;
    const bool base = kind == ASSAY_BINARY_POW && array == 0;
    const bool divisor = kind == ASSAY_BINARY_DIV && array == 1;
    const bool ties = array == 2 && assay_random_range(random, 0, 1);
    for (size_t i = 0; i < n; i++) {
        double x = assay_element(type(problem, array), data, i);
        if (ties)
            x = ldexp(1, (int)assay_random_range(random, -7, -4));
        else if (array == 2)
            x = 0.02 + 0.01 * x;
        else if (base)
            x = 1.25 + x;
        else if (divisor)
            x = x < 0 ? x - 0.25 : x + 0.25;
        else if (kind == ASSAY_BINARY_POW)
            x = 2 * x;
        assay_element_set(type(problem, array), data, i, x);
    }
}

/* "64x784" and, where an input is repeated, the two inputs: "64x784-64x784-
 * 1x784". */
static void dimensions(const struct assay_problem *problem, unsigned array,
                       char *text, size_t size)
{
    const struct assay_binary *d = &problem->as.binary;
    const int64_t sizes[] = {d->d0, d->d1, d->d2, d->d3};
    const int64_t in[][4] = {{d->a0, d->a1, d->a2, d->a3},
                             {d->b0, d->b1, d->b2, d->b3},
                             {1, 1, 1, 1}};
    size_t length = 0;
    int first = 0;
    while (first < 3 && sizes[first] == 1)
        first++;
    for (int i = first; i < 4; i++)
        length += (size_t)snprintf(text + length, size - length, "%s%lld",
                                   i > first ? "x" : "",
                                   (long long)(in[array][i] ? sizes[i] : 1));
}

static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_binary *d = &problem->as.binary;
    char a[96], b[96], y[96];
    dimensions(problem, 0, a, sizeof a);
    dimensions(problem, 1, b, sizeof b);
    dimensions(problem, 2, y, sizeof y);
    const bool same = strcmp(a, y) == 0 && strcmp(b, y) == 0;
    snprintf(text, size, "%s-%s%s%s%s%s", assay_binary_kind_names[d->kind],
             same ? y : a, same ? "" : "-", same ? "" : b, d->act ? "+" : "",
             d->act ? assay_act_names[d->act] : "");
}

/* One operation an element; an activation is not counted. */
static double flops(const struct assay_problem *problem)
{
    return (double)elements(problem, 3);
}

/* The largest |y| before the activation, rounded up to a power of two, on data
 * of `fill`. */
static double largest(enum assay_binary_kind kind)
{
    switch (kind) {
    case ASSAY_BINARY_ADD:
    case ASSAY_BINARY_SUB:
        return 2;
    case ASSAY_BINARY_DIV:
        return 4;
    case ASSAY_BINARY_POW:
        return 16;
    default:
        return 1;
    }
}

/* f32: one rounding, at most 2^-25 of the power of two above y (a shader's
 * division may be off by 2.5 ulp); pow as exp(b ln a) with |b ln a| < 3 is off
 * by 2^-20 of it. Curved activations hold 1e-6 (act_vector.h), a shader's exp
 * may add as much; hardswish has slope 1.5. f16: where the f32 results differ,
 * one may round to the next half, which is 2^-11 of that power. */
static double tolerance(const struct assay_problem *problem)
{
    const struct assay_binary *d = &problem->as.binary;
    const enum assay_binary_kind kind = (enum assay_binary_kind)d->kind;
    const double power = largest(kind);
    double f32 = power * (kind == ASSAY_BINARY_POW   ? 0x1p-20
                          : kind == ASSAY_BINARY_DIV ? 0x1p-22
                                                     : 0x1p-25);
    if (problem->dtype == ASSAY_S8 ||
        ((kind == ASSAY_BINARY_MIN || kind == ASSAY_BINARY_MAX) &&
         d->act <= ASSAY_ACT_RELU6))
        return 0;
    if (d->act > ASSAY_ACT_RELU6)
        f32 = 1.5 * f32 + 1e-6 * (power > 2 ? power : 2);
    return problem->dtype == ASSAY_F16 ? f32 + power * 0x1p-11 : f32;
}

static int64_t draw_size(struct assay_random *random)
{
    static const int64_t edges[] = {1,  2,  3,  4,  5,  7,  8, 9,
                                    15, 16, 17, 31, 33, 63, 65};
    return edges[assay_random_range(random, 0,
                                    sizeof edges / sizeof *edges - 1)];
}

static void draw_repeats(struct assay_random *random, struct assay_binary *d)
{
    int64_t *const a[] = {&d->a0, &d->a1, &d->a2, &d->a3};
    int64_t *const b[] = {&d->b0, &d->b1, &d->b2, &d->b3};
    for (int i = 0; i < 4; i++) {
        const int64_t which = assay_random_range(random, 0, 4);
        *a[i] = which != 1;
        *b[i] = which != 2;
    }
}

static void random_problem(struct assay_random *random, enum assay_dtype dtype,
                           struct assay_problem *problem)
{
    assay_problem_init(problem, ASSAY_OP_BINARY, dtype);
    struct assay_binary *d = &problem->as.binary;
    d->d3 = draw_size(random);
    d->kind = assay_random_range(random, 0,
                                 dtype == ASSAY_S8 ? ASSAY_BINARY_MUL
                                                   : ASSAY_BINARY_KINDS - 1);
    /* Equal shapes, beyond one work-group of the device rows; a matrix; all
     * four dimensions. */
    const int64_t form = assay_random_range(random, 0, 3);
    if (form == 0) {
        d->d3 = assay_random_range(random, 1, 40000);
    } else if (form > 1) {
        d->d2 = draw_size(random);
        draw_repeats(random, d);
    }
    if (form == 3) {
        d->d0 = assay_random_range(random, 1, 3);
        d->d1 = assay_random_range(random, 1, 4);
    }
    if (dtype == ASSAY_S8) {
        d->a_zero = assay_random_range(random, -128, 127);
        d->b_zero = assay_random_range(random, -9, 9);
        d->y_zero = assay_random_range(random, -20, 20);
        d->low = assay_random_range(random, 0, 1) ? d->y_zero : -128;
        d->high = assay_random_range(random, 0, 3) ? 127 : d->low + 30;
    } else {
        d->act = assay_random_range(random, 0, ASSAY_ACTS - 1);
    }
}

const struct assay_op_info assay_binary_info = {
    .name = "binary",
    .inputs = 2,
    .constants = 1,
    .in_place = true,
    .params = params,
    .check = check,
    .elements = elements,
    .type = type,
    .fill = fill,
    .check_constants = assay_binary_check_constants,
    .shape = shape,
    .flops = flops,
    .tolerance = tolerance,
    .random = random_problem,
    .packed_bytes = assay_binary_packed_bytes,
    .pack = assay_binary_pack,
    .launch[ASSAY_API_OPENCL] = assay_binary_launch,
    .launch[ASSAY_API_VULKAN] = assay_binary_launch,
};
