/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of lowrank: its parameters, formulas, and the layout of its
 * packed constants.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/kernel.h"
#include "kernels/lowrank/lowrank_launch.h"
#include "kernels/lowrank/lowrank_pack.h"
#include "kernels/lowrank/lowrank_scratch.h"
#include "kernels/quantized_table.h"
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
    ASSAY_QUANTIZED_PARAMS(struct assay_lowrank),
    {PARAM(mid_zero), -128, 127, 0, false, NULL, false},
    {0},
};

/* The two products as quantized.h sees them. */
struct views {
    struct assay_quantized middle, last;
    struct assay_quantized_view first, second;
};

static void views_make(const struct assay_problem *problem, struct views *v)
{
    const struct assay_lowrank *d = &problem->as.lowrank;
    const struct assay_quantized_view common = {.name = "lowrank",
                                                .dtype = problem->dtype};
    v->middle = v->last = d->q;
    v->middle.out = ASSAY_OUT_SAME;
    v->middle.low = -128;
    v->middle.high = 127;
    v->middle.y_zero = v->last.x_zero = d->mid_zero;
    v->first = v->second = common;
    v->first.q = &v->middle;
    v->first.terms = d->k;
    v->first.columns = d->r;
    v->second.q = &v->last;
    v->second.terms = d->r;
    v->second.columns = d->n;
    v->second.bias = d->bias;
    v->second.act = d->act;
}

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
    if (d->q.wzero)
        return assay_fail(
            ASSAY_INVALID,
            "lowrank: its weights have no zero points, wzero must "
            "be 0");
    if (problem->dtype != ASSAY_S8 && d->mid_zero)
        return assay_fail(ASSAY_INVALID, "lowrank: mid_zero is for s8");
    struct views v;
    views_make(problem, &v);
    const enum assay_status status = assay_quantized_check(&v.first);
    return status != ASSAY_OK ? status : assay_quantized_check(&v.second);
}

enum { X, U, V, B, SCALE, SCALE_MID, Y };

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    const struct assay_lowrank *d = &problem->as.lowrank;
    struct views v;
    views_make(problem, &v);
    switch (array) {
    case X:
        return (size_t)(d->m * d->k);
    case U:
        return (size_t)(d->r * d->k);
    case V:
        return (size_t)(d->n * d->r);
    case B:
        return assay_quantized_elements(&v.second, ASSAY_QUANTIZED_BIAS);
    case SCALE:
        return assay_quantized_elements(&v.second, ASSAY_QUANTIZED_SCALE);
    case SCALE_MID:
        return assay_quantized_elements(&v.first, ASSAY_QUANTIZED_SCALE);
    default:
        return (size_t)(d->m * d->n);
    }
}

/* What an array is to the product that reads it. */
static enum assay_quantized_constant role(unsigned array)
{
    return array == B                             ? ASSAY_QUANTIZED_BIAS
           : array == SCALE || array == SCALE_MID ? ASSAY_QUANTIZED_SCALE
                                                  : ASSAY_QUANTIZED_W;
}

static enum assay_dtype type(const struct assay_problem *problem,
                             unsigned array)
{
    struct views v;
    views_make(problem, &v);
    return array == Y ? assay_quantized_output(&v.second)
                      : assay_quantized_type(&v.second, role(array));
}

static void fill(struct assay_random *random,
                 const struct assay_problem *problem, unsigned array,
                 void *data, size_t n)
{
    struct views v;
    views_make(problem, &v);
    const bool second = array == V || array == B || array == SCALE;
    assay_quantized_fill(random, second ? &v.second : &v.first, role(array),
                         data, n);
}

/* The constants of each product, in the order of quantized.h. */
static void sort_constants(const void *const *constants, const void **first,
                           const void **second)
{
    memset(first, 0, ASSAY_QUANTIZED_CONSTANTS * sizeof *first);
    memset(second, 0, ASSAY_QUANTIZED_CONSTANTS * sizeof *second);
    first[ASSAY_QUANTIZED_W] = constants[U - 1];
    first[ASSAY_QUANTIZED_SCALE] = constants[SCALE_MID - 1];
    second[ASSAY_QUANTIZED_W] = constants[V - 1];
    second[ASSAY_QUANTIZED_BIAS] = constants[B - 1];
    second[ASSAY_QUANTIZED_SCALE] = constants[SCALE - 1];
}

