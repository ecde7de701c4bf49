/* SPDX-License-Identifier: Apache-2.0
 *
 * The table entry of sparse: its parameters, formulas, and what random weights
 * look like.
 */
#include <stdio.h>
#include <string.h>

#include "kernels/element.h"
#include "kernels/kernel.h"
#include "kernels/quantized_table.h"
#include "kernels/random.h"
#include "kernels/shape.h"
#include "kernels/sparse/sparse_choose.h"
#include "kernels/sparse/sparse_launch.h"
#include "kernels/sparse/sparse_pack.h"
#include "kernels/sparse/sparse_scratch.h"

#define PARAM(field) #field, offsetof(struct assay_sparse, field)

static const char *const format_names[] = {
    "auto", "csr", "block16x1", "block4x4", "nm24", "nm24v", NULL};

static const struct assay_param params[] = {
    {PARAM(m), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(n), 1, ASSAY_MAX_SIZE, 0, true, NULL, false},
    {PARAM(k), 1, 65536, 0, true, NULL, false},
    {PARAM(bias), 0, 1, 0, false, NULL, false},
    {PARAM(act), 0, ASSAY_ACTS - 1, ASSAY_ACT_NONE, false, assay_act_names,
     false},
    {PARAM(format), 0, ASSAY_SPARSE_FORMATS - 1, ASSAY_SPARSE_AUTO, false,
     format_names, false},
    {PARAM(zeros), 0, 100, 90, false, NULL, true},
    ASSAY_QUANTIZED_PARAMS(struct assay_sparse),
    {0},
};

static struct assay_quantized_view view_of(const struct assay_problem *problem)
{
    const struct assay_sparse *s = &problem->as.sparse;
    return (struct assay_quantized_view){.name = "sparse",
                                         .dtype = problem->dtype,
                                         .q = &s->q,
                                         .terms = s->k,
                                         .columns = s->n,
                                         .bias = s->bias,
                                         .act = s->act};
}

static enum assay_status check(const struct assay_problem *problem)
{
    const struct assay_sparse *s = &problem->as.sparse;
    if (assay_product((int64_t[]){s->m, s->k}, 2) < 0 ||
        assay_product(
            (int64_t[]){assay_round_up(s->n, 16), assay_round_up(s->k, 4)}, 2) <
            0 ||
        assay_product((int64_t[]){s->m, s->n}, 2) < 0)
        return assay_fail(ASSAY_INVALID,
                          "sparse: an array of m x n x k has more than 2^31 "
                          "elements");
    if (problem->dtype == ASSAY_S8 && s->format == ASSAY_SPARSE_CSR)
        return assay_fail(ASSAY_INVALID,
                          "sparse: csr is a format of f32 alone");
    if (s->q.wzero)
        return assay_fail(ASSAY_INVALID,
                          "sparse: weights that are left out have no zero "
                          "point, wzero must be 0");
    const struct assay_quantized_view view = view_of(problem);
    return assay_quantized_check(&view);
}

enum { X, CONSTANTS, Y = CONSTANTS + 3 };

static size_t elements(const struct assay_problem *problem, unsigned array)
{
    const struct assay_sparse *s = &problem->as.sparse;
    const struct assay_quantized_view view = view_of(problem);
    switch (array) {
    case X:
        return (size_t)(s->m * s->k);
    case CONSTANTS + ASSAY_QUANTIZED_W:
        return (size_t)(s->n * s->k);
    case Y:
        return (size_t)(s->m * s->n);
    default:
        return assay_quantized_elements(
            &view, (enum assay_quantized_constant)(array - CONSTANTS));
    }
}

static enum assay_dtype type(const struct assay_problem *problem,
                             unsigned array)
{
    const struct assay_quantized_view view = view_of(problem);
    if (array == X)
        return problem->dtype;
    return array == Y
               ? assay_quantized_output(&view)
               : assay_quantized_type(
                     &view, (enum assay_quantized_constant)(array - CONSTANTS));
}

