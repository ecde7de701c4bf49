/* SPDX-License-Identifier: Apache-2.0 */
#include "plan.h"

#include <inttypes.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan_data.h"
#include "plan_models.h"
#include "suites/text.h"

#define FIXED                                                                  \
    "the model is fixed to %" PRId64                                           \
    "; export it with a dynamic first dimension"

#define STANDARD_MIN_TIME 0.5

struct builder {
    const struct assay_plan_request *request;
    struct assay_plan *plan;
    struct assay_plan_models models;
    regex_t filter;
    bool has_filter;
    double min_time;
    int64_t repetitions;
};

void assay_plan_free(struct assay_plan **plan)
{
    if (!*plan)
        return;
    for (size_t i = 0; i < (*plan)->n; i++)
        assay_case_clear(&(*plan)->cases[i]);
    free((*plan)->cases);
    free((*plan)->suite);
    free(*plan);
    *plan = NULL;
}

/* Take over `c` if the filter lets it through and no case has its name. */
static enum assay_status add(struct builder *b, struct assay_case *c)
{
    struct assay_plan *plan = b->plan;
    bool wanted =
        !b->has_filter || regexec(&b->filter, c->name, 0, NULL, 0) == 0;
    for (size_t i = 0; wanted && i < plan->n; i++)
        wanted = strcmp(plan->cases[i].name, c->name) != 0;
    if (!wanted) {
        assay_case_clear(c);
        return ASSAY_OK;
    }
    if (plan->n == plan->capacity) {
        const size_t capacity = plan->capacity ? 2 * plan->capacity : 64;
        struct assay_case *grown =
            realloc(plan->cases, capacity * sizeof *grown);
        if (!grown) {
            assay_case_clear(c);
            return assay_fail(ASSAY_NOMEM, "no memory for the plan");
        }
        plan->cases = grown;
        plan->capacity = capacity;
    }
    plan->cases[plan->n++] = *c;
    return ASSAY_OK;
}

static char *copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

/* What every case has. */
static struct assay_case base(const struct builder *b,
                              const struct assay_device_info *device,
                              int64_t threads)
{
    const struct assay_plan_request *r = b->request;
    return (struct assay_case){
        .device = *device,
        .threads = device->api == ASSAY_API_CPU ? threads : 1,
        .isa_off = r->isa_off,
        .min_time = r->min_time > 0 ? r->min_time : b->min_time,
        .repetitions = r->repetitions > 0 ? r->repetitions : b->repetitions,
        .timeout = r->timeout,
        .seed = r->seed,
        .check_only = r->check_only,
    };
}

/* "cpu/t2" or "vulkan:0". */
static void place(const struct assay_case *c, char *text, size_t size)
{
    if (c->device.api == ASSAY_API_CPU)
        snprintf(text, size, "%s/t%lld", c->device.target,
                 (long long)c->threads);
    else
        snprintf(text, size, "%s", c->device.target);
}

static enum assay_status add_kernel(struct builder *b, struct assay_case c,
                                    const struct assay_problem *problem,
                                    const struct assay_row *row, bool by_name)
{
    char problem_name[200], where[40], name[300];
    assay_problem_name(problem, problem_name, sizeof problem_name);
    place(&c, where, sizeof where);
    snprintf(name, sizeof name, "%s%s%s%s/%s", problem_name, by_name ? "[" : "",
             by_name ? row->variant : "", by_name ? "]" : "", where);
    c.name = strdup(name);
    c.problem = *problem;
    c.batch = 0;
    if (row) {
        c.symbol = strdup(row->symbol);
    } else {
        snprintf(name, sizeof name, "no %s row of %s runs on %s",
                 assay_dtype_names[problem->dtype],
                 assay_op_info(problem->op)->name, c.device.target);
        c.skip = strdup(name);
    }
    if (!c.name || (row && !c.symbol)) {
        assay_case_clear(&c);
        return assay_fail(ASSAY_NOMEM, "no memory for the plan");
    }
    return add(b, &c);
}

