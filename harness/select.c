/* SPDX-License-Identifier: Apache-2.0 */
#include "select.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "targets.h"

static bool is_selected(const struct assay_selection *s, const regex_t *filter,
                        const struct assay_record *record)
{
    const struct assay_value *batch = &record->fields[ASSAY_FIELD_batch];
    bool wanted = s->n_batches == 0 || !batch->present;
    for (size_t i = 0; i < s->n_batches; i++)
        wanted = wanted || s->batches[i] == batch->integer;
    return wanted &&
           (!s->target ||
            assay_target_is_named(
                assay_record_text_or(record, ASSAY_FIELD_target, ""),
                s->target)) &&
           (!s->filter ||
            regexec(filter, assay_record_text_or(record, ASSAY_FIELD_case, ""),
                    0, NULL, 0) == 0);
}

/* The selected first, both in their order. */
static enum assay_status select_of(const struct assay_selection *s,
                                   const regex_t *filter,
                                   struct assay_run_data *run)
{
    const size_t all = run->n_records + run->n_hidden;
    struct assay_record **order = calloc(all + 1, sizeof *order);
    size_t kept = 0, hidden = 0;
    if (!order)
        return assay_fail(ASSAY_NOMEM, "no memory for the selection");
    for (size_t i = 0; i < run->n_records; i++)
        kept += is_selected(s, filter, run->records[i]);
    for (size_t i = 0, at = 0; i < all; i++)
        if (i < run->n_records && is_selected(s, filter, run->records[i]))
            order[at++] = run->records[i];
        else
            order[kept + hidden++] = run->records[i];
    free(run->records);
    run->records = order;
    run->n_records = kept;
    run->n_hidden = hidden;
    return ASSAY_OK;
}

/* "cpu, vulkan:0": what is hidden, once each. */
static void list_values(struct assay_run_data *const *runs, size_t n,
                        enum assay_field field, char *list, size_t size)
{
    json_t *seen = json_object();
    for (size_t r = 0; r < n; r++)
        for (size_t i = 0; i < runs[r]->n_hidden; i++) {
            const struct assay_value *value =
                &runs[r]->records[runs[r]->n_records + i]->fields[field];
            char text[64];
            if (!value->present)
                continue;
            if (assay_fields[field].kind == ASSAY_KIND_TEXT)
                snprintf(text, sizeof text, "%.60s", value->text);
            else
                snprintf(text, sizeof text, "%lld", (long long)value->integer);
            const size_t used = strlen(list);
            if (!json_object_get(seen, text) && used < size)
                snprintf(list + used, size - used, "%s%s", used ? ", " : "",
                         text);
            json_object_set_new(seen, text, json_true());
        }
    json_decref(seen);
}

static enum assay_status nothing_left(struct assay_run_data *const *runs,
                                      size_t n)
{
    char targets[200] = "", batches[200] = "";
    list_values(runs, n, ASSAY_FIELD_target, targets, sizeof targets);
    list_values(runs, n, ASSAY_FIELD_batch, batches, sizeof batches);
    return assay_fail(ASSAY_INVALID,
                      "no case is left by --target, --batch and --filter; "
                      "there are targets %s and batch sizes %s",
                      *targets ? targets : "of no name",
                      *batches ? batches : "of no number");
}

enum assay_status assay_select(const struct assay_selection *selection,
                               struct assay_run_data *const *runs, size_t n)
{
    regex_t filter;
    size_t kept = 0, hidden = 0;
    enum assay_status status =
        selection->target ? assay_targets_check(selection->target) : ASSAY_OK;
    if (status != ASSAY_OK)
        return status;
    if (selection->filter &&
        regcomp(&filter, selection->filter, REG_EXTENDED | REG_NOSUB) != 0)
        return assay_fail(ASSAY_INVALID,
                          "--filter: '%.100s' is no regular expression",
                          selection->filter);
    for (size_t i = 0; status == ASSAY_OK && i < n; i++) {
        status = select_of(selection, &filter, runs[i]);
        kept += runs[i]->n_records;
        hidden += runs[i]->n_hidden;
    }
    if (selection->filter)
        regfree(&filter);
    return status == ASSAY_OK && kept == 0 && hidden > 0 ? nothing_left(runs, n)
                                                         : status;
}
