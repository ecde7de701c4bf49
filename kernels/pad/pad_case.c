/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of pad: its parameters and formulas.
 */
#include <math.h>
#include <stdio.h>

#include "kernels/kernel.h"
#include "kernels/move/launch.h"
#include "kernels/random.h"
#include "kernels/shape.h"

#define PARAM(field, a, least, standard)                                       \
    {                                                                          \
#field #a, offsetof(struct assay_pad, field[a]), least,                \
            ASSAY_MAX_SIZE, standard, false, NULL, false                       \
    }
#define AXIS(a)                                                                \
    PARAM(d, a, 1, 1), PARAM(before, a, 0, 0), PARAM(after, a, 0, 0),          \
        PARAM(interior, a, 0, 0)

static const char *const kinds[] = {"constant", "edge", "reflect", NULL};

static const struct assay_param params[] = {
    {"kind", offsetof(struct assay_pad, kind), 0, ASSAY_PAD_REFLECT,
     ASSAY_PAD_CONSTANT, false, kinds, false},
    {"value", offsetof(struct assay_pad, value), -(double)INFINITY,
     (double)INFINITY, 0, false, NULL, true},
    AXIS(0),
    AXIS(1),
    AXIS(2),
    AXIS(3),
    AXIS(4),
    AXIS(5),
    {0},
};

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_pad *d = &problem->as.pad;
    int64_t counts[ASSAY_MOVE_RANK];
    for (int a = 0; a < ASSAY_MOVE_RANK; a++) {
        counts[a] = assay_pad_count(d, a);
        if (d->interior[a] && d->kind != ASSAY_PAD_CONSTANT)
            return assay_fail(ASSAY_INVALID,
                              "pad: interior%d, but the kind is not constant",
                              a);
        if (d->kind == ASSAY_PAD_REFLECT &&
            (d->before[a] >= d->d[a] || d->after[a] >= d->d[a]))
            return assay_fail(ASSAY_INVALID,
                              "pad: a reflection beyond d%d: at most d - 1 "
                              "elements can be reflected",
                              a);
    }
    if (assay_product(d->d, ASSAY_MOVE_RANK) < 0 ||
        assay_product(counts, ASSAY_MOVE_RANK) < 0)
        return assay_fail(ASSAY_INVALID,
                          "pad: input or output has more than 2^31 elements");
    if (problem->dtype == ASSAY_S8 &&
        !(d->value >= -128 && d->value <= 127 && rint(d->value) == d->value))
        return assay_fail(ASSAY_INVALID,
                          "pad: the value %g is no integer of -128 to 127",
                          d->value);
    return ASSAY_OK;
}

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    const struct assay_pad *d = &problem->as.pad;
    size_t n = 1;
    for (int a = 0; a < ASSAY_MOVE_RANK; a++)
        n *= (size_t)(array == 0 ? d->d[a] : assay_pad_count(d, a));
    return n;
}

/* One of the sets of amounts, if there are any. */
static void amounts(const char *name, const int64_t *numbers, int rank,
                    char *text, size_t size)
{
    int64_t any = 0;
    for (int a = 0; a < rank; a++)
        any |= numbers[a];
    if (!any)
        return;
    assay_move_append(text, size, name);
    assay_move_text(numbers, rank, '.', text, size);
}

static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_pad *d = &problem->as.pad;
    int rank = ASSAY_MOVE_RANK;
    while (rank > 1 && d->d[rank - 1] == 1 && assay_pad_count(d, rank - 1) == 1)
        rank--;
    snprintf(text, size, "%s-", kinds[d->kind]);
    assay_move_text(d->d, rank, 'x', text, size);
    amounts("-b", d->before, rank, text, size);
    amounts("-a", d->after, rank, text, size);
    amounts("-i", d->interior, rank, text, size);
    if (d->value < 0 || d->value > 0) {
        char value[32];
        snprintf(value, sizeof value, "-v%g", d->value);
        assay_move_append(text, size, value);
    }
}

static void random_problem(struct assay_random *random, enum assay_dtype dtype,
                           struct assay_problem *problem)
{
    assay_problem_init(problem, ASSAY_OP_PAD, dtype);
    struct assay_pad *d = &problem->as.pad;
    const int64_t rank = assay_random_range(random, 1, ASSAY_MOVE_RANK);
    int64_t room = 20000;
    d->kind = assay_random_range(random, 0, ASSAY_PAD_REFLECT);
    if (d->kind == ASSAY_PAD_CONSTANT)
        d->value = (double)assay_random_range(random, -3, 3) *
                   (dtype == ASSAY_S8 ? 1 : 0.7);
    for (int64_t a = 0; a < rank; a++) {
        d->d[a] = assay_move_random_size(random, rank > 3 ? 9 : room / 8);
        if (assay_random_range(random, 0, 2)) {
            const int64_t most =
                d->kind == ASSAY_PAD_REFLECT && d->d[a] < 5 ? d->d[a] - 1 : 4;
            d->before[a] = assay_random_range(random, 0, most);
            d->after[a] = assay_random_range(random, 0, most);
            if (d->kind == ASSAY_PAD_CONSTANT &&
                assay_random_range(random, 0, 2) == 0)
                d->interior[a] = assay_random_range(random, 0, 2);
        }
        if (assay_pad_count(d, (int)a) > room) {
            d->d[a] = 1;
            d->before[a] = d->after[a] = 0;
        }
        room /= assay_pad_count(d, (int)a);
    }
}

const struct assay_op_info assay_pad_info = {
    .name = "pad",
    .inputs = 1,
    .params = params,
    .check = check,
    .elements = elements,
    .shape = shape,
    .flops = assay_move_flops,
    .tolerance = assay_move_tolerance,
    .random = random_problem,
    .launch[ASSAY_API_OPENCL] = assay_pad_launch,
    .launch[ASSAY_API_VULKAN] = assay_pad_launch,
};