static enum assay_status add_problem(struct builder *b,
                                     const struct assay_device_info *device,
                                     int64_t threads,
                                     const struct assay_problem *problem)
{
    const struct assay_plan_request *r = b->request;
    /* The cap is one of processors, not of what their devices can do. */
    const unsigned isa =
        device->isa & ~(device->api == ASSAY_API_CPU ? r->isa_off : 0);
    const struct assay_case c = base(b, device, threads);
    const struct assay_row *best =
        device->api == ASSAY_API_NULL
            ? assay_row_reference(problem->op, problem->dtype)
            : assay_row_select(problem, device->api, isa, device->device_class);
    enum assay_status status = add_kernel(b, c, problem, best, false);
    for (size_t i = 0; status == ASSAY_OK && i < assay_row_count; i++) {
        const struct assay_row *row = &assay_rows[i];
        if (row->op != problem->op || row->dtype != problem->dtype ||
            row->api != device->api || row == best ||
            !(row->is_peer ? r->peers : r->all_rows) ||
            !assay_row_available(row, isa, device->device_class, NULL))
            continue;
        status = add_kernel(b, c, problem, row, true);
    }
    return status;
}

static const struct assay_suite_exception *
exception_of(const struct assay_plan_model *e,
             const struct assay_device_info *device)
{
    for (size_t i = 0; e->suite && i < e->suite->n_exceptions; i++) {
        const struct assay_suite_exception *x = &e->suite->exceptions[i];
        if (x->api == device->api && (x->device_class == ASSAY_CLASS_ANY ||
                                      x->device_class == device->device_class))
            return x;
    }
    return NULL;
}

static enum assay_status add_batch(struct builder *b,
                                   const struct assay_plan_model *e,
                                   const struct assay_device_info *device,
                                   int64_t threads, int64_t batch,
                                   int64_t accuracy_batch)
{
    char name[300], where[40];
    struct assay_case c = base(b, device, threads);
    const struct assay_suite_exception *x = exception_of(e, device);
    place(&c, where, sizeof where);
    snprintf(name, sizeof name, "%s/%s/b%lld/%s", e->name, e->variant,
             (long long)batch, where);
    c.is_model = true;
    c.name = strdup(name);
    c.model = copy(e->name);
    c.variant = copy(e->variant);
    c.path = copy(e->path);
    c.predictions = copy(e->predictions);
    c.data = copy(e->data);
    c.no_accuracy = copy(e->no_accuracy);
    c.skip = x ? copy(x->skip) : NULL;
    bool whole = true;
    if (e->fixed && batch != e->fixed && !c.skip &&
        asprintf(&c.skip, FIXED, e->fixed) < 0) {
        c.skip = NULL;
        whole = false;
    }
    c.parameters = e->parameters;
    c.batch = batch;
    c.accuracy_batch = accuracy_batch;
    c.images = x && x->images > 0 ? x->images : e->images;
    if (!whole || !c.name || !c.model || !c.variant || !c.path) {
        assay_case_clear(&c);
        return assay_fail(ASSAY_NOMEM, "no memory for the plan");
    }
    return add(b, &c);
}

static enum assay_status add_model(struct builder *b,
                                   const struct assay_plan_model *e,
                                   const struct assay_device_info *device,
                                   int64_t threads)
{
    const int64_t *batches = e->batches;
    size_t n = e->n_batches;
    if (b->request->n_batches) {
        batches = b->request->batches;
        n = b->request->n_batches;
    }
    /* With no size asked for, the model's own. */
    if (e->fixed && !b->request->n_batches && n == 1 && batches[0] == 1)
        batches = &e->fixed;
    bool fits = !e->fixed;
    for (size_t i = 0; i < n; i++)
        fits = fits || batches[i] == e->fixed;
    if (!fits)
        return assay_fail(ASSAY_INVALID,
                          "%s: a batch of %" PRId64 ", but " FIXED, e->path,
                          batches[0], e->fixed);
    int64_t largest = 1;
    for (size_t i = 0; i < n; i++)
        largest = batches[i] > largest ? batches[i] : largest;
    if (e->accuracy_batch > 0)
        largest = e->accuracy_batch;
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; status == ASSAY_OK && i < n; i++)
        status = add_batch(b, e, device, threads, batches[i],
                           e->fixed ? e->fixed : largest);
    return status;
}

