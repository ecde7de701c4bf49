/* SPDX-License-Identifier: Apache-2.0
 *
 * What holds for the problems of every op, from each op's table entry.
 */
#include "kernel.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "element.h"

#define ASSAY_OP(enumerator, name)                                             \
    extern const struct assay_op_info assay_##name##_info;
#include "ops.def"
#undef ASSAY_OP

static const struct assay_op_info *const infos[ASSAY_OPS] = {
#define ASSAY_OP(enumerator, name)                                             \
    [ASSAY_OP_##enumerator] = &assay_##name##_info,
#include "ops.def"
#undef ASSAY_OP
};

const char *const assay_dtype_names[] = {"f32", "f16", "s8", "b1", NULL};
const char *const assay_api_names[] = {"cpu", "opencl", "vulkan", "null", NULL};
const char *const assay_act_names[] = {ASSAY_ACT_NAMES, NULL};

/* x/2 (1 + tanh u) = x/(1 + exp(-2 u)), which does not cancel. */
static double gelu_tanh(double x)
{
    const double u = 0.79788456080286535588 * (x + 0.044715 * x * x * x);
    return isinf(x) && x < 0 ? 0 : x / (1 + exp(-2 * u));
}

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
    case ASSAY_ACT_GELU_TANH:
        return gelu_tanh(x);
    case ASSAY_ACT_TANH:
        return tanh(x);
    case ASSAY_ACT_HARDSWISH:
        return x <= -3 ? 0 : x >= 3 ? x : x * (x + 3) / 6;
    case ASSAY_ACT_NONE:
    case ASSAY_ACTS:
        break;
    }
    return x;
}