/* How random weights are zeroed: whole blocks of height outputs by width k. */
static void fill_zeros(struct assay_random *random,
                       const struct assay_problem *problem, void *data)
{
    const struct assay_sparse *s = &problem->as.sparse;
    const size_t bytes = assay_dtype_bytes(problem->dtype);
    const bool pattern =
        s->format == ASSAY_SPARSE_NM24 || s->format == ASSAY_SPARSE_NM24V;
    const int64_t height =
        s->format == ASSAY_SPARSE_BLOCK16X1 || s->format == ASSAY_SPARSE_NM24V
            ? 16
        : s->format == ASSAY_SPARSE_BLOCK4X4 ? 4
                                             : 1;
    const int64_t width = s->format == ASSAY_SPARSE_BLOCK4X4 || pattern ? 4 : 1;
    /* A pattern of 2 out of 4 has half of the zeros by itself. */
    const double share = pattern ? (s->zeros - 50) / 50 : s->zeros / 100;
    for (int64_t j = 0; j < s->n; j += height) {
        for (int64_t k = 0; k < s->k; k += width) {
            unsigned drop = 0;
            for (int64_t t = 0; t < width; t++)
                if ((t == 0 || pattern) &&
                    (double)assay_random_range(random, 0, 999999) <
                        share * 1000000)
                    drop |= pattern ? 1u << t : 15u;
            if (pattern) {
                const int64_t first = assay_random_range(random, 0, 3);
                drop |= 1u << first;
                drop |= 1u << ((first + assay_random_range(random, 1, 3)) % 4);
            }
            for (int64_t i = j; i < j + height && i < s->n; i++)
                for (int64_t t = 0; t < width && k + t < s->k; t++)
                    if (drop >> t & 1)
                        memset((char *)data +
                                   (size_t)(i * s->k + k + t) * bytes,
                               0, bytes);
        }
    }
}

static void fill(struct assay_random *random,
                 const struct assay_problem *problem, unsigned array,
                 void *data, size_t n)
{
    const struct assay_sparse *s = &problem->as.sparse;
    struct assay_quantized_view view = view_of(problem);
    /* Sums have as many terms as weights are left, about. */
    view.terms = (int64_t)((double)s->k * (1 - s->zeros / 100)) + 1;
    /* x is as random as w. */
    assay_quantized_fill(
        random, &view,
        array == X ? ASSAY_QUANTIZED_W
                   : (enum assay_quantized_constant)(array - CONSTANTS),
        data, n);
    if (array == CONSTANTS + ASSAY_QUANTIZED_W)
        fill_zeros(random, problem, data);
}

static enum assay_status check_constants(const struct assay_problem *problem,
                                         const void *const *constants)
{
    const struct assay_sparse *s = &problem->as.sparse;
    int64_t output, k;
    if (!assay_sparse_holds(problem->dtype, (enum assay_sparse_format)s->format,
                            constants[0], s->n, s->k, &output, &k))
        return assay_fail(ASSAY_INVALID,
                          "sparse: %s holds 2 of 4 weights, but the group of "
                          "output %lld has a third at k = %lld",
                          format_names[s->format], (long long)output,
                          (long long)k);
    const struct assay_quantized_view view = view_of(problem);
    return assay_quantized_check_constants(&view, constants);
}

static void specialize(struct assay_problem *problem,
                       const void *const *constants)
{
    struct assay_sparse *s = &problem->as.sparse;
    if (s->format == ASSAY_SPARSE_AUTO)
        s->format =
            assay_sparse_choose(problem->dtype, constants[0], s->m, s->n, s->k);
    /* Whoever asks for this op gets it: block16x1 is then nearest to dense. */
    if (s->format == ASSAY_SPARSE_DENSE)
        s->format = ASSAY_SPARSE_BLOCK16X1;
    s->stored =
        assay_sparse_stored(problem->dtype, (enum assay_sparse_format)s->format,
                            constants[0], s->n, s->k);
    if (problem->dtype == ASSAY_S8)
        s->fours = assay_sparse_fours((enum assay_sparse_format)s->format,
                                      constants[0], s->n, s->k);
}

