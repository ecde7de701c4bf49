/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of lowrank: its parameters, formulas, and the layout of its
 * packed constants.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/element.h"
#include "kernels/kernel.h"
#include "kernels/lowrank/lowrank_pack.h"
#include "kernels/lowrank/lowrank_scratch.h"
#include "kernels/random.h"
#include "kernels/shape.h"

#define PARAM(field) #field, offsetof(struct assay_lowrank, field)

static const struct assay_param params[] = {
    {PARAM(m), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(n), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(k), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(r), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(bias), 0, 1, 0, false, NULL, false},
    {PARAM(act), 0, ASSAY_ACTS - 1, ASSAY_ACT_NONE, false, assay_act_names,
     false},
    {PARAM(x_zero), -128, 127, 0, false, NULL, false},
    {PARAM(mid_zero), -128, 127, 0, false, NULL, false},
    {PARAM(y_zero), -128, 127, 0, false, NULL, false},
    {PARAM(lo), -128, 127, -128, false, NULL, false},
    {PARAM(hi), -128, 127, 127, false, NULL, false},
    {0},
};

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_lowrank *d = &problem->as.lowrank;
    if (assay_product((int64_t[]){d->m, d->k}, 2) < 0 ||
        assay_product((int64_t[]){d->r, d->k}, 2) < 0 ||
        assay_product((int64_t[]){d->n, d->r}, 2) < 0 ||
        assay_product((int64_t[]){d->m, d->r}, 2) < 0 ||
        assay_product((int64_t[]){d->m, d->n}, 2) < 0)
        return assay_fail(ASSAY_INVALID,
                          "lowrank: an array of m x n x k x r has more than "
                          "2^31 elements");
    if (problem->dtype != ASSAY_S8)
        return ASSAY_OK;
    if (d->act != ASSAY_ACT_NONE)
        return assay_fail(ASSAY_INVALID,
                          "lowrank: s8 takes lo and hi instead of act");
    if (d->lo > d->hi)
        return assay_fail(ASSAY_INVALID, "lowrank: lo %lld is above hi %lld",
                          (long long)d->lo, (long long)d->hi);
    return ASSAY_OK;
}

enum { X, U, V, B, SCALE_MID, SCALE };

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    const struct assay_lowrank *d = &problem->as.lowrank;
    const bool s8 = problem->dtype == ASSAY_S8;
    switch (array) {
    case X:
        return (size_t)(d->m * d->k);
    case U:
        return (size_t)(d->r * d->k);
    case V:
        return (size_t)(d->n * d->r);
    case B:
        return d->bias ? (size_t)d->n : 0;
    case SCALE_MID:
        return s8 ? (size_t)d->r : 0;
    case SCALE:
        return s8 ? (size_t)d->n : 0;
    default:
        return (size_t)(d->m * d->n);
    }
}

static enum assay_dtype type(const struct assay_problem *problem,
                             unsigned array)
{
    if (problem->dtype == ASSAY_S8 && array == B)
        return ASSAY_S32;
    if (problem->dtype == ASSAY_S8 && (array == SCALE_MID || array == SCALE))
        return ASSAY_F32;
    return problem->dtype;
}

/* Scales that bring sums of products of bytes to about ± 64. */
static void fill(struct assay_random *random,
                 const struct assay_problem *problem, unsigned array,
                 void *data, size_t n)
{
    const struct assay_lowrank *d = &problem->as.lowrank;
    assay_fill(random, type(problem, array), data, n);
    if (array == SCALE_MID || array == SCALE) {
        const double depth = (double)(array == SCALE ? d->r : d->k);
        for (size_t i = 0; i < n; i++)
            ((float *)data)[i] = (float)((((float *)data)[i] + 1.5) * 64 /
                                         (74.0 * 74.0 * sqrt(depth)));
    }
}

static enum assay_status check_stage(const int8_t *w, const int32_t *bias,
                                     const float *scale, int64_t n, int64_t k,
                                     const char *name)
{
    for (int64_t j = 0; j < n; j++) {
        int64_t most = bias ? bias[j] : 0;
        most = most < 0 ? -most : most;
        if (!(scale[j] > 0) || !(scale[j] <= 3e38f))
            return assay_fail(ASSAY_INVALID,
                              "lowrank: %s[%lld] is %g, not positive and "
                              "finite",
                              name, (long long)j, (double)scale[j]);
        for (int64_t i = 0; i < k; i++)
            most += 256 * (w[j * k + i] < 0 ? -w[j * k + i] : w[j * k + i]);
        if (most > INT32_MAX)
            return assay_fail(ASSAY_INVALID,
                              "lowrank: the sums that %s[%lld] scales do not "
                              "fit into 32 bits",
                              name, (long long)j);
    }
    return ASSAY_OK;
}

static enum assay_status check_constants(const struct assay_problem *problem,
                                         const void *const *constants)
{
    const struct assay_lowrank *d = &problem->as.lowrank;
    if (problem->dtype != ASSAY_S8)
        return ASSAY_OK;
    const enum assay_status status =
        check_stage(constants[U - 1], NULL, constants[SCALE_MID - 1], d->r,
                    d->k, "scale_mid");
    return status != ASSAY_OK
               ? status
               : check_stage(constants[V - 1], constants[B - 1],
                             constants[SCALE - 1], d->n, d->r, "scale");
}