static enum assay_status check_constants(const struct assay_problem *problem,
                                         const void *const *constants)
{
    struct views v;
    views_make(problem, &v);
    const void *first[ASSAY_QUANTIZED_CONSTANTS];
    const void *second[ASSAY_QUANTIZED_CONSTANTS];
    sort_constants(constants, first, second);
    const enum assay_status status =
        assay_quantized_check_constants(&v.first, first);
    return status != ASSAY_OK
               ? status
               : assay_quantized_check_constants(&v.second, second);
}

static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_lowrank *d = &problem->as.lowrank;
    snprintf(text, size, "%lldx%lldx%lldr%lld%s%s%s", (long long)d->m,
             (long long)d->n, (long long)d->k, (long long)d->r,
             d->bias ? "+bias" : "", d->act ? "+" : "",
             d->act ? assay_act_names[d->act] : "");
    if (d->mid_zero)
        snprintf(text + strlen(text), size - strlen(text), "+t%lld",
                 (long long)d->mid_zero);
    const struct assay_quantized_view view = {
        .dtype = problem->dtype, .q = &d->q, .columns = d->n};
    assay_quantized_text(&view, text, size);
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
    assay_quantized_random(random, dtype, &d->q);
    d->q.wzero = 0;
    d->mid_zero = assay_random_range(random, -128, 127);
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
    const struct assay_dense second = assay_lowrank_second(d);
    const unsigned group = assay_lowrank_group(row);
    const struct assay_word_panels panels =
        assay_lowrank_panels(&second, row->tile_n, group);
    return assay_lowrank_v_bytes(problem, row->tile_n, group) +
           (problem->dtype == ASSAY_S8
                ? assay_word_packed_bytes(&panels)
                : assay_dense_packed_floats(d->n, d->r, row->tile_n) * 4);
}

static void pack_reference(const struct assay_problem *problem,
                           const void *const *constants, char *packed)
{
    const struct assay_lowrank_parts p = assay_lowrank_parts(problem);
    const size_t at[] = {p.u, p.v, p.b, p.scale, p.scale_mid};
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
    const unsigned width = row->tile_n, group = assay_lowrank_group(row);
    void *after = (char *)packed + assay_lowrank_v_bytes(problem, width, group);
    if (problem->dtype != ASSAY_S8) {
        assay_dense_pack_f32(constants[U - 1], NULL, d->r, d->k, width, packed);
        assay_dense_pack_f32(constants[V - 1], constants[B - 1], d->n, d->r,
                             width, after);
        return;
    }
    const struct assay_dense first = assay_lowrank_first(d);
    const struct assay_dense second = assay_lowrank_second(d);
    const struct assay_word_panels u =
        assay_lowrank_panels(&first, width, group);
    const struct assay_word_panels v =
        assay_lowrank_panels(&second, width, group);
    const void *first_constants[ASSAY_QUANTIZED_CONSTANTS];
    const void *second_constants[ASSAY_QUANTIZED_CONSTANTS];
    sort_constants(constants, first_constants, second_constants);
    assay_word_pack(&u, first_constants, packed);
    assay_word_pack(&v, second_constants, after);
}

static size_t scratch_bytes(const struct assay_row *row,
                            const struct assay_problem *problem)
{
    const struct assay_lowrank *d = &problem->as.lowrank;
    if (is_reference(row))
        return sizeof(double) * (size_t)d->r;
    return problem->dtype == ASSAY_S8 ? assay_lowrank_scratch_s8(d->k, d->r)
                                      : assay_lowrank_scratch_f32(d->r);
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
    .launch[ASSAY_API_OPENCL] = assay_lowrank_launch_opencl,
    .launch[ASSAY_API_VULKAN] = assay_lowrank_launch_vulkan,
};