static void shape(const struct assay_problem *problem, char *text, size_t size)
{
    const struct assay_sparse *s = &problem->as.sparse;
    snprintf(text, size, "%lldx%lldx%lld+%s%g%%%s%s%s", (long long)s->m,
             (long long)s->n, (long long)s->k, format_names[s->format],
             s->zeros, s->bias ? "+bias" : "", s->act ? "+" : "",
             s->act ? assay_act_names[s->act] : "");
    const struct assay_quantized_view view = view_of(problem);
    assay_quantized_text(&view, text, size);
}

static double flops(const struct assay_problem *problem)
{
    const struct assay_sparse *s = &problem->as.sparse;
    return 2.0 * (double)s->m * (double)s->n * (double)s->k;
}

static double executed(const struct assay_row *row,
                       const struct assay_problem *problem)
{
    const struct assay_sparse *s = &problem->as.sparse;
    (void)row;
    return 2.0 * (double)s->m * (double)s->stored;
}

/* f32: as dense, whose sums have at least as many terms. s8 is exact. */
static double tolerance(const struct assay_problem *problem)
{
    return problem->dtype == ASSAY_S8
               ? 0
               : 0x1p-23 * ((double)problem->as.sparse.k + 16);
}

static void random_problem(struct assay_random *random, enum assay_dtype dtype,
                           struct assay_problem *problem)
{
    static const int64_t edges[] = {1,  2,  3,  4,  5,  7,  8,  13, 15, 16,
                                    17, 31, 32, 33, 47, 48, 63, 64, 65, 97};
    static const double zeros[] = {0, 30, 50, 75, 90, 97, 100};
    const int64_t last = sizeof edges / sizeof *edges - 1;
    assay_problem_init(problem, ASSAY_OP_SPARSE, dtype);
    struct assay_sparse *s = &problem->as.sparse;
    s->m = edges[assay_random_range(random, 0, last)];
    s->n = edges[assay_random_range(random, 0, last)];
    /* Beyond the blocks of the CPU rows once in a while. */
    s->k = assay_random_range(random, 0, 7) == 0
               ? assay_random_range(random, 250, 1100)
               : edges[assay_random_range(random, 0, last)];
    s->bias = assay_random_range(random, 0, 1);
    s->zeros = zeros[assay_random_range(random, 0, 6)];
    do
        s->format = assay_random_range(random, 0, ASSAY_SPARSE_FORMATS - 1);
    while (dtype == ASSAY_S8 && s->format == ASSAY_SPARSE_CSR);
    if (dtype == ASSAY_F32) {
        s->act = assay_random_range(random, 0, ASSAY_ACTS - 1);
        return;
    }
    assay_quantized_random(random, dtype, &s->q);
    s->q.wzero = 0;
}

static size_t packed_bytes(const struct assay_row *row,
                           const struct assay_problem *problem)
{
    struct assay_sparse_layout layout;
    assay_sparse_layout(assay_sparse_user(row), problem, &layout);
    return layout.bytes;
}

static size_t scratch_bytes(const struct assay_row *row,
                            const struct assay_problem *problem)
{
    (void)row;
    return problem->dtype == ASSAY_S8
               ? assay_sparse_scratch_s8(problem->as.sparse.k)
               : assay_sparse_scratch_f32(problem->as.sparse.k);
}

const struct assay_op_info assay_sparse_info = {
    .name = "sparse",
    .inputs = 1,
    .constants = 3,
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
    .pack = assay_sparse_pack,
    .scratch_bytes = scratch_bytes,
    .launch[ASSAY_API_OPENCL] = assay_sparse_launch_opencl,
    .launch[ASSAY_API_VULKAN] = assay_sparse_launch_vulkan,

};
