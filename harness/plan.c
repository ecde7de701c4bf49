/* SPDX-License-Identifier: Apache-2.0 */
#include "plan.h"

#include <fnmatch.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan_data.h"
#include "suites/model/model.h"
#include "suites/text.h"

#define STANDARD_MIN_TIME 0.5

struct builder {
    const struct assay_plan_request *request;
    struct assay_plan *plan;
    struct assay_zoo *zoo; /* loaded when first needed */
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

/* A model of the plan, whether from a suite or from the command line. */
struct entry {
    const char *name, *variant, *path, *predictions;
    const char *data; /* folder of the images, or NULL: the standard ones */
    int64_t parameters, images;
    int64_t accuracy_batch; /* 0: the largest that is measured */
    int64_t fixed;          /* the only batch size that the model has, or 0 */
    const char *no_accuracy;
    const int64_t *batches;
    size_t n_batches;
    const struct assay_suite_model *suite; /* for its exceptions, or NULL */
};

static const struct assay_suite_exception *
exception_of(const struct entry *e, const struct assay_device_info *device)
{
    for (size_t i = 0; e->suite && i < e->suite->n_exceptions; i++) {
        const struct assay_suite_exception *x = &e->suite->exceptions[i];
        if (x->api == device->api && (x->device_class == ASSAY_CLASS_ANY ||
                                      x->device_class == device->device_class))
            return x;
    }
    return NULL;
}

static enum assay_status add_batch(struct builder *b, const struct entry *e,
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
    c.parameters = e->parameters;
    c.batch = batch;
    c.accuracy_batch = accuracy_batch;
    c.images = x && x->images > 0 ? x->images : e->images;
    if (!c.name || !c.model || !c.variant || !c.path) {
        assay_case_clear(&c);
        return assay_fail(ASSAY_NOMEM, "no memory for the plan");
    }
    return add(b, &c);
}

static enum assay_status add_model(struct builder *b, const struct entry *e,
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

static bool is_path(const char *model)
{
    const size_t n = strlen(model);
    return strchr(model, '/') || (n > 5 && strcmp(model + n - 5, ".onnx") == 0);
}

static enum assay_status need_zoo(struct builder *b)
{
    return b->zoo ? ASSAY_OK : assay_zoo_load(&b->zoo);
}

static enum assay_status zoo_entry(struct builder *b, struct entry *e)
{
    enum assay_status status = need_zoo(b);
    if (status != ASSAY_OK)
        return status;
    const struct assay_zoo_model *m = assay_zoo_find(b->zoo, e->name);
    if (!m)
        return assay_fail(ASSAY_INVALID,
                          "no model '%s' in the zoo; 'assay list models' shows "
                          "those there are, a path names a file",
                          e->name);
    e->name = m->base;
    e->variant = m->variant;
    e->path = m->path;
    e->predictions = m->predictions_path;
    e->parameters = m->parameters;
    e->accuracy_batch = m->batch;
    return ASSAY_OK;
}

/* A path is relative to `folder` (NULL: as it is), whose name is cut from the
 * model's. The new path and name are handed over. */
static enum assay_status file_entry(struct entry *e, const char *folder,
                                    char **path, char **name)
{
    const char *slash = strrchr(e->name, '/');
    *name = strdup(slash ? slash + 1 : e->name);
    const size_t size = strlen(e->name) + (folder ? strlen(folder) : 0) + 2;
    *path = malloc(size);
    if (!*name || !*path)
        return assay_fail(ASSAY_NOMEM, "no memory for the plan");
    if (folder && e->name[0] != '/')
        snprintf(*path, size, "%s/%s", folder, e->name);
    else
        snprintf(*path, size, "%s", e->name);
    char *suffix = strrchr(*name, '.');
    if (suffix)
        *suffix = '\0';
    e->name = *name;
    e->variant = "file";
    e->path = *path;
    if (!e->data)
        e->images = 0;
    e->no_accuracy = "no data set was given for this model (--data DIR)";
    return ASSAY_OK;
}

static enum assay_status resolve(struct builder *b, struct entry *e,
                                 const char *folder)
{
    char *path = NULL, *name = NULL;
    struct assay_model *model = NULL;
    struct assay_model_facts facts;
    if (b->request->data)
        e->data = b->request->data;
    enum assay_status status = is_path(e->name)
                                   ? file_entry(e, folder, &path, &name)
                                   : zoo_entry(b, e);
    /* Read it here once, so that a bad file ends the run before it starts. */
    if (status == ASSAY_OK)
        status = assay_model_load(e->path, &model);
    if (status == ASSAY_OK) {
        assay_model_facts(model, &facts);
        e->fixed = facts.rank > 0 && facts.input[0] > 0 ? facts.input[0] : 0;
    }
    assay_model_free(&model);
    if (status == ASSAY_OK)
        status = for_each_place(b, place_model, e);
    free(path);
    free(name);
    return status;
}

/* A name with * or ? stands for every model of the zoo that it matches. */
static enum assay_status resolve_all(struct builder *b, const struct entry *e,
                                     const char *folder)
{
    struct entry one = *e;
    size_t matched = 0;
    if (is_path(e->name) || !strpbrk(e->name, "*?"))
        return resolve(b, &one, folder);
    enum assay_status status = need_zoo(b);
    for (size_t i = 0; status == ASSAY_OK && i < b->zoo->n_models; i++) {
        one = *e;
        one.name = b->zoo->models[i].name;
        if (fnmatch(e->name, one.name, 0) == 0) {
            matched++;
            status = resolve(b, &one, folder);
        }
    }
    if (status == ASSAY_OK && matched == 0)
        status = assay_fail(ASSAY_INVALID,
                            "no model of the zoo matches '%s'; 'assay list "
                            "models' shows those there are",
                            e->name);
    return status;
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

static enum assay_status add_suite(struct builder *b, const char *which)
{
    struct assay_suite *suite = NULL;
    enum assay_status status = assay_suite_load(which, &suite);
    if (status != ASSAY_OK)
        return status;
    b->min_time = suite->min_time > 0 ? suite->min_time : STANDARD_MIN_TIME;
    b->repetitions = suite->repetitions > 0 ? suite->repetitions : 1;
    char *folder = copy(suite->path);
    char *slash = folder ? strrchr(folder, '/') : NULL;
    if (slash)
        *slash = '\0';
    status = append_name(b->plan, suite->name);
    for (size_t i = 0; status == ASSAY_OK && i < suite->n_problems; i++)
        status = for_each_place(b, place_problem, &suite->problems[i]);
    for (size_t i = 0; status == ASSAY_OK && i < suite->n_models; i++) {
        const struct assay_suite_model *m = &suite->models[i];
        char *data = m->data && m->data[0] != '/' && slash
                         ? assay_text_join(folder, m->data)
                         : copy(m->data);
        if (m->data && !data)
            status = assay_fail(ASSAY_NOMEM, "no memory for the plan");
        struct entry e = {.name = m->model,
                          .images = m->images > 0 ? m->images : INT64_MAX,
                          .batches = m->batches,
                          .n_batches = m->n_batches,
                          .data = data,
                          .suite = m};
        if (status == ASSAY_OK)
            status = resolve_all(b, &e, slash ? folder : NULL);
        free(data);
    }
    free(folder);
    assay_suite_free(&suite);
    return status;
}

static enum assay_status add_named_model(struct builder *b, const char *model)
{
    static const int64_t one = 1;
    struct entry e = {
        .name = model, .images = INT64_MAX, .batches = &one, .n_batches = 1};
    b->min_time = STANDARD_MIN_TIME;
    b->repetitions = 1;
    enum assay_status status = append_name(b->plan, model);
    return status == ASSAY_OK ? resolve_all(b, &e, NULL) : status;
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

enum assay_status assay_plan_make(const struct assay_plan_request *request,
                                  struct assay_plan **plan)
{
    struct builder b = {.request = request, .plan = calloc(1, sizeof *b.plan)};
    if (!b.plan)
        return assay_fail(ASSAY_NOMEM, "no memory for the plan");
    enum assay_status status = ASSAY_OK;
    if (request->filter) {
        char why[200];
        const int error =
            regcomp(&b.filter, request->filter, REG_EXTENDED | REG_NOSUB);
        b.has_filter = error == 0;
        if (error) {
            regerror(error, &b.filter, why, sizeof why);
            status = assay_fail(ASSAY_INVALID, "--filter '%s': %s",
                                request->filter, why);
        }
    }
    for (size_t i = 0; status == ASSAY_OK && i < request->n_suites; i++)
        status = add_suite(&b, request->suites[i]);
    for (size_t i = 0; status == ASSAY_OK && i < request->n_models; i++)
        status = add_named_model(&b, request->models[i]);
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
    assay_zoo_free(&b.zoo);
    if (status == ASSAY_OK)
        *plan = b.plan;
    else
        assay_plan_free(&b.plan);
    return status;
}
