/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of dropout: its parameters and formulas.
 */
#include <stdio.h>

#include "kernels/dropout/dropout_launch.h"
#include "kernels/dropout/philox.h"
#include "kernels/kernel.h"
#include "kernels/random.h"
#include "kernels/shape.h"

#define PARAM(field) #field, offsetof(struct assay_dropout, field)

static const char *const modes[] = {"forward", "backward", NULL};

/* Seeds and offsets are whole numbers that a double holds. */
#define MOST 0x1p53

static const struct assay_param params[] = {
    {PARAM(n), 1, ASSAY_MAX_ELEMENTS, 0, true, NULL, false},
    {PARAM(rate), 0, 1, 0.5, false, NULL, true},
    {PARAM(seed), 0, MOST, 0, false, NULL, false},
    {PARAM(offset), 0, MOST, 0, false, NULL, false},
    {PARAM(samples), 1, ASSAY_MAX_SIZE, 1, false, NULL, false},
    {PARAM(mode), 0, ASSAY_DROPOUT_MODES - 1, 0, false, modes, false},
    {0},
};

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_dropout *d = &problem->as.dropout;
    if (assay_product((int64_t[]){d->samples, d->n}, 2) < 0)
        return assay_fail(ASSAY_INVALID,
                          "dropout: samples x n is more than 2^31 elements");
    if (d->offset % 8 != 0)
        return assay_fail(ASSAY_INVALID,
                          "dropout: offset %lld is not a multiple of 8",
                          (long long)d->offset);
    if (assay_dropout_threshold(d) > 65535)
        return assay_fail(ASSAY_INVALID, "dropout: rate %.9g keeps nothing",
                          d->rate);
    return ASSAY_OK;
}

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    const struct assay_dropout *d = &problem->as.dropout;
    return (size_t)(array == 0 ? d->n : d->samples * d->n);
}

static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_dropout *d = &problem->as.dropout;
    char samples[32] = "", seed[32] = "", offset[32] = "";
    if (d->samples > 1)
        snprintf(samples, sizeof samples, "%lldx", (long long)d->samples);
    if (d->seed)
        snprintf(seed, sizeof seed, "-seed%lld", (long long)d->seed);
    if (d->offset)
        snprintf(offset, sizeof offset, "-at%lld", (long long)d->offset);
    snprintf(text, size, "%s%lld-rate%.9g%s%s%s", samples, (long long)d->n,
             d->rate, seed, offset,
             d->mode == ASSAY_DROPOUT_BACKWARD ? "-backward" : "");
}

/* The generator's integer operations are not counted as FLOP. */
static double flops(const struct assay_problem *problem)
{
    (void)problem;
    return 0;
}

/* The same mask and the same roundings everywhere: equal to the bit. */
static double tolerance(const struct assay_problem *problem)
{
    (void)problem;
    return 0;
}

static void random_problem(struct assay_random *random, enum assay_dtype dtype,
                           struct assay_problem *problem)
{
    static const int64_t edges[] = {1,   2,   7,   8,   9,   15,  16,  17,
                                    31,  33,  63,  64,  65,  127, 128, 129,
                                    130, 255, 257, 511, 513, 1000};
    static const double rates[] = {0, 0.1, 0.25, 0.5, 0.9, 0.999, 0x1p-17};
    assay_problem_init(problem, ASSAY_OP_DROPOUT, dtype);
    struct assay_dropout *d = &problem->as.dropout;
    d->n = assay_random_range(random, 0, 3) == 0
               ? assay_random_range(random, 4000, 40000)
               : edges[assay_random_range(random, 0,
                                          sizeof edges / sizeof *edges - 1)];
    d->rate =
        rates[assay_random_range(random, 0, sizeof rates / sizeof *rates - 1)];
    d->samples =
        assay_random_range(random, 0, 1) ? assay_random_range(random, 2, 5) : 1;
    d->seed = (int64_t)(assay_random_next(random) >> 12);
    /* Now and then counters that step over 2^32. */
    if (assay_random_range(random, 0, 2) == 0)
        d->offset = ((int64_t)1 << 35) - 8 * assay_random_range(random, 0, 99);
    else
        d->offset = 8 * assay_random_range(random, 0, 99);
    d->mode = assay_random_range(random, 0, ASSAY_DROPOUT_MODES - 1);
}

const struct assay_op_info assay_dropout_info = {
    .name = "dropout",
    .inputs = 1,
    .params = params,
    .check = check,
    .elements = elements,
    .shape = shape,
    .flops = flops,
    .tolerance = tolerance,
    .random = random_problem,
    .launch[ASSAY_API_OPENCL] = assay_dropout_launch,
    .launch[ASSAY_API_VULKAN] = assay_dropout_launch,
};
