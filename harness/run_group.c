/* SPDX-License-Identifier: Apache-2.0 */
#include "run_group.h"

#include <stdlib.h>
#include <string.h>

#include "run_argument.h"

static const struct assay_record *find(const struct assay_run_data *run,
                                       const char *name)
{
    for (size_t i = 0; i < run->n_records; i++) {
        const char *text =
            assay_record_get_text(run->records[i], ASSAY_FIELD_case);
        if (text && strcmp(text, name) == 0)
            return run->records[i];
    }
    return NULL;
}

static bool is_ok(const struct assay_record *record)
{
    const char *status = assay_record_get_text(record, ASSAY_FIELD_status);
    return status && strcmp(status, "ok") == 0;
}

/* The medians of a case, sorted, with the records that they are of. */
struct median {
    double value;
    struct assay_record *record;
};

static int by_value(const void *left, const void *right)
{
    const struct median *a = left, *b = right;
    return (a->value > b->value) - (a->value < b->value);
}

/* How many of the runs have a median of the case; `medians` holds one a run. */
static size_t medians_of(const struct assay_run_group *group, const char *name,
                         struct median *medians)
{
    size_t n = 0;
    for (size_t i = 0; i < group->n; i++) {
        const struct assay_record *record = find(group->runs[i], name);
        if (record && is_ok(record) &&
            assay_record_number(record, ASSAY_FIELD_latency_ns_median,
                                &medians[n].value))
            medians[n++].record = (struct assay_record *)record;
    }
    qsort(medians, n, sizeof *medians, by_value);
    return n;
}

static struct assay_record *representative(const struct assay_run_group *group,
                                           const char *name,
                                           struct median *medians)
{
    const struct assay_record *first = NULL;
    for (size_t i = 0; i < group->n; i++) {
        const struct assay_record *record = find(group->runs[i], name);
        if (record && !is_ok(record))
            return (struct assay_record *)record;
        first = first ? first : record;
    }
    const size_t n = medians_of(group, name, medians);
    return n ? medians[0].record : (struct assay_record *)first;
}

enum assay_status assay_run_group_merge(struct assay_run_group *group)
{
    struct assay_run_data *merged = &group->merged;
    size_t most = 1;
    for (size_t i = 0; i < group->n; i++)
        most += group->runs[i]->n_records;
    struct median *medians = calloc(group->n + 1, sizeof *medians);
    *merged = (struct assay_run_data){
        .run = group->runs[0]->run,
        .records = calloc(most, sizeof *merged->records)};
    if (!medians || !merged->records) {
        free(medians);
        return assay_fail(ASSAY_NOMEM, "no memory for the runs");
    }
    for (size_t i = 0; i < group->n; i++) {
        for (size_t j = 0; j < group->runs[i]->n_records; j++) {
            const char *name = assay_record_get_text(group->runs[i]->records[j],
                                                     ASSAY_FIELD_case);
            if (name && !find(merged, name))
                merged->records[merged->n_records++] =
                    representative(group, name, medians);
        }
    }
    free(medians);
    return ASSAY_OK;
}

static enum assay_status load_one(const char *text, const char *store,
                                  struct assay_run_group *group)
{
    struct assay_run_data **grown =
        realloc(group->runs, (group->n + 1) * sizeof *grown);
    if (!grown)
        return assay_fail(ASSAY_NOMEM, "no memory for the runs");
    group->runs = grown;
    enum assay_status status =
        assay_run_argument_load(text, store, &grown[group->n], NULL);
    if (status != ASSAY_OK)
        return status;
    const struct assay_run *run = &grown[group->n++]->run;
    for (size_t i = 0; i + 1 < group->n; i++)
        if (grown[i]->run.id == run->id && run->started &&
            grown[i]->run.started &&
            strcmp(grown[i]->run.started, run->started) == 0)
            return assay_fail(ASSAY_INVALID, "run %s is named twice", text);
    return ASSAY_OK;
}

enum assay_status assay_run_group_load(const char *text, const char *store,
                                       struct assay_run_group *group)
{
    *group = (struct assay_run_group){0};
    char *words = strdup(text);
    enum assay_status status =
        words ? ASSAY_OK : assay_fail(ASSAY_NOMEM, "no memory for the runs");
    for (char *word = words; word && status == ASSAY_OK;) {
        char *comma = strchr(word, ',');
        if (comma)
            *comma = '\0';
        status = load_one(word, store, group);
        word = comma ? comma + 1 : NULL;
    }
    free(words);
    if (status == ASSAY_OK)
        status = assay_run_group_merge(group);
    if (status != ASSAY_OK)
        assay_run_group_free(group);
    return status;
}

void assay_run_group_free(struct assay_run_group *group)
{
    for (size_t i = 0; i < group->n; i++)
        assay_run_data_free(&group->runs[i]);
    free(group->runs);
    free(group->merged.records);
    *group = (struct assay_run_group){0};
}

bool assay_run_group_range(const struct assay_run_group *group,
                           const char *name, double *least, double *most)
{
    struct median *medians = calloc(group->n + 1, sizeof *medians);
    const size_t n = medians ? medians_of(group, name, medians) : 0;
    const bool told = n >= ASSAY_RUN_GROUP_RANGE;
    if (told) {
        *least = medians[0].value;
        *most = medians[n - 1].value;
    }
    free(medians);
    return told;
}
