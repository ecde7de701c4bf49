/* SPDX-License-Identifier: Apache-2.0
 *
 * Google Benchmark's JSON (its json_reporter.cc, schema version 1). Times are
 * in ns. Samples have no processor time of their own, so cpu_time is the mean
 * over all of them, and stddev and cv have none.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "json_text.h"
#include "report.h"

/* Members that are unknown are left out rather than null: readers in typed
 * languages take a missing member more kindly. */
static void set(json_t *object, const char *name, json_t *value)
{
    if (json_is_null(value))
        json_decref(value);
    else
        json_object_set_new(object, name, value);
}

/* "32K", "1024K", "8M" as the kernel writes them. */
static json_t *size_of_cache(const char *text)
{
    char *end;
    long long size = text ? strtoll(text, &end, 10) : 0;
    if (size <= 0)
        return json_null();
    int shift = *end == 'K' ? 10 : *end == 'M' ? 20 : 0;
    return json_integer(size << shift);
}

static json_t *caches(const json_t *machine)
{
    json_t *list = json_array();
    size_t i;
    json_t *cache;
    json_array_foreach(json_object_get(machine, "caches"), i, cache)
    {
        const char *level = json_string_value(json_object_get(cache, "level"));
        json_t *row = json_object();
        set(row, "type", json_incref(json_object_get(cache, "type")));
        set(row, "level", level ? json_integer(atoi(level)) : json_null());
        set(row, "size",
            size_of_cache(json_string_value(json_object_get(cache, "size"))));
        set(row, "num_sharing",
            json_incref(json_object_get(cache, "num_sharing")));
        json_array_append_new(list, row);
    }
    return list;
}

static json_t *context(const struct assay_run *run)
{
    json_t *machine = run->machine ? json_loads(run->machine, 0, NULL) : NULL;
    json_t *versions = json_object_get(machine, "versions");
    const char *mhz = json_string_value(json_object_get(machine, "mhz"));
    const char *governor =
        json_string_value(json_object_get(machine, "governor"));
    const char *aslr = json_string_value(json_object_get(machine, "aslr"));
    json_t *c = json_object();
    set(c, "date", json_string(run->started ? run->started : ""));
    set(c, "host_name", json_incref(json_object_get(machine, "host")));
    set(c, "executable", json_string("assay"));
    set(c, "num_cpus", json_incref(json_object_get(machine, "cores")));
    set(c, "mhz_per_cpu",
        mhz && atof(mhz) > 0 ? json_integer(lround(atof(mhz))) : json_null());
    set(c, "cpu_scaling_enabled",
        json_boolean(governor && strcmp(governor, "performance") != 0));
    set(c, "aslr_enabled",
        aslr ? json_boolean(strcmp(aslr, "0") != 0) : json_null());
    set(c, "caches", caches(machine));
    json_t *load = json_object_get(machine, "load");
    set(c, "load_avg", load ? json_incref(load) : json_array());
    set(c, "library_version", json_incref(json_object_get(versions, "assay")));
    bool debug = json_is_true(json_object_get(versions, "assertions"));
    set(c, "library_build_type", json_string(debug ? "debug" : "release"));
    set(c, "json_schema_version", json_integer(1));
    char id[32];
    snprintf(id, sizeof id, "%lld", (long long)run->id);
    set(c, "assay_run", json_string(id));
    set(c, "assay_suite", run->suite ? json_string(run->suite) : json_null());
    set(c, "assay_labels",
        run->labels ? json_string(run->labels) : json_null());
    json_decref(machine);
    return c;
}

/* What the rows of one case share. */
struct row {
    const struct assay_record *record;
    char *name;
    size_t family;
    double cpu;
    bool has_cpu;
    int64_t repetitions;
};

static json_t *begin(const struct row *row, const char *aggregate)
{
    char *name = NULL;
    double threads;
    if (asprintf(&name, "%s%s%s", row->name, aggregate ? "_" : "",
                 aggregate ? aggregate : "") < 0)
        return NULL;
    json_t *b = json_object();
    set(b, "name", json_string(name));
    set(b, "family_index", json_integer((json_int_t)row->family));
    set(b, "per_family_instance_index", json_integer(0));
    set(b, "run_name", json_string(row->name));
    set(b, "run_type", json_string(aggregate ? "aggregate" : "iteration"));
    set(b, "repetitions", json_integer(row->repetitions));
    set(b, "threads",
        assay_record_number(row->record, ASSAY_FIELD_threads, &threads)
            ? json_integer((json_int_t)threads)
            : json_integer(1));
    free(name);
    return b;
}

static void times(json_t *b, int64_t iterations, double real, const double *cpu)
{
    set(b, "iterations", json_integer(iterations));
    set(b, "real_time", json_real(real));
    set(b, "cpu_time", cpu ? json_real(*cpu) : json_null());
    set(b, "time_unit", json_string("ns"));
}

/* Every number of the record that Google's names do not hold already. */
static void counters(json_t *b, const struct assay_record *record)
{
    static const enum assay_field said[] = {
        ASSAY_FIELD_threads,           ASSAY_FIELD_samples,
        ASSAY_FIELD_calls_per_sample,  ASSAY_FIELD_latency_ns_mean,
        ASSAY_FIELD_latency_ns_median, ASSAY_FIELD_cpu_ns,
    };
    double value;
    if (assay_record_number(record, ASSAY_FIELD_throughput_per_s, &value))
        set(b, "items_per_second", json_real(value));
    if (assay_record_number(record, ASSAY_FIELD_gbytes_per_s, &value))
        set(b, "bytes_per_second", json_real(1e9 * value));
    for (size_t i = 0; i < ASSAY_FIELDS; i++) {
        bool skip = false;
        for (size_t j = 0; j < sizeof said / sizeof *said; j++)
            skip |= said[j] == i;
        if (!skip && assay_record_number(record, (enum assay_field)i, &value))
            set(b, assay_fields[i].name, json_real(value));
    }
    const char *target = assay_record_get_text(record, ASSAY_FIELD_target);
    const char *impl = assay_record_get_text(record, ASSAY_FIELD_impl);
    char *label = NULL;
    if (asprintf(&label, "%s%s%s", target ? target : "",
                 target && impl ? " " : "", impl ? impl : "") >= 0 &&
        *label)
        set(b, "label", json_string(label));
    free(label);
}