/* Call for every target and, on a CPU, for every number of threads. */
static enum assay_status
for_each_place(struct builder *b,
               enum assay_status (*each)(struct builder *,
                                         const struct assay_device_info *,
                                         int64_t, const void *),
               const void *what)
{
    const struct assay_plan_request *r = b->request;
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; i < r->targets->n; i++) {
        const struct assay_device_info *device = &r->targets->infos[i];
        const size_t n = device->api == ASSAY_API_CPU ? r->n_threads : 1;
        for (size_t j = 0; status == ASSAY_OK && j < n; j++)
            status = each(b, device, r->threads[j], what);
    }
    return status;
}

static enum assay_status place_model(struct builder *b,
                                     const struct assay_device_info *device,
                                     int64_t threads, const void *what)
{
    return add_model(b, what, device, threads);
}

static enum assay_status append_name(struct assay_plan *plan, const char *name)
{
    char *joined;
    if (asprintf(&joined, "%s%s%s", plan->suite ? plan->suite : "",
                 plan->suite ? " " : "", name) < 0)
        return assay_fail(ASSAY_NOMEM, "no memory for the plan");
    free(plan->suite);
    plan->suite = joined;
    return ASSAY_OK;
}

static enum assay_status place_problem(struct builder *b,
                                       const struct assay_device_info *device,
                                       int64_t threads, const void *what)
{
    return add_problem(b, device, threads, what);
}

static enum assay_status add_models(struct builder *b,
                                    const struct assay_suite *suite)
{
    char *folder = copy(suite->path);
    char *slash = folder ? strrchr(folder, '/') : NULL;
    enum assay_status status = ASSAY_OK;
    if (slash)
        *slash = '\0';
    for (size_t i = 0; status == ASSAY_OK && i < suite->n_models; i++) {
        const struct assay_suite_model *m = &suite->models[i];
        char *data = m->data && m->data[0] != '/' && slash
                         ? assay_text_join(folder, m->data)
                         : copy(m->data);
        if (m->data && !data)
            status = assay_fail(ASSAY_NOMEM, "no memory for the plan");
        const struct assay_plan_model like = {
            .which = m->model,
            .images = m->images > 0 ? m->images : INT64_MAX,
            .batches = m->batches,
            .n_batches = m->n_batches,
            .data = data,
            .base = m->base,
            .suite = m,
            .min_time = b->min_time,
            .repetitions = b->repetitions};
        if (status == ASSAY_OK)
            status =
                assay_plan_models_add(&b->models, &like, slash ? folder : NULL);
        free(data);
    }
    free(folder);
    return status;
}

/* The suite is kept: models point into it. */
static enum assay_status add_suite(struct builder *b, const char *which,
                                   struct assay_suite **kept)
{
    enum assay_status status = assay_suite_load(which, kept);
    if (status != ASSAY_OK)
        return status;
    const struct assay_suite *suite = *kept;
    b->min_time = suite->min_time > 0 ? suite->min_time : STANDARD_MIN_TIME;
    b->repetitions = suite->repetitions > 0 ? suite->repetitions : 1;
    status = append_name(b->plan, suite->name);
    for (size_t i = 0; status == ASSAY_OK && i < suite->n_problems; i++)
        status = for_each_place(b, place_problem, &suite->problems[i]);
    return status == ASSAY_OK ? add_models(b, suite) : status;
}

static enum assay_status add_named_model(struct builder *b, const char *model)
{
    static const int64_t one = 1;
    const struct assay_plan_model like = {.which = model,
                                          .images = INT64_MAX,
                                          .batches = &one,
                                          .n_batches = 1,
                                          .min_time = STANDARD_MIN_TIME,
                                          .repetitions = 1};
    const enum assay_status status = append_name(b->plan, model);
    return status == ASSAY_OK ? assay_plan_models_add(&b->models, &like, NULL)
                              : status;
}

