/* SPDX-License-Identifier: Apache-2.0 */
#include "json.h"

#include "json_text.h"
#include "report.h"
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

enum assay_status assay_report_json(const struct assay_run_data *const *runs,
                                    size_t n,
                                    const struct assay_report_options *options,
                                    FILE *out)
{
    json_t *json = assay_runs_to_json(runs, n, options->samples);
    if (!json)
        return assay_report_no_memory("json");
    assay_json_write(out, json, 2, false);
    json_decref(json);
    return ASSAY_OK;
}
