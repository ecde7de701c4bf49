/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <csv.h>

#include "json.h"
#include "json_text.h"
#include "report.h"

static void cell(FILE *out, const char *text)
{
    csv_fwrite(out, text, strlen(text));
}

/* A spreadsheet runs a text that begins like a formula. */
static void text_cell(FILE *out, const char *text)
{
    char *guarded = NULL;
    if (*text && strchr("=+-@\t\r", *text) &&
        asprintf(&guarded, "'%s", text) >= 0)
        cell(out, guarded);
    else
        cell(out, text);
    free(guarded);
}

static void value_cell(FILE *out, const struct assay_value *value,
                       enum assay_kind kind)
{
    char text[32];
    if (!value->present)
        return;
    switch (kind) {
    case ASSAY_KIND_TEXT:
    case ASSAY_KIND_JSON:
        text_cell(out, value->text);
        break;
    case ASSAY_KIND_INT:
        fprintf(out, "%" PRId64, value->integer);
        break;
    case ASSAY_KIND_REAL:
        assay_real_text(value->real, text, sizeof text);
        fputs(text, out);
        break;
    }
}

static enum assay_status line(FILE *out, int64_t run,
                              const struct assay_record *record)
{
    json_t *json = assay_record_to_json(record, false);
    char *absent =
        json ? json_dumps(json_object_get(json, "absent"), JSON_COMPACT) : NULL;
    json_decref(json);
    if (!absent)
        return assay_report_no_memory("csv");
    fprintf(out, "%" PRId64, run);
    for (size_t i = 0; i < ASSAY_FIELDS; i++) {
        putc(',', out);
        value_cell(out, &record->fields[i], assay_fields[i].kind);
    }
    putc(',', out);
    cell(out, absent);
    putc('\n', out);
    free(absent);
    return ASSAY_OK;
}

enum assay_status assay_report_csv(const struct assay_run_data *const *runs,
                                   size_t n,
                                   const struct assay_report_options *options,
                                   FILE *out)
{
    (void)options;
    fputs("run", out);
    for (size_t i = 0; i < ASSAY_FIELDS; i++)
        fprintf(out, ",%s", assay_fields[i].name);
    fputs(",absent\n", out);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < runs[i]->n_records; j++) {
            enum assay_status status =
                line(out, runs[i]->run.id, runs[i]->records[j]);
            if (status != ASSAY_OK)
                return status;
        }
    return ASSAY_OK;
}