size_t assay_dtype_bytes(enum assay_dtype dtype)
{
    static const size_t bytes[ASSAY_ELEMENTS] = {
        [ASSAY_F32] = 4, [ASSAY_F16] = 2, [ASSAY_S8] = 1,
        [ASSAY_B1] = 4,  [ASSAY_U8] = 1,  [ASSAY_S32] = 4,
    };
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

static void *field(const struct assay_problem *problem,
                   const struct assay_param *param)
{
    return (char *)&problem->as + param->offset;
}

static double get(const struct assay_problem *problem,
                  const struct assay_param *param)
{
    const void *at = field(problem, param);
    return param->real ? *(const double *)at : (double)*(const int64_t *)at;
}

static void set(struct assay_problem *problem, const struct assay_param *param,
                double value)
{
    void *at = field(problem, param);
    if (param->real)
        *(double *)at = value;
    else
        *(int64_t *)at = (int64_t)value;
}

void assay_problem_init(struct assay_problem *problem, enum assay_op op,
                        enum assay_dtype dtype)
{
    memset(problem, 0, sizeof *problem);
    problem->op = op;
    problem->dtype = dtype;
    for (const struct assay_param *p = infos[op]->params; p->name; p++)
        set(problem, p, p->required ? 0 : p->standard);
}

static bool parse_value(const struct assay_param *param, const char *text,
                        double *value)
{
    if (param->names) {
        for (int i = 0; param->names[i]; i++) {
            if (strcmp(param->names[i], text) == 0) {
                *value = i;
                return true;
            }
        }
        return false;
    }
    char *end;
    errno = 0;
    *value = param->real ? strtod(text, &end) : (double)strtoll(text, &end, 10);
    return end != text && *end == '\0' && errno == 0;
}

/* Written so that NaN fails. */
static enum assay_status check_range(const struct assay_op_info *info,
                                     const struct assay_param *p, double value)
{
    if (value >= p->min && value <= p->max)
        return ASSAY_OK;
    return assay_fail(ASSAY_INVALID,
                      "%s: %s: %.15g is not within %.15g to %.15g", info->name,
                      p->name, value, p->min, p->max);
}

bool assay_param_covers(const char *key, const char *name)
{
    static const struct {
        const char *key, *names[5];
    } groups[] = {
        {"window", {"r", "s"}},
        {"stride", {"stride_h", "stride_w"}},
        {"pad", {"pad_top", "pad_left", "pad_bottom", "pad_right"}},
        {"dil", {"dil_h", "dil_w"}},
    };
    if (strcmp(key, name) == 0)
        return true;
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        if (strcmp(groups[i].key, key) == 0)
            for (size_t j = 0; groups[i].names[j]; j++)
                if (strcmp(groups[i].names[j], name) == 0)
                    return true;
    return false;
}

enum assay_status assay_problem_set(struct assay_problem *problem,
                                    const char *name, const char *value)
{
    const struct assay_op_info *info = infos[problem->op];
    struct assay_problem changed = *problem;
    bool found = false;
    for (const struct assay_param *p = info->params; p->name; p++) {
        if (!assay_param_covers(name, p->name))
            continue;
        double parsed;
        if (!parse_value(p, value, &parsed))
            return assay_fail(ASSAY_INVALID, "%s: %s: '%.40s' is not %s",
                              info->name, name, value,
                              p->names ? "one of its values" : "a number");
        enum assay_status status = check_range(info, p, parsed);
        if (status != ASSAY_OK)
            return status;
        set(&changed, p, parsed);
        found = true;
    }
    if (!found)
        return assay_fail(ASSAY_INVALID, "%s has no parameter '%.40s'",
                          info->name, name);
    *problem = changed;
    return ASSAY_OK;
}

enum assay_status assay_problem_check(const struct assay_problem *problem)
{
    if ((unsigned)problem->op >= ASSAY_OPS ||
        (unsigned)problem->dtype >= ASSAY_DTYPES)
        return assay_fail(ASSAY_INVALID, "no such op or dtype");
    const struct assay_op_info *info = infos[problem->op];
    if (!assay_row_reference(problem->op, problem->dtype))
        return assay_fail(ASSAY_INVALID, "%s has no %s kernels", info->name,
                          assay_dtype_names[problem->dtype]);
    for (const struct assay_param *p = info->params; p->name; p++) {
        enum assay_status status = check_range(info, p, get(problem, p));
        if (status != ASSAY_OK)
            return status;
    }
    return info->check(problem);
}

enum assay_status assay_problem_specialize(struct assay_problem *problem,
                                           const void *const *constants)
{
    const struct assay_op_info *info = infos[problem->op];
    if (info->check_constants) {
        enum assay_status status = info->check_constants(problem, constants);
        if (status != ASSAY_OK)
            return status;
    }
    if (info->specialize)
        info->specialize(problem, constants);
    return ASSAY_OK;
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

enum assay_dtype assay_problem_type(const struct assay_problem *problem,
                                    unsigned array)
{
    const struct assay_op_info *info = infos[problem->op];
    return info->type ? info->type(problem, array) : problem->dtype;
}

size_t assay_problem_bytes(const struct assay_problem *problem, unsigned array)
{
    const size_t bytes = infos[problem->op]->elements(problem, array) *
                         assay_dtype_bytes(assay_problem_type(problem, array));
    return (bytes + 3) & ~(size_t)3;
}

bool assay_problem_in_place(const struct assay_problem *problem, unsigned input)
{
    const struct assay_op_info *info = infos[problem->op];
    const unsigned output = assay_problem_output(problem);
    return info->in_place &&
           info->elements(problem, input) == info->elements(problem, output) &&
           assay_problem_type(problem, input) ==
               assay_problem_type(problem, output);
}

void assay_problem_fill(struct assay_random *random,
                        const struct assay_problem *problem, unsigned array,
                        void *data)
{
    const struct assay_op_info *info = infos[problem->op];
    const size_t n = info->elements(problem, array);
    if (info->fill)
        info->fill(random, problem, array, data, n);
    else
        assay_fill(random, assay_problem_type(problem, array), data, n);
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
    struct assay_problem special = *problem;
    void *packed = NULL;
    enum assay_status status = assay_problem_specialize(&special, constants);
    if (status != ASSAY_OK)
        return status;
    const size_t bytes = assay_row_packed_bytes(row, &special);
    const size_t scratch_bytes =
        info->scratch_bytes ? info->scratch_bytes(row, &special) : 0;
    void *scratch = NULL;
    if (bytes && !(packed = aligned_alloc(64, (bytes + 63) / 64 * 64)))
        return assay_fail(ASSAY_NOMEM, "no %zu bytes for the reference", bytes);
    if (scratch_bytes &&
        !(scratch = aligned_alloc(64, (scratch_bytes + 63) / 64 * 64))) {
        free(packed);
        return assay_fail(ASSAY_NOMEM, "no %zu bytes for the reference",
                          scratch_bytes);
    }
    if (packed)
        info->pack(row, &special, constants, packed);
    row->run(&(struct assay_cpu_call){.problem = &special,
                                      .inputs = inputs,
                                      .packed = packed,
                                      .output = output,
                                      .scratch = scratch,
                                      .threads = 1});
    free(packed);
    free(scratch);
    return ASSAY_OK;
}
