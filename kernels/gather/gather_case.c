/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of gather: its parameters and formulas.
 */
#include <stdio.h>

#include "kernels/element.h"
#include "kernels/kernel.h"
#include "kernels/move/launch.h"
#include "kernels/random.h"
#include "kernels/shape.h"

#define PARAM(field) #field, offsetof(struct assay_gather, field)

static const struct assay_param params[] = {
    {PARAM(outer), 1, ASSAY_MAX_SIZE, 1, false, NULL, false},
    {PARAM(n), 1, INT32_MAX, 0, true, NULL, false},
    {PARAM(inner), 1, ASSAY_MAX_SIZE, 1, false, NULL, false},
    {PARAM(count), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {0},
};

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_gather *d = &problem->as.gather;
    if (assay_product((int64_t[]){d->outer, d->n, d->inner}, 3) < 0 ||
        assay_product((int64_t[]){d->outer, d->count, d->inner}, 3) < 0)
        return assay_fail(
            ASSAY_INVALID,
            "gather: input or output has more than 2^31 elements");
    return ASSAY_OK;
}

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    const struct assay_gather *d = &problem->as.gather;
    if (array == 1)
        return (size_t)d->count;
    return (size_t)(d->outer * (array == 0 ? d->n : d->count) * d->inner);
}

static enum assay_dtype type(const struct assay_problem *problem,
                             unsigned array)
{
    return array == 1 ? ASSAY_S32 : problem->dtype;
}

/* Indices of both signs, some of them beyond either end. */
static void fill(struct assay_random *random,
                 const struct assay_problem *problem, unsigned array,
                 void *data, size_t n)
{
    const int64_t rows = problem->as.gather.n;
    int32_t *indices = data;
    if (array != 1) {
        assay_fill(random, problem->dtype, data, n);
        return;
    }
    for (size_t k = 0; k < n; k++) {
        const bool far = assay_random_range(random, 0, 31) == 0;
        const int64_t least = far ? INT32_MIN : -rows;
        const int64_t most = far ? INT32_MAX : rows - 1;
        indices[k] = (int32_t)assay_random_range(random, least, most);
    }
}

static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_gather *d = &problem->as.gather;
    snprintf(text, size, "%lldx%lldx%lld-%lld", (long long)d->outer,
             (long long)d->n, (long long)d->inner, (long long)d->count);
}

static void random_problem(struct assay_random *random, enum assay_dtype dtype,
                           struct assay_problem *problem)
{
    assay_problem_init(problem, ASSAY_OP_GATHER, dtype);
    struct assay_gather *d = &problem->as.gather;
    d->outer = assay_move_random_size(random, 5);
    d->n = assay_move_random_size(random, 97);
    d->inner = assay_move_random_size(random, 97);
    d->count = assay_move_random_size(random, 97);
}

const struct assay_op_info assay_gather_info = {
    .name = "gather",
    .inputs = 2,
    .params = params,
    .check = check,
    .elements = elements,
    .type = type,
    .fill = fill,
    .shape = shape,
    .flops = assay_move_flops,
    .tolerance = assay_move_tolerance,
    .random = random_problem,
    .launch[ASSAY_API_OPENCL] = assay_gather_launch,
    .launch[ASSAY_API_VULKAN] = assay_gather_launch,
};
