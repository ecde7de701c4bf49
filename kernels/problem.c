/* SPDX-License-Identifier: Apache-2.0
 *
 * What holds for the problems of every op, from each op's table entry.
 */
#include "kernel.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct assay_op_info assay_dense_info, assay_conv2d_info,
    assay_depthwise_info, assay_pool_info, assay_add_info, assay_unary_info,
    assay_softmax_info, assay_transpose_info;

static const struct assay_op_info *const infos[ASSAY_OPS] = {
    [ASSAY_OP_DENSE] = &assay_dense_info,
    [ASSAY_OP_CONV2D] = &assay_conv2d_info,
    [ASSAY_OP_DEPTHWISE] = &assay_depthwise_info,
    [ASSAY_OP_POOL] = &assay_pool_info,
    [ASSAY_OP_ADD] = &assay_add_info,
    [ASSAY_OP_UNARY] = &assay_unary_info,
    [ASSAY_OP_SOFTMAX] = &assay_softmax_info,
    [ASSAY_OP_TRANSPOSE] = &assay_transpose_info,
};

const char *const assay_dtype_names[] = {"f32", NULL};
const char *const assay_api_names[] = {"cpu", "opencl", "vulkan", "null", NULL};
const char *const assay_act_names[] = {"none", "relu",    "relu6",
                                       "gelu", "sigmoid", NULL};

double assay_act_apply(enum assay_act act, double x)
{
    switch (act) {
    case ASSAY_ACT_RELU:
        return x < 0 ? 0 : x;
    case ASSAY_ACT_RELU6:
        return x < 0 ? 0 : x > 6 ? 6 : x;
    case ASSAY_ACT_GELU:
        /* Not 1 + erf, which cancels, nor -infinity times 0. */
        return isinf(x) && x < 0 ? 0
                                 : 0.5 * x * erfc(x * -0.70710678118654752440);
    case ASSAY_ACT_SIGMOID:
        return 1 / (1 + exp(-x));
    case ASSAY_ACT_NONE:
    case ASSAY_ACTS:
        break;
    }
    return x;
}

size_t assay_dtype_bytes(enum assay_dtype dtype)
{
    static const size_t bytes[ASSAY_DTYPES] = {[ASSAY_F32] = 4};
    return bytes[dtype];
}

const struct assay_op_info *assay_op_info(enum assay_op op)
{
    return infos[op];
}

bool assay_op_find(const char *name, enum assay_op *op)
{
    for (int i = 0; i < ASSAY_OPS; i++) {
        if (strcmp(infos[i]->name, name) == 0) {
            *op = (enum assay_op)i;
            return true;
        }
    }
    return false;
}

static int64_t *field(struct assay_problem *problem,
                      const struct assay_param *param)
{
    return (int64_t *)((char *)&problem->as + param->offset);
}

void assay_problem_init(struct assay_problem *problem, enum assay_op op,
                        enum assay_dtype dtype)
{
    memset(problem, 0, sizeof *problem);
    problem->op = op;
    problem->dtype = dtype;
    for (const struct assay_param *p = infos[op]->params; p->name; p++)
        *field(problem, p) = p->required ? 0 : p->standard;
}

static bool parse_value(const struct assay_param *param, const char *text,
                        int64_t *value)
{
    if (param->names) {
        for (int64_t i = 0; param->names[i]; i++) {
            if (strcmp(param->names[i], text) == 0) {
                *value = i;
                return true;
            }
        }
        return false;
    }
    char *end;
    errno = 0;
    long long parsed = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0)
        return false;
    *value = parsed;
    return true;
}

enum assay_status assay_problem_set(struct assay_problem *problem,
                                    const char *name, const char *value)
{
    const struct assay_op_info *info = infos[problem->op];
    for (const struct assay_param *p = info->params; p->name; p++) {
        if (strcmp(p->name, name) != 0)
            continue;
        int64_t parsed;
        if (!parse_value(p, value, &parsed))
            return assay_fail(ASSAY_INVALID, "%s: %s: '%.40s' is not %s",
                              info->name, name, value,
                              p->names ? "one of its values" : "a number");
        if (parsed < p->min || parsed > p->max)
            return assay_fail(ASSAY_INVALID,
                              "%s: %s: %" PRId64 " is not within %" PRId64
                              " to %" PRId64,
                              info->name, name, parsed, p->min, p->max);
        *field(problem, p) = parsed;
        return ASSAY_OK;
    }
    return assay_fail(ASSAY_INVALID, "%s has no parameter '%.40s'", info->name,
                      name);
}

enum assay_status assay_problem_check(const struct assay_problem *problem)
{
    if ((unsigned)problem->op >= ASSAY_OPS ||
        (unsigned)problem->dtype >= ASSAY_DTYPES)
        return assay_fail(ASSAY_INVALID, "no such op or dtype");
    const struct assay_op_info *info = infos[problem->op];
    for (const struct assay_param *p = info->params; p->name; p++) {
        int64_t value = *field((struct assay_problem *)problem, p);
        if (value < p->min || value > p->max)
            return assay_fail(ASSAY_INVALID,
                              "%s: %s: %" PRId64 " is not within %" PRId64
                              " to %" PRId64,
                              info->name, p->name, value, p->min, p->max);
    }
    return info->check(problem);
}

void assay_problem_name(const struct assay_problem *problem, char *text,
                        size_t size)
{
    char shape[128];
    infos[problem->op]->shape(problem, shape, sizeof shape);
    snprintf(text, size, "%s/%s/%s", infos[problem->op]->name,
             assay_dtype_names[problem->dtype], shape);
}

unsigned assay_problem_output(const struct assay_problem *problem)
{
    return infos[problem->op]->inputs + infos[problem->op]->constants;
}

size_t assay_problem_bytes(const struct assay_problem *problem, unsigned array)
{
    return infos[problem->op]->elements(problem, array) *
           assay_dtype_bytes(problem->dtype);
}

double assay_problem_traffic(const struct assay_problem *problem)
{
    double sum = 0;
    for (unsigned i = 0; i <= assay_problem_output(problem); i++)
        sum += (double)assay_problem_bytes(problem, i);
    return sum;
}

size_t assay_row_packed_bytes(const struct assay_row *row,
                              const struct assay_problem *problem)
{
    const struct assay_op_info *info = infos[problem->op];
    return info->packed_bytes ? info->packed_bytes(row, problem) : 0;
}

enum assay_status assay_reference_run(const struct assay_problem *problem,
                                      const void *const *inputs,
                                      const void *const *constants,
                                      void *output)
{
    const struct assay_op_info *info = infos[problem->op];
    const struct assay_row *row =
        assay_row_reference(problem->op, problem->dtype);
    void *packed = NULL;
    size_t bytes = assay_row_packed_bytes(row, problem);
    if (bytes) {
        packed = aligned_alloc(64, (bytes + 63) / 64 * 64);
        if (!packed)
            return assay_fail(ASSAY_NOMEM, "no %zu bytes for the reference",
                              bytes);
        info->pack(row, problem, constants, packed);
    }
    row->run(&(struct assay_cpu_call){.problem = problem,
                                      .inputs = inputs,
                                      .packed = packed,
                                      .output = output,
                                      .threads = 1});
    free(packed);
    return ASSAY_OK;
}
