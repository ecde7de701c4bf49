/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of attention: its parameters, formulas, and the packing of
 * its constants.
 */
#include <stdio.h>
#include <string.h>

#include "kernels/attention/attention_pack.h"
#include "kernels/attention/attention_rows.h"
#include "kernels/element.h"
#include "kernels/kernel.h"
#include "kernels/random.h"

#define PARAM(field) #field, offsetof(struct assay_attention, field)

static const char *const output_names[] = {"f32", "s8", NULL};

/* The largest head and, in s8, the most keys: then every sum fits an int. */
#define MAX_D 65536
#define MAX_S8_KEYS 65536

static const struct assay_param params[] = {
    {PARAM(batch), 1, ASSAY_MAX_SIZE, 1, false, NULL, false},
    {PARAM(sq), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(skv), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(hq), 1, ASSAY_MAX_SIZE, 1, false, NULL, false},
    {PARAM(hkv), 1, ASSAY_MAX_SIZE, 1, false, NULL, false},
    {PARAM(d), 1, MAX_D, 0, true, NULL, false},
    {PARAM(causal), 0, 1, 0, false, NULL, false},
    {PARAM(window), 0, ASSAY_MAX_SIZE, 0, false, NULL, false},
    {PARAM(block), 0, ASSAY_MAX_SIZE, 0, false, NULL, false},
    {PARAM(scale), 0, 1e6, 0, false, NULL, true},
    {PARAM(scale_qk), 0, 65536, 0, false, NULL, true},
    {PARAM(scale_out), 0, 1e30, 1, false, NULL, true},
    {PARAM(output), 0, ASSAY_ATTENTION_OUTPUTS - 1, ASSAY_ATTENTION_F32, false,
     output_names, false},
    {PARAM(y_zero), -128, 127, 0, false, NULL, false},
    {0},
};

static int64_t pattern_rows(const struct assay_attention *d)
{
    return d->block ? (d->sq + d->block - 1) / d->block : 0;
}

static int64_t pattern_columns(const struct assay_attention *d)
{
    return d->block ? (d->skv + d->block - 1) / d->block : 0;
}

static enum assay_status check_s8(const struct assay_attention *d)
{
    if (d->scale_qk < 1e-12)
        return assay_fail(ASSAY_INVALID,
                          "attention: s8 needs a scale_qk of at least 1e-12");
    if (d->scale_out < 1e-30)
        return assay_fail(ASSAY_INVALID,
                          "attention: s8 needs a scale_out of at least 1e-30");
    if (d->skv > MAX_S8_KEYS)
        return assay_fail(ASSAY_INVALID,
                          "attention: sums of %lld s8 keys may overflow",
                          (long long)d->skv);
    return ASSAY_OK;
}

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_attention *d = &problem->as.attention;
    if (d->hq % d->hkv != 0)
        return assay_fail(ASSAY_INVALID,
                          "attention: %lld heads do not divide among %lld "
                          "heads of keys",
                          (long long)d->hq, (long long)d->hkv);
    if (assay_product((int64_t[]){d->batch, d->sq, d->hq, d->d}, 4) < 0 ||
        assay_product((int64_t[]){d->batch, d->skv, d->hkv, d->d}, 4) < 0 ||
        assay_product((int64_t[]){pattern_rows(d), pattern_columns(d)}, 2) < 0)
        return assay_fail(ASSAY_INVALID, "attention: an array has more than "
                                         "2^31 elements");
    if (problem->dtype != ASSAY_S8 && d->output != ASSAY_ATTENTION_F32)
        return assay_fail(ASSAY_INVALID,
                          "attention: only s8 problems have another output");
    return problem->dtype == ASSAY_S8 ? check_s8(d) : ASSAY_OK;
}

enum { Q, K, V, PATTERN, OUTPUT };

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    const struct assay_attention *d = &problem->as.attention;
    switch (array) {
    case Q:
    case OUTPUT:
        return (size_t)(d->batch * d->sq * d->hq * d->d);
    case PATTERN:
        return (size_t)(pattern_rows(d) * pattern_columns(d));
    default:
        return (size_t)(d->batch * d->skv * d->hkv * d->d);
    }
}

static enum assay_dtype type(const struct assay_problem *problem,
                             unsigned array)
{
    if (array == PATTERN)
        return ASSAY_U8;
    return array == OUTPUT && problem->dtype == ASSAY_S8 &&
                   problem->as.attention.output == ASSAY_ATTENTION_F32
               ? ASSAY_F32
               : problem->dtype;
}

