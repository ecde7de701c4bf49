/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "absent.h"
#include "accuracy.h"
#include "json.h"
#include "markdown_text.h"
#include "peers.h"
#include "summary.h"
#include "units.h"
#include "variant_table.h"

static const enum assay_field model_columns[] = {
    ASSAY_FIELD_model,
    ASSAY_FIELD_variant,
    ASSAY_FIELD_target,
    ASSAY_FIELD_batch,
    ASSAY_FIELD_threads,
    ASSAY_FIELD_accuracy,
    ASSAY_FIELD_images,
    ASSAY_FIELD_latency_ns_median,
    ASSAY_FIELD_latency_ns_p90,
    ASSAY_FIELD_latency_ns_p99,
    ASSAY_FIELD_throughput_per_s,
    ASSAY_FIELD_prepare_ns,
    ASSAY_FIELD_host_peak_bytes,
    ASSAY_FIELD_device_peak_bytes,
    ASSAY_FIELD_weights_bytes,
};
static const enum assay_field kernel_columns[] = {
    ASSAY_FIELD_op,
    ASSAY_FIELD_dtype,
    ASSAY_FIELD_impl,
    ASSAY_FIELD_shape,
    ASSAY_FIELD_target,
    ASSAY_FIELD_threads,
    ASSAY_FIELD_latency_ns_median,
    ASSAY_FIELD_latency_ns_mad,
    ASSAY_FIELD_gflops,
    ASSAY_FIELD_gbytes_per_s,
    ASSAY_FIELD_roof_fraction,
    ASSAY_FIELD_max_error,
};

/* The reasons why values are absent become numbered notes under the table. */
static void cell(FILE *out, const struct assay_record *record,
                 enum assay_field field, json_t *notes)
{
    char buffer[32];
    const struct assay_value *value = &record->fields[field];
    const char *text = assay_units_field(record, field, buffer, sizeof buffer);
    fputs(" ", out);
    if (text)
        assay_markdown_text(out, text);
    else if (value->text)
        fprintf(
            out, "– <sup>%zu</sup>",
            assay_absent_count(notes, assay_fields[field].name, value->text));
    else
        fputs("–", out);
    fputs(" |", out);
}

struct table {
    const char *kind, *title;
    const enum assay_field *columns;
    size_t n_columns;
};

static bool belongs(const struct table *table,
                    const struct assay_record *record)
{
    const char *kind = assay_record_get_text(record, ASSAY_FIELD_kind);
    const char *status = assay_record_get_text(record, ASSAY_FIELD_status);
    return kind && !strcmp(kind, table->kind) && status &&
           !strcmp(status, "ok");
}

/* Values carry their units, so latency_ns_median is "latency median". */
static void column_title(FILE *out, const char *name)
{
    static const char *const units[] = {"_ns", "_bytes", "_per_s", "_j"};
    while (*name) {
        size_t skip = 0;
        for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
            size_t n = strlen(units[i]);
            if (!strncmp(name, units[i], n) && (!name[n] || name[n] == '_'))
                skip = n;
        }
        name += skip;
        if (!skip) {
            putc(*name == '_' ? ' ' : *name, out);
            name++;
        }
    }
}

static void head(FILE *out, const struct table *table, bool with_run)
{
    fprintf(out, "\n## %s\n\n|%s", table->title, with_run ? " run |" : "");
    for (size_t i = 0; i < table->n_columns; i++) {
        fputs(" ", out);
        column_title(out, assay_fields[table->columns[i]].name);
        fputs(" |", out);
    }
    fprintf(out, "\n|%s", with_run ? "--:|" : "");
    for (size_t i = 0; i < table->n_columns; i++)
        fputs(assay_fields[table->columns[i]].kind == ASSAY_KIND_TEXT ? ":--|"
                                                                      : "--:|",
              out);
    fputs("\n", out);
}

static void print_table(FILE *out, const struct assay_run_data *const *runs,
                        size_t n, const struct table *table)
{
    json_t *notes = json_object();
    bool begun = false;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < runs[i]->n_records; j++) {
            const struct assay_record *record = runs[i]->records[j];
            if (!belongs(table, record))
                continue;
            if (!begun)
                head(out, table, n > 1);
            begun = true;
            fputs("|", out);
            if (n > 1)
                fprintf(out, " %lld |", (long long)runs[i]->run.id);
            for (size_t k = 0; k < table->n_columns; k++)
                cell(out, record, table->columns[k], notes);
            fputs("\n", out);
        }
    const char *key;
    json_t *group;
    json_object_foreach(notes, key, group)
    {
        char *reason = assay_absent_reason(group);
        char *fields = assay_absent_fields(group);
        fprintf(
            out, "\n<sup>%lld</sup> ",
            (long long)json_integer_value(json_object_get(group, "number")));
        assay_markdown_text(out, reason ? reason : "out of memory");
        fputs(": ", out);
        assay_markdown_text(out, fields ? fields : "");
        fputs("\n", out);
        free(reason);
        free(fields);
    }
    json_decref(notes);
}

