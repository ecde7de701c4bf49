/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of transpose: its parameters and formulas.
 */
#include <stdio.h>

#include "kernels/kernel.h"
#include "kernels/move/launch.h"
#include "kernels/random.h"
#include "kernels/shape.h"

#define SIZE(a)                                                                \
    {                                                                          \
        "d" #a, offsetof(struct assay_transpose, d[a]), 1, ASSAY_MAX_SIZE, 1,  \
            false, NULL, false                                                 \
    }
#define AXIS(a)                                                                \
    {                                                                          \
        "p" #a, offsetof(struct assay_transpose, p[a]), 0, 5, a, false, NULL,  \
            false                                                              \
    }

static const struct assay_param params[] = {
    SIZE(0), SIZE(1), SIZE(2), SIZE(3), SIZE(4), SIZE(5), AXIS(0),
    AXIS(1), AXIS(2), AXIS(3), AXIS(4), AXIS(5), {0},
};

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_transpose *d = &problem->as.transpose;
    unsigned seen = 0;
    for (int a = 0; a < ASSAY_MOVE_RANK; a++)
        seen |= 1u << d->p[a];
    if (seen != (1u << ASSAY_MOVE_RANK) - 1)
        return assay_fail(ASSAY_INVALID, "transpose: p0 to p5 are not a "
                                         "permutation of the axes");
    if (assay_product(d->d, ASSAY_MOVE_RANK) < 0)
        return assay_fail(ASSAY_INVALID,
                          "transpose: the array has more than 2^31 elements");
    return ASSAY_OK;
}

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    (void)array;
    return (size_t)assay_product(problem->as.transpose.d, ASSAY_MOVE_RANK);
}

/* Axes behind the last that has a size or moves are left out. */
static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_transpose *d = &problem->as.transpose;
    int rank = ASSAY_MOVE_RANK;
    while (rank > 1 && d->d[rank - 1] == 1 && d->p[rank - 1] == rank - 1)
        rank--;
    *text = '\0';
    assay_move_text(d->d, rank, 'x', text, size);
    assay_move_append(text, size, "-p");
    for (int a = 0; a < rank; a++)
        assay_move_text(&d->p[a], 1, ' ', text, size);
}

static void random_problem(struct assay_random *random, enum assay_dtype dtype,
                           struct assay_problem *problem)
{
    assay_problem_init(problem, ASSAY_OP_TRANSPOSE, dtype);
    struct assay_transpose *d = &problem->as.transpose;
    const int64_t rank = assay_random_range(random, 1, ASSAY_MOVE_RANK);
    int64_t room = 20000;
    d->d[0] = 1;
    for (int64_t a = 0; a < rank; a++) {
        d->d[a] = assay_move_random_size(random, rank > 3 ? 17 : room);
        if (d->d[a] > room)
            d->d[a] = 1;
        room /= d->d[a];
    }
    for (int64_t a = rank - 1; a > 0; a--) {
        const int64_t b = assay_random_range(random, 0, a), old = d->p[a];
        d->p[a] = d->p[b];
        d->p[b] = old;
    }
}

const struct assay_op_info assay_transpose_info = {
    .name = "transpose",
    .inputs = 1,
    .params = params,
    .check = check,
    .elements = elements,
    .shape = shape,
    .flops = assay_move_flops,
    .tolerance = assay_move_tolerance,
    .random = random_problem,
    .launch[ASSAY_API_OPENCL] = assay_transpose_launch,
    .launch[ASSAY_API_VULKAN] = assay_transpose_launch,
};
