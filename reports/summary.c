/* SPDX-License-Identifier: Apache-2.0 */
#include "summary.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "accuracy.h"
#include "json.h"
#include "peers.h"
#include "units.h"
#include "variant_table.h"

static bool say(json_t *sentences, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool say(json_t *sentences, const char *format, ...)
{
    char *text;
    va_list args;
    va_start(args, format);
    int n = vasprintf(&text, format, args);
    va_end(args);
    if (n < 0)
        return false;
    bool ok = !json_array_append_new(sentences, json_string(text));
    free(text);
    return ok;
}

void assay_objective_text(const struct assay_objective *objective, double value,
                          char *text, size_t size)
{
    static const char *const units[][2] = {{"accuracy", "share"},
                                           {"latency", "ns"},
                                           {"memory", "B"},
                                           {"size", "B"},
                                           {"energy", "J"}};
    const char *unit = "";
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (!strcmp(units[i][0], objective->name))
            unit = units[i][1];
    assay_units_text(unit, value, text, size);
}

char *assay_point_text(const struct assay_point *point, bool with_run,
                       const struct assay_report_options *options)
{
    char *text = NULL, value[32];
    size_t size;
    double batch;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    const char *variant =
        assay_record_get_text(point->record, ASSAY_FIELD_variant);
    fputs(assay_record_text_or(point->record, ASSAY_FIELD_model, "a model"),
          out);
    if (variant && strcmp(variant, "fp32") != 0)
        fprintf(out, " (%s)", variant);
    fprintf(out, " on %s",
            assay_record_text_or(point->record, ASSAY_FIELD_target,
                                 "an unnamed target"));
    if (assay_record_number(point->record, ASSAY_FIELD_batch, &batch))
        fprintf(out, ", batch %.0f", batch);
    if (with_run)
        fprintf(out, ", run %lld", (long long)point->run->id);
    for (size_t i = 0; i < options->n_objectives; i++) {
        assay_objective_text(options->objectives[i], point->value[i], value,
                             sizeof value);
        fprintf(out, "%s%s", i ? ", " : " (", value);
        if (!strcmp(options->objectives[i]->name, "latency"))
            fputs(" per image", out);
    }
    fputs(")", out);
    fclose(out);
    return text;
}

static json_t *statuses(const struct assay_run_data *run)
{
    json_t *counts = json_object();
    for (size_t i = 0; i < run->n_records; i++) {
        const char *status = assay_record_text_or(
            run->records[i], ASSAY_FIELD_status, "of no status");
        json_int_t n = json_integer_value(json_object_get(counts, status));
        json_object_set_new(counts, status, json_integer(n + 1));
    }
    return counts;
}

bool assay_run_complete(const struct assay_run_data *run, size_t *missing)
{
    json_t *plan = run->run.plan ? json_loads(run->run.plan, 0, NULL) : NULL;
    json_t *have = json_object();
    *missing = 0;
    for (size_t i = 0; i < run->n_records + run->n_hidden; i++)
        json_object_set_new(
            have, assay_record_text_or(run->records[i], ASSAY_FIELD_case, ""),
            json_true());
    size_t i;
    json_t *name;
    json_array_foreach(plan, i, name)
    {
        if (json_is_string(name) &&
            !json_object_get(have, json_string_value(name)))
            ++*missing;
    }
    json_decref(plan);
    json_decref(have);
    return run->run.finished && !*missing;
}

static bool say_run(json_t *sentences, const struct assay_run_data *run)
{
    char counts[300] = "";
    json_t *object = statuses(run);
    const char *status;
    json_t *count;
    json_object_foreach(object, status, count)
    {
        size_t used = strlen(counts);
        snprintf(counts + used, sizeof counts - used, "%s%lld %s",
                 used ? ", " : "", (long long)json_integer_value(count),
                 status);
    }
    json_decref(object);
    const char *suite = run->run.suite ? run->run.suite : "";
    const size_t all = run->n_records + run->n_hidden;
    char selected[60] = "";
    if (run->n_hidden)
        snprintf(selected, sizeof selected, ", of which %zu %s selected",
                 run->n_records, run->n_records == 1 ? "is" : "are");
    bool ok =
        say(sentences, "Run %lld%s%s, started %s, holds %zu %s%s%s%s.",
            (long long)run->run.id, *suite ? " of " : "", suite,
            run->run.started ? run->run.started : "at an unknown time", all,
            all == 1 ? "case" : "cases", selected, *counts ? ": " : "", counts);
    size_t missing;
    if (ok && !assay_run_complete(run, &missing))
        ok = missing
                 ? say(sentences,
                       "Run %lld did not finish: %zu planned %s no record.",
                       (long long)run->run.id, missing,
                       missing == 1 ? "case has" : "cases have")
                 : say(sentences,
                       "Run %lld has not ended: it was cut off, or is still "
                       "going on.",
                       (long long)run->run.id);
    return ok;
}

/* What a report says of one set's front. */
struct telling {
    const struct assay_front *front;
    const struct assay_front_set *set;
    const char *of; /* " of my-set" where there are several, else "" */
    size_t n_runs;
    const struct assay_report_options *options;
};

static bool say_point(json_t *sentences, const struct telling *t, size_t at)
{
    const struct assay_point *point = &t->front->points[at];
    const bool with_run = t->n_runs > 1;
    char *text = assay_point_text(point, with_run, t->options), *rival = NULL;
    if (point->noise_of != ASSAY_NO_POINT)
        rival = assay_point_text(&t->front->points[point->noise_of], with_run,
                                 t->options);
    bool ok = text;
    if (ok && point->front && rival)
        ok = say(sentences,
                 "On the front%s: %s; but within noise it is no better than "
                 "%s.",
                 t->of, text, rival);
    else if (ok && point->front)
        ok = say(sentences, "On the front%s: %s.", t->of, text);
    else if (ok && rival)
        ok = say(sentences,
                 "Perhaps on the front%s: %s is beaten by %s, but within noise "
                 "only.",
                 t->of, text, rival);
    free(text);
    free(rival);
    return ok;
}

static bool say_set(json_t *sentences, const struct telling *t)
{
    const struct assay_front_set *set = t->set;
    const size_t first = set->first, end = first + set->n;
    bool ok = true;
    for (size_t i = first; ok && i < end; i++)
        if (t->front->points[i].front)
            ok = say_point(sentences, t, i);
    for (size_t i = first; ok && i < end; i++)
        if (!t->front->points[i].front)
            ok = say_point(sentences, t, i);
    const size_t compared = set->n - set->n_subset;
    if (ok && compared > set->n_front)
        ok = say(sentences,
                 "%zu of %zu points%s are beaten: another is at least as good "
                 "in every objective, and better in one.",
                 compared - set->n_front, compared, t->of);
    if (ok && set->n_subset)
        ok = say(sentences,
                 "%zu point%s%s %s not compared: the accuracy is over fewer "
                 "than %lld images.",
                 set->n_subset, set->n_subset == 1 ? "" : "s", t->of,
                 set->n_subset == 1 ? "is" : "are", (long long)set->images);
    double area;
    if (ok && assay_front_hypervolume(t->front, set, t->options->objectives,
                                      t->options->n_objectives, &area))
        ok = say(sentences,
                 "The front%s dominates an area (hypervolume) of %.3f decades "
                 "of time per image times accuracy, up to 100 ms per image and "
                 "down to accuracy 0.",
                 t->of, area);
    return ok;
}

static bool say_front(json_t *sentences, const struct assay_front *front,
                      size_t n_runs, const struct assay_report_options *options)
{
    bool ok = true;
    if (!front->n)
        return say(sentences,
                   "No model has all that the front needs, so there is none.");
    if (front->n_sets > 1)
        ok = say(sentences,
                 "Accuracies over different data do not compare: each of the "
                 "%zu data sets has a front of its own.",
                 front->n_sets);
    for (size_t i = 0; ok && i < front->n_sets; i++) {
        char of[100] = "";
        if (front->n_sets > 1)
            snprintf(of, sizeof of, " of %s", front->sets[i].name);
        ok = say_set(sentences, &(struct telling){.front = front,
                                                  .set = &front->sets[i],
                                                  .of = of,
                                                  .n_runs = n_runs,
                                                  .options = options});
    }
    if (ok && front->lacking)
        ok = say(sentences,
                 "%zu measured model %s not on the chart for want of a value.",
                 front->lacking, front->lacking == 1 ? "case is" : "cases are");
    return ok;
}

/* Cases that have no result, together where status and reason are the same. */
static bool say_unmeasured(json_t *sentences, const struct assay_run_data *run)
{
    json_t *groups = json_object();
    bool ok = groups;
    for (size_t i = 0; ok && i < run->n_records; i++) {
        const struct assay_record *r = run->records[i];
        const char *status =
            assay_record_text_or(r, ASSAY_FIELD_status, "of no status");
        if (!strcmp(status, "ok"))
            continue;
        const char *name = assay_record_text_or(r, ASSAY_FIELD_case, "a case");
        const char *reason =
            assay_record_text_or(r, ASSAY_FIELD_reason, "no reason given");
        char *key;
        if (asprintf(&key, "%s: %s", status, reason) < 0) {
            ok = false;
            break;
        }
        json_t *names = json_object_get(groups, key);
        if (names)
            ok = !json_array_append_new(names, json_string(name));
        else
            ok = !json_object_set_new(groups, key, json_pack("[s]", name));
        free(key);
    }
    const char *key;
    json_t *names;
    json_object_foreach(groups, key, names)
    {
        size_t n = json_array_size(names);
        const char *first = json_string_value(json_array_get(names, 0));
        if (ok && n == 1)
            ok = say(sentences, "Without a result: %s (%s).", first, key);
        else if (ok)
            ok = say(sentences, "Without a result: %s and %zu more (%s).",
                     first, n - 1, key);
    }
    json_decref(groups);
    return ok;
}

enum assay_status
assay_report_summary(const struct assay_run_data *const *runs, size_t n,
                     const struct assay_report_options *options, FILE *out)
{
    json_t *sentences = assay_summary(runs, n, options), *sentence;
    size_t i;
    if (!sentences)
        return assay_report_no_memory("summary");
    json_array_foreach(sentences, i, sentence)
    {
        fputs(json_string_value(sentence), out);
        putc('\n', out);
    }
    json_decref(sentences);
    struct assay_differences differences;
    enum assay_status status = assay_differences_find(runs, n, &differences);
    if (status != ASSAY_OK)
        return status;
    for (i = 0; status == ASSAY_OK && i < n; i++)
        status = assay_variant_table_text(out, runs[i], &differences);
    assay_differences_free(&differences);
    return status;
}

json_t *assay_summary(const struct assay_run_data *const *runs, size_t n,
                      const struct assay_report_options *options)
{
    json_t *sentences = json_array();
    bool ok = sentences, models = false;
    for (size_t i = 0; ok && i < n; i++) {
        ok = say_run(sentences, runs[i]);
        for (size_t j = 0; j < runs[i]->n_records; j++)
            models |= !strcmp(
                assay_record_text_or(runs[i]->records[j], ASSAY_FIELD_kind, ""),
                "model");
    }
    struct assay_front front;
    if (ok && models) {
        ok = assay_front_compute(runs, n, options->objectives,
                                 options->n_objectives, NULL,
                                 &front) == ASSAY_OK;
        if (ok) {
            ok = say_front(sentences, &front, n, options);
            assay_front_free(&front);
        }
    }
    for (size_t i = 0; ok && i < n; i++)
        ok = assay_variants_say(sentences, runs[i]);
    ok = ok && assay_accuracy_say(sentences, runs, n);
    for (size_t i = 0; ok && i < n; i++)
        ok = assay_peers_say(sentences, runs[i]);
    for (size_t i = 0; ok && i < n; i++)
        ok = say_unmeasured(sentences, runs[i]);
    if (!ok) {
        json_decref(sentences);
        return NULL;
    }
    return sentences;
}