static void print_point(FILE *out, const struct assay_point *p,
                        const struct assay_report_options *options)
{
    static const enum assay_field names[] = {
        ASSAY_FIELD_model, ASSAY_FIELD_variant, ASSAY_FIELD_target,
        ASSAY_FIELD_batch};
    char value[32], low[32], high[32];
    fputs("|", out);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *text =
            assay_units_field(p->record, names[i], value, sizeof value);
        fputs(" ", out);
        assay_markdown_text(out, text ? text : "–");
        fputs(" |", out);
    }
    for (size_t i = 0; i < options->n_objectives; i++) {
        const struct assay_objective *o = options->objectives[i];
        assay_objective_text(o, p->value[i], value, sizeof value);
        assay_objective_text(o, p->low[i], low, sizeof low);
        assay_objective_text(o, p->high[i], high, sizeof high);
        fprintf(out, " %s", value);
        if (p->low[i] < p->high[i])
            fprintf(out, " (%s to %s)", low, high);
        fputs(" |", out);
    }
    fprintf(out, " %s%s |\n",
            p->front ? "on the front" : "beaten within noise only",
            p->front && p->noise_of != ASSAY_NO_POINT ? ", within noise" : "");
}

/* Of each data set; `all` has the name that it has in the whole report. */
static void print_front(FILE *out, const struct assay_front *front,
                        const struct assay_front *all, const char *title,
                        const struct assay_report_options *options)
{
    for (size_t k = 0; k < front->n_sets; k++) {
        const struct assay_front_set *set = &front->sets[k];
        fputs("\n### ", out);
        assay_markdown_text(out, title);
        for (size_t i = 0; all->n_sets > 1 && i < all->n_sets; i++)
            if (strcmp(all->sets[i].crc32, set->crc32) == 0) {
                fputs(", ", out);
                assay_markdown_text(out, all->sets[i].name);
            }
        fputs("\n\n| model | variant | target | batch |", out);
        for (size_t i = 0; i < options->n_objectives; i++)
            fprintf(out, " %s |", options->objectives[i]->title);
        fputs(" verdict |\n|:--|:--|:--|--:|", out);
        for (size_t i = 0; i < options->n_objectives; i++)
            fputs("--:|", out);
        fputs(":--|\n", out);
        for (size_t i = set->first; i < set->first + set->n; i++)
            if (front->points[i].front ||
                front->points[i].noise_of != ASSAY_NO_POINT)
                print_point(out, &front->points[i], options);
    }
}

static enum assay_status
print_fronts(FILE *out, const struct assay_run_data *const *runs, size_t n,
             const struct assay_report_options *options)
{
    struct assay_front all, front;
    enum assay_status status = assay_front_compute(
        runs, n, options->objectives, options->n_objectives, NULL, &all);
    if (status != ASSAY_OK)
        return status;
    json_t *targets = json_object();
    if (all.n)
        fputs("\n## The front\n\nIn brackets: 95 % intervals.\n", out);
    print_front(out, &all, &all, "All targets", options);
    for (size_t i = 0; i < all.n; i++) {
        const char *target =
            assay_record_get_text(all.points[i].record, ASSAY_FIELD_target);
        json_object_set_new(targets, target ? target : "", json_true());
    }
    const char *target;
    json_t *value;
    json_object_foreach(targets, target, value)
    {
        if (status != ASSAY_OK || json_object_size(targets) < 2)
            break;
        status = assay_front_compute(runs, n, options->objectives,
                                     options->n_objectives, target, &front);
        if (status != ASSAY_OK)
            break;
        print_front(out, &front, &all, target, options);
        assay_front_free(&front);
    }
    json_decref(targets);
    assay_front_free(&all);
    return status;
}

static enum assay_status print_peers(FILE *out,
                                     const struct assay_run_data *run)
{
    struct assay_peer_pair *pairs;
    size_t n;
    char name[32];
    const enum assay_status status = assay_peers_find(run, &pairs, &n);
    if (status != ASSAY_OK)
        return status;
    if (n > 0)
        fprintf(out,
                "\n## Against libraries, run %lld\n\n"
                "The library's median time over ours: above 1, ours is "
                "faster. In brackets: from the ends of both 95 %% "
                "intervals.\n\n"
                "| case | ours | library | its time | ratio | version |\n"
                "|:--|--:|:--|--:|--:|:--|\n",
                (long long)run->run.id);
    for (size_t i = 0; i < n; i++) {
        const struct assay_peer_pair *p = &pairs[i];
        fputs("|", out);
        assay_markdown_field(out, p->ours, ASSAY_FIELD_case);
        assay_markdown_field(out, p->ours, ASSAY_FIELD_latency_ns_median);
        fputs(" ", out);
        assay_peer_name(p->peer, name, sizeof name);
        assay_markdown_text(out, name);
        fputs(" |", out);
        assay_markdown_field(out, p->peer, ASSAY_FIELD_latency_ns_median);
        fprintf(out, " %.2f (%.2f to %.2f) |", p->ratio, p->low, p->high);
        assay_markdown_field(out, p->peer, ASSAY_FIELD_library);
        fputs("\n", out);
    }
    free(pairs);
    return ASSAY_OK;
}

