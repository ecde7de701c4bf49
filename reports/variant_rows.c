/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "variant_table.h"

static json_t *share(double ratio)
{
    return ratio > 0 ? json_real(1 / ratio) : json_null();
}

static json_t *text_value(const struct assay_record *record,
                          enum assay_field field)
{
    const char *text = assay_record_get_text(record, field);
    return text ? json_string(text) : json_null();
}

static json_t *int_value(const struct assay_record *record,
                         enum assay_field field)
{
    const struct assay_value *value = &record->fields[field];
    return value->present ? json_integer(value->integer) : json_null();
}

static json_t *times_of(const struct assay_variant_row *row)
{
    json_t *times = json_array();
    for (size_t i = 0; i < row->n; i++) {
        const struct assay_variant *v = &row->variants[i];
        json_array_append_new(
            times, json_pack("{s:o, s:f, s:s, s:b}", "batch",
                             int_value(v->variant, ASSAY_FIELD_batch), "share",
                             1 / v->ratio, "speed", assay_speed_names[v->speed],
                             "same_kernels", v->same_kernels));
    }
    return times;
}

/* Numbers, or null and why. */
static void add_accuracy(json_t *json, const struct assay_variant_row *row)
{
    static const char *const names[] = {"accuracy_change",
                                        "accuracy_change_low",
                                        "accuracy_change_high",
                                        "better",
                                        "worse",
                                        "images",
                                        "p",
                                        "p_adjusted"};
    const struct assay_difference *d = row->difference;
    if (d) {
        json_object_update_new(
            json,
            json_pack("{s:f, s:f, s:f, s:I, s:I, s:I, s:f, s:f}", names[0],
                      d->change, names[1], d->low, names[2], d->high, names[3],
                      (json_int_t)d->better, names[4], (json_int_t)d->worse,
                      names[5], (json_int_t)d->images, names[6], d->p, names[7],
                      d->adjusted));
        return;
    }
    const struct assay_record *r = row->variants[0].variant;
    const char *why = r->fields[ASSAY_FIELD_mcnemar_p].text;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        json_object_set_new(json, names[i], json_null());
    json_object_set_new(json, "accuracy_reason",
                        json_string(why ? why : "not scored"));
}

static json_t *row_to_json(int64_t run, const struct assay_variant_row *row)
{
    const struct assay_variant *v = &row->variants[0];
    const struct assay_record *r = v->variant;
    char *verdict = assay_variant_verdict(row);
    json_t *json =
        json_pack("{s:I, s:o, s:o, s:o, s:o, s:o}", "run", (json_int_t)run,
                  "case", text_value(r, ASSAY_FIELD_case), "model",
                  text_value(r, ASSAY_FIELD_model), "variant",
                  text_value(r, ASSAY_FIELD_variant), "target",
                  text_value(r, ASSAY_FIELD_target), "threads",
                  int_value(r, ASSAY_FIELD_threads));
    add_accuracy(json, row);
    json_object_update_new(
        json, json_pack("{s:o, s:o, s:o, s:s*}", "times", times_of(row),
                        "file_share", share(v->file), "memory_share",
                        share(v->weights), "verdict", verdict));
    free(verdict);
    return json;
}

json_t *assay_variant_rows_to_json(const struct assay_run_data *const *runs,
                                   size_t n)
{
    struct assay_differences differences;
    if (assay_differences_find(runs, n, &differences) != ASSAY_OK)
        return NULL;
    json_t *list = json_array();
    bool ok = list;
    for (size_t r = 0; ok && r < n; r++) {
        struct assay_variant_table table;
        ok =
            assay_variant_table_make(runs[r], &differences, &table) == ASSAY_OK;
        for (size_t i = 0; ok && i < table.n; i++)
            ok = !json_array_append_new(
                list, row_to_json(runs[r]->run.id, &table.rows[i]));
        assay_variant_table_free(&table);
    }
    assay_differences_free(&differences);
    if (!ok) {
        json_decref(list);
        return NULL;
    }
    return list;
}