/* Two blocks of three are computed. */
static void fill(struct assay_random *random,
                 const struct assay_problem *problem, unsigned array,
                 void *data, size_t n)
{
    if (array != PATTERN)
        assay_fill(random, type(problem, array), data, n);
    else
        for (size_t i = 0; i < n; i++)
            ((uint8_t *)data)[i] = assay_random_range(random, 0, 2) > 0;
}

static enum assay_status check_constants(const struct assay_problem *problem,
                                         const void *const *constants)
{
    const size_t n = elements(problem, PATTERN);
    const uint8_t *pattern = constants[0];
    for (size_t i = 0; i < n; i++)
        if (pattern[i] > 1)
            return assay_fail(ASSAY_INVALID,
                              "attention: element %zu of the pattern is %u and "
                              "neither 0 nor 1",
                              i, pattern[i]);
    return ASSAY_OK;
}

/* Pairs of a query and a key that it sees, in one head. */
static double count_pairs(const struct assay_attention *d,
                          const uint8_t *pattern)
{
    const int64_t columns = pattern_columns(d);
    double pairs = 0;
    for (int64_t i = 0; i < d->sq; i++) {
        const struct assay_range keys = assay_attention_keys(d, i);
        if (!pattern) {
            pairs += (double)(keys.end - keys.begin);
            continue;
        }
        for (int64_t c = 0; c < columns; c++) {
            int64_t begin = c * d->block, end = begin + d->block;
            begin = begin < keys.begin ? keys.begin : begin;
            end = end > keys.end ? keys.end : end;
            if (end > begin && pattern[i / d->block * columns + c])
                pairs += (double)(end - begin);
        }
    }
    return pairs;
}

static void specialize(struct assay_problem *problem,
                       const void *const *constants)
{
    struct assay_attention *d = &problem->as.attention;
    d->visible = (int64_t)count_pairs(d, d->block ? constants[0] : NULL);
}

static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_attention *d = &problem->as.attention;
    char window[32] = "", block[32] = "";
    if (d->window)
        snprintf(window, sizeof window, "+window%lld", (long long)d->window);
    if (d->block)
        snprintf(block, sizeof block, "+block%lld", (long long)d->block);
    snprintf(text, size, "%lldx%lldx%lldx%lldx%lldx%lld%s%s%s%s",
             (long long)d->batch, (long long)d->sq, (long long)d->skv,
             (long long)d->hq, (long long)d->hkv, (long long)d->d,
             d->causal ? "+causal" : "", window, block, d->output ? "+s8" : "");
}

static double flops_of(const struct assay_attention *d, double pairs)
{
    return 4.0 * (double)d->batch * (double)d->hq * (double)d->d * pairs;
}

/* Two products a visible pair, the exponentials not counted; what the pattern
 * leaves out is in executed. */
static double flops(const struct assay_problem *problem)
{
    const struct assay_attention *d = &problem->as.attention;
    return flops_of(d, count_pairs(d, NULL));
}

static double executed(const struct assay_row *row,
                       const struct assay_problem *problem)
{
    const struct assay_attention *d = &problem->as.attention;
    (void)row;
    return d->block ? flops_of(d, (double)d->visible) : flops(problem);
}

/* The largest |y| that inputs in [-1, 1) come to: where scores have a standard
 * deviation of at most 1 (sqrt(d) / 3 before the scale), a mean over n keys of
 * weights within e^1 of each other has one of about 1 / sqrt(n); six of them
 * are not met. With few keys, or unequal ones, 1. */
static double largest(const struct assay_attention *d)
{
    const bool even = assay_attention_scale(d) * sqrt((double)d->d) <= 3;
    if (d->causal || d->window || d->block || !even || d->skv <= 36)
        return 1;
    return 6 / sqrt((double)d->skv);
}

/* A score is scale times a sum of d products in [-1, 1): rounding, as for
 * dense, 2^-23 d of it. It enters the exponent, so the weights and with them
 * the mean of v in [-1, 1) are off by as much, as are the exponential, the
 * sums over keys (of sqrt(skv) / 4 ulp) and the division. f16: the mean, in
 * f32, may round to either neighbour, 2^-11 apart at most below 1, 2^-10 of it.
 */
