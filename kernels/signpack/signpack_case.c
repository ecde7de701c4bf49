/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of signpack: its parameters and formulas.
 */
#include <stdio.h>

#include "kernels/launch.h"
#include "kernels/random.h"
#include "kernels/shape.h"

#define PARAM(field) #field, offsetof(struct assay_signpack, field)

const char *const assay_signpack_from_names[] = {"f32", "s8", NULL};

static const struct assay_param params[] = {
    {PARAM(rows), 1, ASSAY_MAX_SIZE, 1, false, NULL, false},
    {PARAM(cols), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(from), 0, ASSAY_SIGNPACK_FROMS - 1, ASSAY_SIGNPACK_F32, false,
     assay_signpack_from_names, false},
    {PARAM(zero), -128, 127, 0, false, NULL, false},
    {0},
};

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_signpack *d = &problem->as.signpack;
    if (d->cols % 32 != 0)
        return assay_fail(ASSAY_INVALID,
                          "signpack: %lld columns are no multiple of 32",
                          (long long)d->cols);
    if (assay_product((const int64_t[]){d->rows, d->cols}, 2) < 0)
        return assay_fail(ASSAY_INVALID, "signpack: more than 2^31 elements");
    return ASSAY_OK;
}

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    const struct assay_signpack *d = &problem->as.signpack;
    return (size_t)(d->rows * d->cols / (array == 1 ? 32 : 1));
}

static enum assay_dtype type(const struct assay_problem *problem,
                             unsigned array)
{
    if (array == 1)
        return ASSAY_B1;
    return problem->as.signpack.from == ASSAY_SIGNPACK_S8 ? ASSAY_S8
                                                          : ASSAY_F32;
}

static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_signpack *d = &problem->as.signpack;
    snprintf(text, size, "%lldx%lld-%s", (long long)d->rows, (long long)d->cols,
             assay_signpack_from_names[d->from]);
}

/* No count of operations that all rows share. */
static double flops(const struct assay_problem *problem)
{
    (void)problem;
    return 0;
}

static double tolerance(const struct assay_problem *problem)
{
    (void)problem;
    return 0;
}

static void random_problem(struct assay_random *random, enum assay_dtype dtype,
                           struct assay_problem *problem)
{
    assay_problem_init(problem, ASSAY_OP_SIGNPACK, dtype);
    struct assay_signpack *d = &problem->as.signpack;
    d->rows = assay_random_range(random, 1, 40);
    d->cols = 32 * assay_random_range(random, 1, 40);
    d->from = assay_random_range(random, 0, ASSAY_SIGNPACK_FROMS - 1);
    d->zero = assay_random_range(random, -128, 127);
}

/* A word is as much to read as 32 elements of another op. */
enum { GROUPS = 64, CPU_CHUNK = 64, ITEMS = 64 };

static enum assay_status launch_row(const struct assay_row *row,
                                    const struct assay_problem *problem,
                                    struct assay_launch *launch)
{
    const struct assay_signpack *d = &problem->as.signpack;
    const int64_t words = (int64_t)elements(problem, 1);
    const bool cpu = row->device_class == ASSAY_CLASS_CPU;
    int64_t chunk = ITEMS;
    if (cpu)
        chunk = (words + GROUPS - 1) / GROUPS;
    if (cpu && chunk < CPU_CHUNK)
        chunk = CPU_CHUNK;
    assay_launch_groups(launch, (uint64_t)((words + chunk - 1) / chunk),
                        cpu ? 1 : ITEMS);
    launch->words[launch->n_words++] = (uint32_t)words;
    launch->words[launch->n_words++] = (uint32_t)chunk;
    launch->words[launch->n_words++] = (uint32_t)d->zero;
    launch->spec[launch->n_spec++] = (uint32_t)d->from;
    return ASSAY_OK;
}

const struct assay_op_info assay_signpack_info = {
    .name = "signpack",
    .inputs = 1,
    .params = params,
    .check = check,
    .elements = elements,
    .type = type,
    .shape = shape,
    .flops = flops,
    .tolerance = tolerance,
    .random = random_problem,
    .launch[ASSAY_API_OPENCL] = launch_row,
    .launch[ASSAY_API_VULKAN] = launch_row,
};
