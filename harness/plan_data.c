/* SPDX-License-Identifier: Apache-2.0 */
#include "plan_data.h"

#include <string.h>

#include "suites/data/dataset.h"
#include "suites/model/model.h"

static bool is_scored(const struct assay_case *c)
{
    return c->is_model && c->images > 0 && !c->skip;
}

static bool same_data(const struct assay_case *a, const struct assay_case *b)
{
    return strcmp(a->data ? a->data : "", b->data ? b->data : "") == 0;
}

/* Whether an earlier case asks the same. */
static bool is_repeated(const struct assay_plan *plan, size_t at, bool path)
{
    const struct assay_case *c = &plan->cases[at];
    for (size_t i = 0; i < at; i++) {
        const struct assay_case *d = &plan->cases[i];
        if (is_scored(d) && same_data(c, d) &&
            (!path || strcmp(c->path, d->path) == 0))
            return true;
    }
    return false;
}

/* What cannot be lowered is left to the case's record. */
static enum assay_status check_classes(const struct assay_model *model,
                                       int64_t batch, const char *path,
                                       const struct assay_dataset *d)
{
    struct assay_lowered *lowered = NULL;
    if (assay_model_lower(model, batch, &lowered) != ASSAY_OK)
        return ASSAY_OK;
    const size_t values = lowered->output_elements / (size_t)batch;
    assay_lowered_free(&lowered);
    return values == d->classes
               ? ASSAY_OK
               : assay_fail(ASSAY_INVALID,
                            "%s gives %zu values an image, the data set %s has "
                            "%zu classes",
                            path, values, d->name, d->classes);
}

enum assay_status assay_plan_load_model(const char *path,
                                        struct assay_model **model)
{
    const enum assay_status status = assay_model_load(path, model);
    return status == ASSAY_UNSUPPORTED ? ASSAY_INVALID : status;
}

static enum assay_status check_fit(const struct assay_case *c,
                                   const struct assay_dataset *d)
{
    struct assay_model *model = NULL;
    struct assay_model_facts facts;
    struct assay_image_order order;
    enum assay_status status = assay_plan_load_model(c->path, &model);
    if (status != ASSAY_OK)
        return status;
    assay_model_facts(model, &facts);
    status = assay_dataset_order(d, c->path, facts.input, facts.rank, &order);
    if (status == ASSAY_OK)
        status = check_classes(model, facts.input[0] > 0 ? facts.input[0] : 1,
                               c->path, d);
    assay_model_free(&model);
    return status;
}

static enum assay_status check_set(struct assay_plan *plan, size_t first)
{
    struct assay_dataset *d = NULL;
    enum assay_status status =
        assay_dataset_load(plan->cases[first].data, ASSAY_SPLIT_TEST, &d);
    for (size_t i = first; status == ASSAY_OK && i < plan->n; i++) {
        struct assay_case *c = &plan->cases[i];
        if (!is_scored(c) || !same_data(c, &plan->cases[first]))
            continue;
        if (c->images > (int64_t)d->images)
            c->images = (int64_t)d->images;
        if (!is_repeated(plan, i, true))
            status = check_fit(c, d);
    }
    assay_dataset_free(&d);
    return status;
}

enum assay_status assay_plan_check_data(struct assay_plan *plan)
{
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; status == ASSAY_OK && i < plan->n; i++)
        if (is_scored(&plan->cases[i]) && !is_repeated(plan, i, false))
            status = check_set(plan, i);
    return status;
}