static void print_unmeasured(FILE *out,
                             const struct assay_run_data *const *runs, size_t n)
{
    static const enum assay_field columns[] = {
        ASSAY_FIELD_case, ASSAY_FIELD_status, ASSAY_FIELD_reason};
    bool begun = false;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < runs[i]->n_records; j++) {
            const struct assay_record *record = runs[i]->records[j];
            const char *status =
                assay_record_get_text(record, ASSAY_FIELD_status);
            if (status && !strcmp(status, "ok"))
                continue;
            if (!begun)
                fputs("\n## Without a result\n\n"
                      "| case | status | reason |\n|:--|:--|:--|\n",
                      out);
            begun = true;
            fputs("|", out);
            for (size_t k = 0; k < 3; k++) {
                const char *text = assay_record_get_text(record, columns[k]);
                fputs(" ", out);
                assay_markdown_text(out, text ? text : "–");
                fputs(" |", out);
            }
            fputs("\n", out);
        }
}

static void print_absent(FILE *out, const struct assay_run_data *const *runs,
                         size_t n)
{
    json_t *list = assay_absent_to_json(runs, n);
    if (json_array_size(list))
        fputs("\n## Absent values\n\nWhat measured cases lack, and why.\n\n",
              out);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *group = json_array_get(list, i);
        fputs("- ", out);
        assay_markdown_text(
            out, json_string_value(json_object_get(group, "reason")));
        fputs(": ", out);
        assay_markdown_text(
            out, json_string_value(json_object_get(group, "fields")));
        fputs("\n", out);
    }
    json_decref(list);
}

static void print_json(FILE *out, const json_t *json)
{
    char *text = json_is_string(json) ? strdup(json_string_value(json))
                                      : json_dumps(json, JSON_ENCODE_ANY);
    assay_markdown_text(out, text ? text : "");
    free(text);
}

static void print_run(FILE *out, const struct assay_run *run)
{
    json_t *json = assay_run_to_json(run);
    json_t *machine = json_object_get(json, "machine");
    const char *key;
    json_t *value;
    json_object_del(json, "plan");
    fprintf(out, "\n## Run %lld\n\n| what | value |\n|:--|:--|\n",
            (long long)run->id);
    json_object_foreach(json, key, value)
    {
        if (json_is_null(value) || value == machine)
            continue;
        fprintf(out, "| %s | ", key);
        print_json(out, value);
        fputs(" |\n", out);
    }
    fprintf(out, "\n### Machine of run %lld\n\n| what | value |\n|:--|:--|\n",
            (long long)run->id);
    json_object_foreach(machine, key, value)
    {
        fputs("| ", out);
        assay_markdown_text(out, key);
        fputs(" | ", out);
        if (json_is_null(value))
            fputs("not known", out);
        else
            print_json(out, value);
        fputs(" |\n", out);
    }
    json_decref(json);
}

static enum assay_status
print_variants(FILE *out, const struct assay_run_data *const *runs, size_t n)
{
    struct assay_differences differences;
    enum assay_status status = assay_differences_find(runs, n, &differences);
    if (status != ASSAY_OK)
        return status;
    for (size_t i = 0; status == ASSAY_OK && i < n; i++)
        status = assay_variant_table_markdown(out, runs[i], &differences);
    assay_differences_free(&differences);
    return status;
}

enum assay_status
assay_report_markdown(const struct assay_run_data *const *runs, size_t n,
                      const struct assay_report_options *options, FILE *out)
{
    static const struct table tables[] = {
        {"model", "Models", model_columns,
         sizeof model_columns / sizeof *model_columns},
        {"kernel", "Kernels", kernel_columns,
         sizeof kernel_columns / sizeof *kernel_columns},
    };
    json_t *sentences = assay_summary(runs, n, options);
    if (!sentences)
        return assay_report_no_memory("markdown");
    fputs("# Assay report\n\n", out);
    for (size_t i = 0; i < json_array_size(sentences); i++) {
        fputs("- ", out);
        assay_markdown_text(out,
                            json_string_value(json_array_get(sentences, i)));
        fputs("\n", out);
    }
    json_decref(sentences);
    enum assay_status status = print_fronts(out, runs, n, options);
    if (status != ASSAY_OK)
        return status;
    status = print_variants(out, runs, n);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        print_table(out, runs, n, &tables[i]);
    for (size_t i = 0; i < n; i++)
        assay_accuracy_markdown(out, runs[i]);
    for (size_t i = 0; status == ASSAY_OK && i < n; i++)
        status = print_peers(out, runs[i]);
    if (status != ASSAY_OK)
        return status;
    print_unmeasured(out, runs, n);
    print_absent(out, runs, n);
    for (size_t i = 0; i < n; i++)
        print_run(out, &runs[i]->run);
    return ASSAY_OK;
}