static double tolerance(const struct assay_problem *problem)
{
    const struct assay_attention *d = &problem->as.attention;
    if (problem->dtype == ASSAY_S8)
        return 0;
    const double f32 =
        0x1p-23 * (16 + assay_attention_scale(d) * (double)(d->d + 16) +
                   largest(d) * sqrt((double)d->skv) / 4);
    return problem->dtype == ASSAY_F16
               ? f32 + fmin(0x1p-11, 0x1p-10 * largest(d))
               : f32;
}

static int64_t pick(struct assay_random *random, const int64_t *from, int64_t n)
{
    return from[assay_random_range(random, 0, n - 1)];
}
#define PICK(random, ...)                                                      \
    pick(random, (const int64_t[]){__VA_ARGS__},                               \
         sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t))

static void random_problem(struct assay_random *random, enum assay_dtype dtype,
                           struct assay_problem *problem)
{
    assay_problem_init(problem, ASSAY_OP_ATTENTION, dtype);
    struct assay_attention *d = &problem->as.attention;
    d->batch = assay_random_range(random, 1, 2);
    d->sq = PICK(random, 1, 1, 2, 3, 5, 7, 13, 14, 15, 16, 17, 29, 33, 64, 97);
    d->skv = PICK(random, 1, 2, 5, 8, 15, 16, 17, 31, 33, 64, 65, 97, 127);
    /* Beyond the blocks of keys of the CPU rows once in a while. */
    if (assay_random_range(random, 0, 7) == 0)
        d->skv = assay_random_range(random, 250, 700);
    if (assay_random_range(random, 0, 2) == 0)
        d->skv = d->sq;
    d->hkv = assay_random_range(random, 1, 3);
    d->hq = d->hkv * PICK(random, 1, 1, 2, 3, 8);
    /* Few widths: each is a program of its own on devices. */
    d->d = PICK(random, 1, 3, 8, 15, 16, 17, 20, 32, 33, 63, 64, 64, 64, 80);
    if (assay_random_range(random, 0, 9) == 0)
        d->d = assay_random_range(random, 0, 1) ? 128 : 130;
    d->causal = assay_random_range(random, 0, 1);
    if (assay_random_range(random, 0, 2) == 0)
        d->window = PICK(random, 1, 2, 5, 16, 31, 64, 200);
    if (assay_random_range(random, 0, 2) == 0)
        d->block = PICK(random, 1, 3, 8, 16, 24, 32, 64, 100);
    if (dtype != ASSAY_S8) {
        d->scale = assay_random_range(random, 0, 1)
                       ? (double)assay_random_range(random, 1, 64) / 16
                       : 0;
        return;
    }
    /* Deviations of real scores of about 1 / 16 to 64; those of random bytes
     * are 74^2 sqrt(d). */
    d->scale_qk = ldexp(1 / (5476 * sqrt((double)d->d)),
                        (int)assay_random_range(random, -4, 6));
    d->scale_out = (double)assay_random_range(random, 1, 4000) / 1024;
    d->output = assay_random_range(random, 0, 1);
    d->y_zero = d->output ? assay_random_range(random, -128, 127) : 0;
}

static size_t packed_bytes(const struct assay_row *row,
                           const struct assay_problem *problem)
{
    (void)row;
    return sizeof(struct assay_attention_packed) +
           (assay_problem_bytes(problem, PATTERN) + 3) / 4 * 4;
}

static void pack(const struct assay_row *row,
                 const struct assay_problem *problem,
                 const void *const *constants, void *packed)
{
    const struct assay_attention *d = &problem->as.attention;
    struct assay_attention_packed *to = packed;
    memset(to, 0, packed_bytes(row, problem));
    if (d->block)
        memcpy(to->pattern, constants[0], elements(problem, PATTERN));
    if (problem->dtype == ASSAY_S8)
        assay_attention_pack_s8(d, to);
}

const struct assay_op_info assay_attention_info = {
    .name = "attention",
    .inputs = 3,
    .constants = 1,
    .params = params,
    .check = check,
    .elements = elements,
    .type = type,
    .fill = fill,
    .check_constants = check_constants,
    .specialize = specialize,
    .shape = shape,
    .flops = flops,
    .executed = executed,
    .tolerance = tolerance,
    .random = random_problem,
    .packed_bytes = packed_bytes,
    .pack = pack,
    .scratch_bytes = assay_attention_scratch_bytes,
    .launch[ASSAY_API_OPENCL] = assay_attention_launch_opencl,
    .launch[ASSAY_API_VULKAN] = assay_attention_launch_vulkan,
};
