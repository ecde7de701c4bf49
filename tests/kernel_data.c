/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/kernel_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/element.h"

void *kernel_allocate(size_t bytes)
{
    void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    if (!memory) {
        fprintf(stderr, "no memory for %zu bytes\n", bytes);
        exit(1);
    }
    return memory;
}

void kernel_data_free(struct kernel_data *data)
{
    for (unsigned i = 0; i < ASSAY_MAX_ARRAYS; i++)
        free(data->host[i]);
    memset(data, 0, sizeof *data);
}

bool kernel_data_make(struct kernel_data *data,
                      const struct assay_problem *problem,
                      struct assay_random *random)
{
    const struct assay_op_info *info = assay_op_info(problem->op);
    memset(data, 0, sizeof *data);
    data->problem = *problem;
    data->inputs = info->inputs;
    data->constants = info->constants;
    data->views = info->inputs + 1;
    const unsigned output = assay_problem_output(problem);
    for (unsigned i = 0; i <= output; i++) {
        const size_t bytes = assay_problem_bytes(problem, i);
        if (!bytes)
            continue;
        data->host[i] = kernel_allocate(bytes);
        if (i < output)
            assay_problem_fill(random, problem, i, data->host[i]);
    }
    for (unsigned i = 0; i < data->constants; i++)
        data->constant[i] = data->host[data->inputs + i];
    data->want = data->host[output];
    data->n_want = info->elements(problem, output);
    data->type = assay_problem_type(problem, output);
    return assay_reference_run(problem, (const void *const *)data->host,
                               data->constant, data->want) == ASSAY_OK;
}

void kernel_problem(const struct kernel_case *from,
                    struct assay_problem *problem)
{
    enum assay_op op;
    char text[256], *rest = text;
    if (!assay_op_find(from->op, &op)) {
        fprintf(stderr, "no op %s\n", from->op);
        exit(1);
    }
    enum assay_dtype dtype = ASSAY_F32;
    while (dtype < ASSAY_DTYPES &&
           strcmp(assay_dtype_names[dtype], from->dtype) != 0)
        dtype++;
    if (dtype == ASSAY_DTYPES) {
        fprintf(stderr, "no dtype %s\n", from->dtype);
        exit(1);
    }
    assay_problem_init(problem, op, dtype);
    snprintf(text, sizeof text, "%s", from->params);
    for (char *word; (word = strsep(&rest, " ")) != NULL;) {
        char *value = strchr(word, '=');
        *value++ = '\0';
        if (assay_problem_set(problem, word, value)) {
            fprintf(stderr, "%s: %s\n", from->params, assay_message());
            exit(1);
        }
    }
    if (assay_problem_check(problem)) {
        fprintf(stderr, "%s: %s\n", from->params, assay_message());
        exit(1);
    }
}