static void not_measured(json_t *list, const struct row *row,
                         const char *status)
{
    const char *reason = assay_record_get_text(row->record, ASSAY_FIELD_reason);
    bool error = strcmp(status, "ok") != 0 && strcmp(status, "skipped") != 0;
    char *text = NULL;
    if (asprintf(&text, "%s%s%s", error ? status : "",
                 error && reason ? ": " : "",
                 reason           ? reason
                 : error          ? ""
                 : *status == 'o' ? "no time was measured"
                                  : "skipped") < 0)
        text = NULL;
    json_t *b = begin(row, NULL);
    set(b, "repetition_index", json_integer(0));
    set(b, error ? "error_occurred" : "skipped", json_true());
    set(b, error ? "error_message" : "skip_message",
        json_string(text ? text : status));
    free(text);
    json_array_append_new(list, b);
}

static void sample_rows(json_t *list, const struct row *row, int64_t calls)
{
    const struct assay_record *record = row->record;
    for (size_t i = 0; i < record->n_samples; i++) {
        json_t *b = begin(row, NULL);
        set(b, "repetition_index", json_integer((json_int_t)i));
        times(b, calls, (double)record->samples[i],
              row->has_cpu ? &row->cpu : NULL);
        counters(b, record);
        json_array_append_new(list, b);
    }
}

static double deviation(const struct assay_record *record, double mean)
{
    double sum = 0;
    for (size_t i = 0; i < record->n_samples; i++) {
        double d = (double)record->samples[i] - mean;
        sum += d * d;
    }
    return sqrt(sum / (double)(record->n_samples - 1));
}

static void aggregates(json_t *list, const struct row *row, double mean,
                       double median)
{
    double stddev = deviation(row->record, mean);
    const struct {
        const char *name, *unit;
        double value;
        bool cpu;
    } rows[] = {
        {"mean", "time", mean, true},
        {"median", "time", median, true},
        {"stddev", "time", stddev, false},
        {"cv", "percentage", mean > 0 ? stddev / mean : 0, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *b = begin(row, rows[i].name);
        set(b, "aggregate_name", json_string(rows[i].name));
        set(b, "aggregate_unit", json_string(rows[i].unit));
        times(b, row->repetitions, rows[i].value,
              rows[i].cpu && row->has_cpu ? &row->cpu : NULL);
        json_array_append_new(list, b);
    }
}

static void add_case(json_t *list, json_t *unmeasured, struct row *row,
                     const struct assay_report_options *options)
{
    const struct assay_record *record = row->record;
    const char *status = assay_record_get_text(record, ASSAY_FIELD_status);
    double mean = 0, median = 0, samples = 1, calls = 1;
    bool timed =
        assay_record_number(record, ASSAY_FIELD_latency_ns_median, &median);
    if (!assay_record_number(record, ASSAY_FIELD_latency_ns_mean, &mean))
        mean = median;
    assay_record_number(record, ASSAY_FIELD_samples, &samples);
    assay_record_number(record, ASSAY_FIELD_calls_per_sample, &calls);
    row->has_cpu = assay_record_number(record, ASSAY_FIELD_cpu_ns, &row->cpu);
    row->repetitions = 1;
    if (!timed || !status || strcmp(status, "ok") != 0) {
        not_measured(unmeasured, row, status ? status : "failed");
        return;
    }
    bool several = record->n_samples > 1;
    if (several && options->samples) {
        row->repetitions = (int64_t)record->n_samples;
        sample_rows(list, row, (int64_t)calls);
    } else {
        json_t *b = begin(row, NULL);
        set(b, "repetition_index", json_integer(0));
        times(b, (int64_t)(samples * calls), mean,
              row->has_cpu ? &row->cpu : NULL);
        counters(b, record);
        json_array_append_new(list, b);
    }
    if (several) {
        row->repetitions = (int64_t)record->n_samples;
        aggregates(list, row, mean, median);
    }
}

enum assay_status
assay_report_gbench(const struct assay_run_data *const *runs, size_t n,
                    const struct assay_report_options *options, FILE *out)
{
    json_t *list = json_array(), *unmeasured = json_array();
    size_t family = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < runs[i]->n_records; j++) {
            struct row row = {.record = runs[i]->records[j],
                              .family = family++};
            const char *name =
                assay_record_get_text(row.record, ASSAY_FIELD_case);
            int got =
                n > 1 ? asprintf(&row.name, "run:%lld/%s",
                                 (long long)runs[i]->run.id, name ? name : "?")
                      : asprintf(&row.name, "%s", name ? name : "?");
            if (got < 0) {
                json_decref(list);
                json_decref(unmeasured);
                return assay_report_no_memory("gbench");
            }
            add_case(list, unmeasured, &row, options);
            free(row.name);
        }
    json_t *json = json_pack("{s:o, s:o, s:o}", "context",
                             n ? context(&runs[0]->run) : json_object(),
                             "benchmarks", list, "not_measured", unmeasured);
    if (!json)
        return assay_report_no_memory("gbench");
    assay_json_write(out, json, 2, false);
    json_decref(json);
    return ASSAY_OK;
}
