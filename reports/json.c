/* SPDX-License-Identifier: Apache-2.0 */
#include "json.h"

#include <stdlib.h>

#include "json_text.h"
#include "variant_table.h"

enum assay_status assay_report_no_memory(const char *format)
{
    return assay_fail(ASSAY_NOMEM, "%s report: out of memory", format);
}

static json_t *text_value(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *json_value(const char *text)
{
    if (!text)
        return json_null();
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    return json ? json : json_string(text);
}

json_t *assay_run_to_json(const struct assay_run *run)
{
    return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id",
                     (json_int_t)run->id, "started", text_value(run->started),
                     "finished", text_value(run->finished), "suite",
                     text_value(run->suite), "commit", text_value(run->commit),
                     "labels", json_value(run->labels), "machine",
                     json_value(run->machine), "command",
                     json_value(run->command), "plan", json_value(run->plan));
}

static bool add_run(json_t *runs, json_t *records,
                    const struct assay_run_data *run, bool with_samples)
{
    if (json_array_append_new(runs, assay_run_to_json(&run->run)))
        return false;
    for (size_t i = 0; i < run->n_records; i++) {
        json_t *fields = assay_record_to_json(run->records[i], with_samples);
        json_t *record = json_pack("{s:I}", "run", (json_int_t)run->run.id);
        bool ok = fields && record && !json_object_update(record, fields) &&
                  !json_array_append(records, record);
        json_decref(fields);
        json_decref(record);
        if (!ok)
            return false;
    }
    return true;
}

json_t *assay_runs_to_json(const struct assay_run_data *const *data, size_t n,
                           bool with_samples)
{
    json_t *runs = json_array(), *records = json_array();
    bool ok = runs && records;
    for (size_t i = 0; ok && i < n; i++)
        ok = add_run(runs, records, data[i], with_samples);
    if (!ok) {
        json_decref(runs);
        json_decref(records);
        return NULL;
    }
    return json_pack("{s:i, s:o, s:o, s:o, s:o}", "schema_version", 1, "runs",
                     runs, "records", records, "variants",
                     assay_variants_to_json(data, n), "variant_rows",
                     assay_variant_rows_to_json(data, n));
}

/* Which record each point is, and its place. */
static json_t *points_to_json(const struct assay_run_data *const *runs,
                              size_t n, const struct assay_front *front)
{
    json_t *list = json_array();
    size_t *index = calloc(front->n + 1, sizeof *index);
    for (size_t i = 0; index && i < front->n; i++) {
        size_t at = 0;
        for (size_t r = 0; r < n; r++)
            for (size_t j = 0; j < runs[r]->n_records; j++, at++)
                if (runs[r]->records[j] == front->points[i].record)
                    index[i] = at;
    }
    for (size_t i = 0; index && i < front->n; i++) {
        const struct assay_point *p = &front->points[i];
        const bool doubt = p->noise_of != ASSAY_NO_POINT;
        const bool beaten = p->beaten_by != ASSAY_NO_POINT;
        json_array_append_new(
            list,
            json_pack("{s:i, s:i, s:b, s:b, s:o, s:o}", "record", (int)index[i],
                      "set", (int)p->set, "front", p->front, "subset",
                      p->subset, "noise_of",
                      doubt ? json_integer((json_int_t)index[p->noise_of])
                            : json_null(),
                      "beaten_by",
                      beaten ? json_integer((json_int_t)index[p->beaten_by])
                             : json_null()));
    }
    free(index);
    return list;
}

static json_t *sets_to_json(const struct assay_front *front)
{
    json_t *list = json_array();
    for (size_t i = 0; i < front->n_sets; i++) {
        const struct assay_front_set *set = &front->sets[i];
        json_array_append_new(
            list,
            json_pack("{s:s, s:o, s:o}", "name", set->name, "dataset_crc32",
                      text_value(*set->crc32 ? set->crc32 : NULL), "images",
                      set->images ? json_integer(set->images) : json_null()));
    }
    return list;
}

json_t *assay_front_to_json(const struct assay_run_data *const *runs, size_t n,
                            const struct assay_report_options *options)
{
    struct assay_front front;
    if (assay_front_compute(runs, n, options->objectives, options->n_objectives,
                            NULL, &front) != ASSAY_OK)
        return NULL;
    json_t *names = json_array();
    for (size_t i = 0; i < options->n_objectives; i++)
        json_array_append_new(names, json_string(options->objectives[i]->name));
    json_t *json = json_pack("{s:o, s:o, s:o}", "objectives", names, "sets",
                             sets_to_json(&front), "points",
                             points_to_json(runs, n, &front));
    assay_front_free(&front);
    return json;
}

enum assay_status assay_report_json(const struct assay_run_data *const *runs,
                                    size_t n,
                                    const struct assay_report_options *options,
                                    FILE *out)
{
    json_t *json = assay_runs_to_json(runs, n, options->samples);
    if (json && json_object_set_new(json, "front",
                                    assay_front_to_json(runs, n, options))) {
        json_decref(json);
        json = NULL;
    }
    if (!json)
        return assay_report_no_memory("json");
    assay_json_write(out, json, 2, false);
    json_decref(json);
    return ASSAY_OK;
}
