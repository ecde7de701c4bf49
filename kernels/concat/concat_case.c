/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of concat: its parameters and formulas.
 */
#include <stdio.h>

#include "kernels/kernel.h"
#include "kernels/move/launch.h"
#include "kernels/random.h"
#include "kernels/shape.h"

#define AT(field) offsetof(struct assay_concat, field)

static const struct assay_param params[] = {
    {"outer", AT(outer), 1, ASSAY_MAX_SIZE, 1, false, NULL, false},
    {"n0", AT(n[0]), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {"n1", AT(n[1]), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {"n2", AT(n[2]), 0, ASSAY_MAX_SIZE, 0, false, NULL, false},
    {"n3", AT(n[3]), 0, ASSAY_MAX_SIZE, 0, false, NULL, false},
    {"inner", AT(inner), 1, ASSAY_MAX_SIZE, 1, false, NULL, false},
    {0},
};

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_concat *d = &problem->as.concat;
    if (d->n[3] && !d->n[2])
        return assay_fail(ASSAY_INVALID, "concat: n3 without n2");
    if (assay_product((int64_t[]){d->outer, assay_concat_total(d), d->inner},
                      3) < 0)
        return assay_fail(ASSAY_INVALID,
                          "concat: the output has more than 2^31 elements");
    return ASSAY_OK;
}

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    const struct assay_concat *d = &problem->as.concat;
    if (array < 4 && !d->n[array])
        return 1;
    const int64_t n = array < 4 ? d->n[array] : assay_concat_total(d);
    return (size_t)(d->outer * n * d->inner);
}

static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_concat *d = &problem->as.concat;
    snprintf(text, size, "%lldx", (long long)d->outer);
    assay_move_text(d->n, (int)assay_concat_parts(d), '+', text, size);
    assay_move_append(text, size, "x");
    assay_move_text(&d->inner, 1, ' ', text, size);
}

static void random_problem(struct assay_random *random, enum assay_dtype dtype,
                           struct assay_problem *problem)
{
    assay_problem_init(problem, ASSAY_OP_CONCAT, dtype);
    struct assay_concat *d = &problem->as.concat;
    const int64_t parts = assay_random_range(random, 2, 4);
    d->outer = assay_move_random_size(random, 17);
    for (int64_t i = 0; i < parts; i++)
        d->n[i] = assay_move_random_size(random, 33);
    d->inner = assay_move_random_size(random, 65);
}

const struct assay_op_info assay_concat_info = {
    .name = "concat",
    .inputs = 4,
    .params = params,
    .check = check,
    .elements = elements,
    .shape = shape,
    .flops = assay_move_flops,
    .tolerance = assay_move_tolerance,
    .random = random_problem,
    .launch[ASSAY_API_OPENCL] = assay_concat_launch,
    .launch[ASSAY_API_VULKAN] = assay_concat_launch,
};