static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_lowrank *d = &problem->as.lowrank;
    char zero[48] = "";
    if (problem->dtype == ASSAY_S8)
        snprintf(zero, sizeof zero, "+z%lld,%lld,%lld[%lld,%lld]",
                 (long long)d->x_zero, (long long)d->mid_zero,
                 (long long)d->y_zero, (long long)d->lo, (long long)d->hi);
    snprintf(text, size, "%lldx%lldx%lldr%lld%s%s%s%s", (long long)d->m,
             (long long)d->n, (long long)d->k, (long long)d->r,
             d->bias ? "+bias" : "", d->act ? "+" : "",
             d->act ? assay_act_names[d->act] : "", zero);
}

static double flops(const struct assay_problem *problem)
{
    const struct assay_lowrank *d = &problem->as.lowrank;
    return 2.0 * (double)d->m * (double)d->r * ((double)d->n + (double)d->k);
}

/* Inputs in [-1, 1). An element of t is a random walk of about sqrt(k)/3 whose
 * k roundings cost at most k * eps (as in dense); r of those errors add up in
 * walk, sqrt(r), and to them the r roundings of sums of terms of sqrt(k). */
static double tolerance(const struct assay_problem *problem)
{
    const struct assay_lowrank *d = &problem->as.lowrank;
    const double k = (double)d->k, r = (double)d->r;
    return problem->dtype == ASSAY_S8
               ? 0
               : 0x1p-23 * ((k + 16) * sqrt(r) + (r + 16) * sqrt(k));
}

static void random_problem(struct assay_random *random, enum assay_dtype dtype,
                           struct assay_problem *problem)
{
    static const int64_t edges[] = {1,  2,  3,  4,  5,  7,  8,  13, 14, 15,
                                    16, 17, 31, 32, 33, 47, 49, 64, 65, 97};
    const int64_t last = sizeof edges / sizeof *edges - 1;
    assay_problem_init(problem, ASSAY_OP_LOWRANK, dtype);
    struct assay_lowrank *d = &problem->as.lowrank;
    d->m = edges[assay_random_range(random, 0, last)];
    d->n = edges[assay_random_range(random, 0, last)];
    d->r = edges[assay_random_range(random, 0, last)];
    /* Beyond the K blocks of the CPU rows once in a while. */
    d->k = assay_random_range(random, 0, 9) == 0
               ? assay_random_range(random, 380, 900)
               : edges[assay_random_range(random, 0, last)];
    d->bias = assay_random_range(random, 0, 1);
    if (dtype == ASSAY_F32) {
        d->act = assay_random_range(random, 0, ASSAY_ACTS - 1);
        return;
    }
    d->x_zero = assay_random_range(random, -128, 127);
    d->mid_zero = assay_random_range(random, -128, 127);
    d->y_zero = assay_random_range(random, -128, 127);
    if (assay_random_range(random, 0, 2) == 0) {
        d->lo = assay_random_range(random, -128, 0);
        d->hi = assay_random_range(random, 0, 127);
    }
}

static bool is_reference(const struct assay_row *row)
{
    return row->api == ASSAY_API_CPU && strcmp(row->variant, "ref") == 0;
}

static size_t packed_bytes(const struct assay_row *row,
                           const struct assay_problem *problem)
{
    const struct assay_lowrank *d = &problem->as.lowrank;
    if (is_reference(row))
        return assay_lowrank_parts(problem).bytes;
    return (assay_lowrank_v_floats(d, row->tile_n) +
            assay_dense_packed_floats(d->n, d->r, row->tile_n)) *
           sizeof(float);
}

static void pack_reference(const struct assay_problem *problem,
                           const void *const *constants, char *packed)
{
    const struct assay_lowrank_parts p = assay_lowrank_parts(problem);
    const size_t at[] = {p.u, p.v, p.b, p.scale_mid, p.scale};
    memset(packed, 0, p.bytes);
    for (unsigned i = 0; i < 5; i++)
        if (constants[i])
            memcpy(packed + at[i], constants[i],
                   elements(problem, i + 1) *
                       assay_dtype_bytes(type(problem, i + 1)));
}

static void pack(const struct assay_row *row,
                 const struct assay_problem *problem,
                 const void *const *constants, void *packed)
{
    const struct assay_lowrank *d = &problem->as.lowrank;
    if (is_reference(row)) {
        pack_reference(problem, constants, packed);
        return;
    }
    assay_dense_pack_f32(constants[U - 1], NULL, d->r, d->k, row->tile_n,
                         packed);
    assay_dense_pack_f32(
        constants[V - 1], constants[B - 1], d->n, d->r, row->tile_n,
        (float *)packed + assay_lowrank_v_floats(d, row->tile_n));
}

static size_t scratch_bytes(const struct assay_row *row,
                            const struct assay_problem *problem)
{
    return is_reference(row) ? sizeof(double) * (size_t)problem->as.lowrank.r
                             : assay_lowrank_scratch_f32(problem->as.lowrank.r);
}

const struct assay_op_info assay_lowrank_info = {
    .name = "lowrank",
    .inputs = 1,
    .constants = 5,
    .params = params,
    .check = check,
    .elements = elements,
    .type = type,
    .fill = fill,
    .check_constants = check_constants,
    .shape = shape,
    .flops = flops,
    .tolerance = tolerance,
    .random = random_problem,
    .packed_bytes = packed_bytes,
    .pack = pack,
    .scratch_bytes = scratch_bytes,
};
