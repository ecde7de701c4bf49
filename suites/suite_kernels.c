/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/suite_kernels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One parameter of an entry with its values: a scalar, or a list's children;
 * `at` is the one that the next problem takes. */
struct axis {
    const struct assay_yaml_node *node, *at;
};

enum { MAX_AXES = 32 };

static bool is_head(const char *key)
{
    return strcmp(key, "op") == 0 || strcmp(key, "dtype") == 0;
}

static enum assay_status read_op(const struct assay_yaml *y,
                                 const struct assay_yaml_node *entry,
                                 enum assay_op *op)
{
    const struct assay_yaml_node *name = assay_yaml_get(y, entry, "op");
    if (name && name->kind == ASSAY_YAML_SCALAR &&
        assay_op_find(name->text, op))
        return ASSAY_OK;
    char all[512] = "";
    for (int i = 0; i < ASSAY_OPS; i++) {
        const size_t length = strlen(all);
        snprintf(all + length, sizeof all - length, "%s%s", i ? ", " : "",
                 assay_op_info((enum assay_op)i)->name);
    }
    return assay_yaml_fail(
        y, name ? name->line : entry->line, "op", "%s%.60s%s; there are %s",
        name ? "no op '" : "missing", name && name->text ? name->text : "",
        name ? "'" : "", all);
}

static enum assay_status read_dtype(const struct assay_yaml *y,
                                    const struct assay_yaml_node *node,
                                    enum assay_dtype *dtype)
{
    for (int i = 0; i < ASSAY_DTYPES; i++) {
        if (node->kind == ASSAY_YAML_SCALAR &&
            strcmp(assay_dtype_names[i], node->text) == 0) {
            *dtype = (enum assay_dtype)i;
            return ASSAY_OK;
        }
    }
    return assay_yaml_fail(y, node->line, "dtype",
                           "no such dtype; there are f32, f16, s8 and b1");
}

static bool is_given(const struct axis *axes, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (assay_param_covers(axes[i].node->key, name))
            return true;
    return false;
}

/* Collect the entry's parameters; a missing one that the op needs is named. */
static enum assay_status read_axes(const struct assay_yaml *y,
                                   const struct assay_yaml_node *entry,
                                   const struct assay_op_info *info,
                                   struct axis *axes, size_t *n)
{
    *n = 0;
    const struct assay_yaml_node *node = NULL;
    while ((node = assay_yaml_next(y, entry, node))) {
        if (is_head(node->key))
            continue;
        if (*n == MAX_AXES)
            return assay_yaml_fail(y, node->line, node->key,
                                   "too many parameters");
        if (node->kind == ASSAY_YAML_MAP ||
            (node->kind == ASSAY_YAML_LIST && node->n == 0))
            return assay_yaml_fail(y, node->line, node->key,
                                   "must be a value or a list of values");
        axes[(*n)++] = (struct axis){.node = node};
    }
    for (const struct assay_param *p = info->params; p->name; p++)
        if (p->required && !is_given(axes, *n, p->name))
            return assay_yaml_fail(y, entry->line, p->name,
                                   "missing; the op %s needs it", info->name);
    return ASSAY_OK;
}

static const struct assay_yaml_node *first(const struct assay_yaml *y,
                                           const struct axis *axis)
{
    return axis->node->kind == ASSAY_YAML_LIST
               ? assay_yaml_next(y, axis->node, NULL)
               : axis->node;
}

/* Go to the next combination, the last axis fastest; false after the last. */
static bool advance(const struct assay_yaml *y, struct axis *axes, size_t n)
{
    for (size_t i = n; i-- > 0;) {
        if (axes[i].node->kind == ASSAY_YAML_LIST) {
            axes[i].at = assay_yaml_next(y, axes[i].node, axes[i].at);
            if (axes[i].at)
                return true;
        }
        axes[i].at = first(y, &axes[i]);
    }
    return false;
}

static enum assay_status set_problem(const struct assay_yaml *y,
                                     const struct assay_yaml_node *entry,
                                     const struct axis *axes, size_t n,
                                     struct assay_problem *problem)
{
    for (size_t i = 0; i < n; i++) {
        const struct assay_yaml_node *at = axes[i].at;
        if (at->kind != ASSAY_YAML_SCALAR)
            return assay_yaml_fail(y, at->line, axes[i].node->key,
                                   "must be a value or a list of values");
        if (assay_problem_set(problem, axes[i].node->key, at->text) != ASSAY_OK)
            return assay_yaml_fail(y, at->line, axes[i].node->key, "%s",
                                   assay_message());
    }
    if (assay_problem_check(problem) != ASSAY_OK)
        return assay_yaml_fail(y, entry->line, "op", "%s", assay_message());
    return ASSAY_OK;
}

