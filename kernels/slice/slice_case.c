/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of slice: its parameters and formulas.
 */
#include <stdio.h>

#include "kernels/kernel.h"
#include "kernels/move/launch.h"
#include "kernels/random.h"
#include "kernels/shape.h"

#define PARAM(field, a, least, standard)                                       \
    {                                                                          \
#field #a, offsetof(struct assay_slice, field[a]), least,              \
            ASSAY_MAX_SIZE, standard, false, NULL, false                       \
    }
#define AXIS(a)                                                                \
    PARAM(d, a, 1, 1), PARAM(start, a, 0, 0), PARAM(count, a, 0, 0),           \
        PARAM(step, a, -ASSAY_MAX_SIZE, 1)

static const struct assay_param params[] = {
    AXIS(0), AXIS(1), AXIS(2), AXIS(3), AXIS(4), AXIS(5), {0},
};

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_slice *d = &problem->as.slice;
    if (assay_product(d->d, ASSAY_MOVE_RANK) < 0)
        return assay_fail(ASSAY_INVALID,
                          "slice: the input has more than 2^31 elements");
    for (int a = 0; a < ASSAY_MOVE_RANK; a++) {
        if (d->step[a] == 0)
            return assay_fail(ASSAY_INVALID, "slice: step%d is 0", a);
        if (d->start[a] >= d->d[a])
            return assay_fail(ASSAY_INVALID, "slice: start%d is not within d%d",
                              a, a);
        const int64_t last =
            d->start[a] + (assay_slice_count(d, a) - 1) * d->step[a];
        if (last < 0 || last >= d->d[a])
            return assay_fail(ASSAY_INVALID,
                              "slice: along axis %d the last element taken, "
                              "%lld, is not within d%d",
                              a, (long long)last, a);
    }
    return ASSAY_OK;
}

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    const struct assay_slice *d = &problem->as.slice;
    size_t n = 1;
    for (int a = 0; a < ASSAY_MOVE_RANK; a++)
        n *= (size_t)(array == 0 ? d->d[a] : assay_slice_count(d, a));
    return n;
}

static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_slice *d = &problem->as.slice;
    const int rank = assay_move_rank(d->d, ASSAY_MOVE_RANK);
    int64_t counts[ASSAY_MOVE_RANK];
    bool steps = false;
    for (int a = 0; a < rank; a++) {
        counts[a] = assay_slice_count(d, a);
        steps |= d->step[a] != 1;
    }
    *text = '\0';
    assay_move_text(d->d, rank, 'x', text, size);
    assay_move_append(text, size, "-from");
    assay_move_text(d->start, rank, '.', text, size);
    assay_move_append(text, size, "-");
    assay_move_text(counts, rank, 'x', text, size);
    if (steps) {
        assay_move_append(text, size, "-step");
        assay_move_text(d->step, rank, '.', text, size);
    }
}

static void random_problem(struct assay_random *random, enum assay_dtype dtype,
                           struct assay_problem *problem)
{
    assay_problem_init(problem, ASSAY_OP_SLICE, dtype);
    struct assay_slice *d = &problem->as.slice;
    const int64_t rank = assay_random_range(random, 1, ASSAY_MOVE_RANK);
    int64_t room = 20000;
    for (int64_t a = 0; a < rank; a++) {
        d->d[a] = assay_move_random_size(random, rank > 3 ? 17 : room);
        if (d->d[a] > room)
            d->d[a] = 1;
        room /= d->d[a];
        if (assay_random_range(random, 0, 2) == 0)
            continue;
        d->start[a] = assay_random_range(random, 0, d->d[a] - 1);
        d->step[a] = assay_random_range(random, 0, 1) ? 1 : -1;
        if (assay_random_range(random, 0, 2) == 0)
            d->step[a] *= assay_random_range(random, 2, 3);
        d->count[a] =
            assay_random_range(random, 0, assay_slice_count(d, (int)a));
    }
}

const struct assay_op_info assay_slice_info = {
    .name = "slice",
    .inputs = 1,
    .params = params,
    .check = check,
    .elements = elements,
    .shape = shape,
    .flops = assay_move_flops,
    .tolerance = assay_move_tolerance,
    .random = random_problem,
    .launch[ASSAY_API_OPENCL] = assay_slice_launch,
    .launch[ASSAY_API_VULKAN] = assay_slice_launch,
};