/* Suites and models of the request; `suites` has room for its suites. */
static enum assay_status add_all(struct builder *b, struct assay_suite **suites)
{
    const struct assay_plan_request *r = b->request;
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; status == ASSAY_OK && i < r->n_suites; i++)
        status = add_suite(b, r->suites[i], &suites[i]);
    /* The base first, unless it stands among them. */
    bool listed = !r->base || r->n_models == 0;
    for (size_t i = 0; i < r->n_models; i++)
        listed = listed || strcmp(r->models[i], r->base) == 0;
    if (status == ASSAY_OK && !listed)
        status = add_named_model(b, r->base);
    for (size_t i = 0; status == ASSAY_OK && i < r->n_models; i++)
        status = add_named_model(b, r->models[i]);
    if (status == ASSAY_OK)
        status = assay_plan_models_link(&b->models);
    for (size_t i = 0; status == ASSAY_OK && i < b->models.n; i++) {
        const struct assay_plan_model *m = &b->models.list[i];
        b->min_time = m->min_time;
        b->repetitions = m->repetitions;
        status = for_each_place(b, place_model, m);
    }
    return status;
}

/* Cases of one target together, so that a worker opens its device once; the
 * rest of the order stays. */
static int by_target(const void *left, const void *right)
{
    const struct assay_case *a = left, *b = right;
    if (a->device.api != b->device.api)
        return a->device.api < b->device.api ? -1 : 1;
    const int target = strcmp(a->device.target, b->device.target);
    if (target)
        return target;
    if (a->threads != b->threads)
        return a->threads < b->threads ? -1 : 1;
    return 0;
}

static void sort_cases(struct assay_plan *plan)
{
    /* A stable order: insertion sort, since plans are short lists of already
     * sorted pieces. */
    for (size_t i = 1; i < plan->n; i++) {
        const struct assay_case c = plan->cases[i];
        size_t j = i;
        for (; j > 0 && by_target(&plan->cases[j - 1], &c) > 0; j--)
            plan->cases[j] = plan->cases[j - 1];
        plan->cases[j] = c;
    }
}

static enum assay_status read_filter(struct builder *b)
{
    char why[200];
    const char *filter = b->request->filter;
    if (!filter)
        return ASSAY_OK;
    const int error = regcomp(&b->filter, filter, REG_EXTENDED | REG_NOSUB);
    b->has_filter = error == 0;
    if (!error)
        return ASSAY_OK;
    regerror(error, &b->filter, why, sizeof why);
    return assay_fail(ASSAY_INVALID, "--filter '%s': %s", filter, why);
}

enum assay_status assay_plan_make(const struct assay_plan_request *request,
                                  struct assay_plan **plan)
{
    struct builder b = {
        .request = request,
        .plan = calloc(1, sizeof *b.plan),
        .models = {.data = request->data, .base = request->base}};
    struct assay_suite **suites =
        calloc(request->n_suites + 1, sizeof(struct assay_suite *));
    enum assay_status status =
        b.plan && suites ? read_filter(&b)
                         : assay_fail(ASSAY_NOMEM, "no memory for the plan");
    if (status == ASSAY_OK)
        status = add_all(&b, suites);
    if (status == ASSAY_OK)
        status = assay_plan_check_data(b.plan);
    if (status == ASSAY_OK)
        sort_cases(b.plan);
    if (status == ASSAY_OK && b.plan->n == 0)
        status = assay_fail(ASSAY_INVALID, "no case %s",
                            request->filter ? "matches the filter"
                                            : "in this suite");
    if (b.has_filter)
        regfree(&b.filter);
    assay_plan_models_free(&b.models);
    for (size_t i = 0; suites && i < request->n_suites; i++)
        assay_suite_free(&suites[i]);
    free(suites);
    if (status == ASSAY_OK)
        *plan = b.plan;
    else if (b.plan)
        assay_plan_free(&b.plan);
    return status;
}