static enum assay_status add_problem(const struct assay_yaml *y,
                                     const struct assay_yaml_node *entry,
                                     struct assay_suite *suite,
                                     const struct assay_problem *problem)
{
    const size_t n = suite->n_problems;
    if (n == ASSAY_SUITE_PROBLEMS)
        return assay_yaml_fail(y, entry->line, "kernels",
                               "more than %d problems; shorten the lists",
                               ASSAY_SUITE_PROBLEMS);
    /* Powers of two, so that the size tells when to grow. */
    if ((n & (n - 1)) == 0) {
        struct assay_problem *more =
            realloc(suite->problems, (n ? 2 * n : 1) * sizeof *more);
        if (!more)
            return assay_fail(ASSAY_NOMEM, "%s: no memory", y->path);
        suite->problems = more;
    }
    suite->problems[suite->n_problems++] = *problem;
    return ASSAY_OK;
}

static enum assay_status read_problems(const struct assay_yaml *y,
                                       const struct assay_yaml_node *entry,
                                       enum assay_op op, enum assay_dtype dtype,
                                       struct assay_suite *suite)
{
    struct axis axes[MAX_AXES];
    size_t n;
    enum assay_status status = read_axes(y, entry, assay_op_info(op), axes, &n);
    if (status != ASSAY_OK)
        return status;
    for (size_t i = 0; i < n; i++)
        axes[i].at = first(y, &axes[i]);
    do {
        struct assay_problem problem;
        assay_problem_init(&problem, op, dtype);
        status = set_problem(y, entry, axes, n, &problem);
        if (status == ASSAY_OK)
            status = add_problem(y, entry, suite, &problem);
    } while (status == ASSAY_OK && advance(y, axes, n));
    return status;
}

static enum assay_status read_entry(const struct assay_yaml *y,
                                    const struct assay_yaml_node *entry,
                                    struct assay_suite *suite)
{
    enum assay_op op;
    enum assay_dtype dtype = ASSAY_F32;
    if (entry->kind != ASSAY_YAML_MAP)
        return assay_yaml_fail(y, entry->line, "kernels",
                               "each entry must be a mapping (- op: …)");
    enum assay_status status = read_op(y, entry, &op);
    if (status != ASSAY_OK)
        return status;
    const struct assay_yaml_node *type = assay_yaml_get(y, entry, "dtype");
    if (!type)
        return read_problems(y, entry, op, dtype, suite);
    if (type->kind == ASSAY_YAML_LIST && type->n == 0)
        return assay_yaml_fail(y, type->line, "dtype", "an empty list");
    const struct axis dtypes = {.node = type};
    const struct assay_yaml_node *at = first(y, &dtypes);
    while (status == ASSAY_OK && at) {
        status = read_dtype(y, at, &dtype);
        if (status == ASSAY_OK)
            status = read_problems(y, entry, op, dtype, suite);
        at =
            type->kind == ASSAY_YAML_LIST ? assay_yaml_next(y, type, at) : NULL;
    }
    return status;
}

static int compare_problems(const void *a, const void *b)
{
    return memcmp(*(const struct assay_problem *const *)a,
                  *(const struct assay_problem *const *)b,
                  sizeof(struct assay_problem));
}

/* Two equal problems would make two cases of one name. They come zeroed from
 * assay_problem_init, so their bytes can be compared. */
static enum assay_status refuse_twins(const struct assay_yaml *y,
                                      const struct assay_yaml_node *list,
                                      const struct assay_suite *suite)
{
    const struct assay_problem **sorted =
        calloc(suite->n_problems, sizeof *sorted);
    if (!sorted)
        return assay_fail(ASSAY_NOMEM, "%s: no memory", y->path);
    for (size_t i = 0; i < suite->n_problems; i++)
        sorted[i] = &suite->problems[i];
    qsort(sorted, suite->n_problems, sizeof *sorted, compare_problems);
    enum assay_status status = ASSAY_OK;
    for (size_t i = 1; i < suite->n_problems && status == ASSAY_OK; i++) {
        if (compare_problems(&sorted[i - 1], &sorted[i]) == 0) {
            char name[160];
            assay_problem_name(sorted[i], name, sizeof name);
            status = assay_yaml_fail(y, list->line, "kernels",
                                     "the problem %s stands here twice", name);
        }
    }
    free(sorted);
    return status;
}

enum assay_status assay_suite_kernels(const struct assay_yaml *yaml,
                                      const struct assay_yaml_node *list,
                                      struct assay_suite *suite)
{
    if (list->kind != ASSAY_YAML_LIST || list->n == 0)
        return assay_yaml_fail(yaml, list->line, "kernels",
                               "must be a list of at least one entry");
    enum assay_status status = ASSAY_OK;
    const struct assay_yaml_node *entry = NULL;
    while (status == ASSAY_OK && (entry = assay_yaml_next(yaml, list, entry)))
        status = read_entry(yaml, entry, suite);
    return status == ASSAY_OK ? refuse_twins(yaml, list, suite) : status;
}
