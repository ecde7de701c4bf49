/* SPDX-License-Identifier: Apache-2.0
 *
 * reports/: every format is read back by a parser of its own, and hostile
 * texts must stay texts.
 *
 *     test_report             the tests
 *     test_report fill FILE   write the run of these tests to a store
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <csv.h>

#include "report_runs.h"
#include "reports/json.h"
#include "reports/report.h"
#include "reports/summary.h"
#include "reports/units.h"

static const struct assay_objective *objectives[3];
static struct assay_report_options options = {.objectives = objectives};
static struct assay_run_data *run;

static int setup(void **state)
{
    (void)state;
    run = assay_test_run(3);
    return assay_objectives_parse("accuracy,latency", objectives,
                                  &options.n_objectives);
}

static int teardown(void **state)
{
    (void)state;
    assay_run_data_free(&run);
    return 0;
}

/* With two runs the second is the first again. */
static char *written(assay_report_writer *write, size_t n, size_t *size)
{
    const struct assay_run_data *runs[] = {run, run};
    return assay_test_written(write, runs, n, &options, size);
}

static json_t *parsed(const char *text)
{
    json_error_t error;
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!json)
        fail_msg("line %d: %s", error.line, error.text);
    return json;
}

static void assert_equal_record(const struct assay_record *a,
                                const struct assay_record *b)
{
    for (size_t i = 0; i < ASSAY_FIELDS; i++) {
        const struct assay_value *x = &a->fields[i], *y = &b->fields[i];
        assert_true(x->present == y->present && x->integer == y->integer &&
                    x->real == y->real && !x->text == !y->text);
        if (x->text)
            assert_string_equal(x->text, y->text);
    }
    assert_int_equal(a->n_samples, b->n_samples);
    if (a->n_samples)
        assert_memory_equal(a->samples, b->samples,
                            a->n_samples * sizeof *a->samples);
}

static void json_gives_every_record_back(void **state)
{
    (void)state;
    options.samples = true;
    char *text = written(assay_report_json, 1, NULL);
    options.samples = false;
    json_t *json = parsed(text), *records = json_object_get(json, "records");
    assert_int_equal(
        json_integer_value(json_object_get(json, "schema_version")), 1);
    json_t *stored = json_array_get(json_object_get(json, "runs"), 0);
    assert_int_equal(json_integer_value(json_object_get(stored, "id")), 3);
    assert_true(json_is_object(json_object_get(stored, "machine")));
    assert_true(json_is_array(json_object_get(stored, "command")));
    assert_int_equal(json_array_size(records), run->n_records);
    for (size_t i = 0; i < run->n_records; i++) {
        json_t *one = json_array_get(records, i);
        struct assay_record *record = NULL;
        assert_int_equal(json_integer_value(json_object_get(one, "run")), 3);
        assert_int_equal(json_object_size(one), ASSAY_FIELDS + 3);
        assert_int_equal(assay_record_from_json(one, &record), ASSAY_OK);
        assert_equal_record(run->records[i], record);
        assay_record_destroy(&record);
    }
    json_decref(json);
    free(text);
    text = written(assay_report_json, 1, NULL);
    assert_null(strstr(text, "samples_ns"));
    free(text);
    printf("json: %zu records there and back\n", run->n_records);
}

struct table {
    size_t row, column, columns;
    char *cells[64][ASSAY_FIELDS + 2];
    bool null[64][ASSAY_FIELDS + 2];
};

static void on_cell(void *text, size_t size, void *context)
{
    struct table *t = context;
    assert_true(t->row < 64 && t->column < ASSAY_FIELDS + 2);
    t->null[t->row][t->column] = !text;
    char *cell = text ? calloc(1, size + 1) : NULL;
    if (cell)
        memcpy(cell, text, size);
    t->cells[t->row][t->column++] = cell;
}

static void on_row(int end, void *context)
{
    struct table *t = context;
    (void)end;
    assert_int_equal(t->column, ASSAY_FIELDS + 2);
    t->row++;
    t->column = 0;
}

static void check_csv_cell(const struct assay_value *value,
                           enum assay_kind kind, const char *cell)
{
    if (!value->present) {
        assert_null(cell); /* empty, and not "" */
        return;
    }
    assert_non_null(cell);
    if (kind == ASSAY_KIND_INT)
        assert_true(strtoll(cell, NULL, 10) == value->integer);
    else if (kind == ASSAY_KIND_REAL)
        assert_true(strtod(cell, NULL) == value->real);
    else if (*value->text && strchr("=+-@", *value->text))
        assert_true(*cell == '\'' && !strcmp(cell + 1, value->text));
    else
        assert_string_equal(cell, value->text);
}

static void csv_gives_every_record_back(void **state)
{
    (void)state;
    size_t size;
    char *text = written(assay_report_csv, 1, &size);
    struct csv_parser parser;
    static struct table t;
    memset(&t, 0, sizeof t);
    assert_int_equal(
        csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_EMPTY_IS_NULL), 0);
    assert_int_equal(csv_parse(&parser, text, size, on_cell, on_row, &t), size);
    assert_int_equal(csv_fini(&parser, on_cell, on_row, &t), 0);
    csv_free(&parser);
    assert_int_equal(t.row, run->n_records + 1);
    assert_string_equal(t.cells[0][0], "run");
    assert_string_equal(t.cells[0][1], "case");
    assert_string_equal(t.cells[0][ASSAY_FIELDS + 1], "absent");
    size_t guarded = 0;
    for (size_t i = 0; i < run->n_records; i++) {
        const struct assay_record *record = run->records[i];
        char **cells = t.cells[i + 1];
        assert_string_equal(cells[0], "3");
        json_t *absent = parsed(cells[ASSAY_FIELDS + 1]);
        for (size_t f = 0; f < ASSAY_FIELDS; f++) {
            const struct assay_value *value = &record->fields[f];
            check_csv_cell(value, assay_fields[f].kind, cells[f + 1]);
            const char *why = json_string_value(
                json_object_get(absent, assay_fields[f].name));
            if (!value->present && value->text)
                assert_string_equal(why, value->text);
            else
                assert_null(why);
            guarded += cells[f + 1] && *cells[f + 1] == '\'';
        }
        json_decref(absent);
    }
    assert_int_equal(guarded, 1);
    for (size_t i = 0; i < t.row; i++)
        for (size_t f = 0; f < ASSAY_FIELDS + 2; f++)
            free(t.cells[i][f]);
    free(text);
}

static void check_row(const json_t *row)
{
    static const char *const always[] = {
        "name",     "family_index", "per_family_instance_index",
        "run_name", "run_type",     "repetitions",
        "threads"};
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        assert_non_null(json_object_get(row, always[i]));
    const char *type = json_string_value(json_object_get(row, "run_type"));
    bool aggregate = !strcmp(type, "aggregate");
    bool error = json_is_true(json_object_get(row, "error_occurred"));
    bool skipped = json_is_true(json_object_get(row, "skipped"));
    assert_true(aggregate || !strcmp(type, "iteration"));
    assert_true(aggregate != !!json_object_get(row, "repetition_index"));
    assert_true(aggregate == !!json_object_get(row, "aggregate_name"));
    assert_true(aggregate == !!json_object_get(row, "aggregate_unit"));
    assert_true(error == !!json_object_get(row, "error_message"));
    assert_true(skipped == !!json_object_get(row, "skip_message"));
    bool timed = !error && !skipped;
    assert_true(timed == json_is_integer(json_object_get(row, "iterations")));
    assert_true(timed == json_is_number(json_object_get(row, "real_time")));
    assert_true(timed == !!json_object_get(row, "time_unit"));
    if (timed) {
        assert_true(json_number_value(json_object_get(row, "real_time")) > 0);
        assert_string_equal(
            json_string_value(json_object_get(row, "time_unit")), "ns");
    }
}

static size_t count_rows(json_t *rows, const char *member)
{
    size_t n = 0, i;
    json_t *row;
    json_array_foreach(rows, i, row) n += json_object_get(row, member) != NULL;
    return n;
}

static void gbench_has_googles_fields(void **state)
{
    (void)state;
    static const char *const of_context[] = {"date",
                                             "host_name",
                                             "executable",
                                             "num_cpus",
                                             "mhz_per_cpu",
                                             "cpu_scaling_enabled",
                                             "aslr_enabled",
                                             "caches",
                                             "load_avg",
                                             "library_version",
                                             "library_build_type",
                                             "json_schema_version"};
    char *text = written(assay_report_gbench, 1, NULL);
    assert_null(strstr(text, "nan"));
    assert_null(strstr(text, "inf"));
    json_t *json = parsed(text), *rows = json_object_get(json, "benchmarks");
    json_t *context = json_object_get(json, "context"), *row;
    for (size_t i = 0; i < sizeof of_context / sizeof *of_context; i++)
        if (!json_object_get(context, of_context[i]))
            fail_msg("context lacks %s", of_context[i]);
    assert_int_equal(
        json_integer_value(json_object_get(
            json_array_get(json_object_get(context, "caches"), 1), "size")),
        1 << 20);
    size_t i;
    json_array_foreach(rows, i, row) check_row(row);
    /* 28 cases, 4 of them without a time; 4 aggregates for each other. */
    assert_int_equal(json_array_size(rows), 24 + 4 * 24);
    assert_int_equal(count_rows(rows, "real_time"), 24 + 4 * 24);
    json_t *others = json_object_get(json, "not_measured");
    json_array_foreach(others, i, row) check_row(row);
    assert_int_equal(json_array_size(others), 4);
    assert_int_equal(count_rows(others, "error_occurred"), 2);
    assert_int_equal(count_rows(others, "skipped"), 2);
    assert_int_equal(count_rows(rows, "items_per_second"), 21);
    assert_int_equal(count_rows(rows, "gflops"), 3);
    assert_int_equal(count_rows(rows, "accuracy"), 21);
    row = json_array_get(rows, 0);
    assert_string_equal(json_string_value(json_object_get(row, "name")),
                        "model/mlp/cpu/b1");
    assert_int_equal(json_integer_value(json_object_get(row, "iterations")),
                     200);
    assert_true(json_number_value(json_object_get(row, "real_time")) ==
                1.004 * 21000);
    assert_true(json_number_value(json_object_get(row, "cpu_time")) ==
                1.9 * 21000);
    json_decref(json);
    free(text);

    options.samples = true;
    text = written(assay_report_gbench, 1, NULL);
    options.samples = false;
    json = parsed(text);
    rows = json_object_get(json, "benchmarks");
    json_array_foreach(rows, i, row) check_row(row);
    assert_int_equal(json_array_size(rows), 24 * 204);
    json_decref(json);
    free(text);
}

static void markdown_escapes(void **state)
{
    (void)state;
    char *text = written(assay_report_markdown, 1, NULL);
    assert_null(strstr(text, "<img"));
    assert_null(strstr(text, "<b>"));
    assert_null(strstr(text, "</script"));
    assert_non_null(strstr(text, "&lt;/script&gt;"));
    assert_non_null(strstr(text, "On the front: mlp on cpu, batch 64"));
    assert_non_null(strstr(text, "462 more are needed"));
    /* Every row of a table has as many cells as its head. */
    size_t expected = 0, rows = 0;
    char *rest = text, *line;
    while ((line = strsep(&rest, "\n"))) {
        size_t bars = 0;
        if (*line != '|') {
            expected = 0;
            continue;
        }
        for (const char *at = line; *at; at++)
            bars += *at == '|' && (at == line || at[-1] != '\\');
        if (expected)
            assert_int_equal(bars, expected);
        expected = bars;
        rows++;
    }
    assert_true(rows > 50);
    free(text);
}

static void html_holds_data_that_cannot_end_it(void **state)
{
    (void)state;
    char *text = written(assay_report_html, 2, NULL);
    char *start = strstr(text, "id=\"data\">");
    assert_non_null(start);
    start += strlen("id=\"data\">");
    char *end = strstr(start, "</script>");
    assert_non_null(end);
    assert_null(strstr(text, "<img"));
    assert_null(strstr(text, "src=\""));
    assert_null(strstr(text, "<link rel=\"stylesheet"));
    *end = '\0';
    assert_null(strchr(start, '<'));
    assert_null(strstr(start, "\xE2\x80\xA8"));
    json_t *json = parsed(start);
    assert_int_equal(json_array_size(json_object_get(json, "records")),
                     2 * run->n_records);
    const char *note = json_string_value(json_object_get(
        json_object_get(json_array_get(json_object_get(json, "runs"), 0),
                        "labels"),
        "note"));
    assert_string_equal(note, "</script><img src=x onerror=alert(1)>\u2028");
    assert_int_equal(json_array_size(json_object_get(
                         json_object_get(json, "front"), "points")),
                     42);
    json_decref(json);
    free(text);
}

static void absent_is_never_zero(void **state)
{
    (void)state;
    const struct assay_run_data *runs[] = {run};
    for (size_t i = 0; i < run->n_records; i++) {
        struct assay_record *record = run->records[i];
        const char *name = assay_record_get_text(record, ASSAY_FIELD_case);
        assay_record_destroy(&run->records[i]);
        run->records[i] = assay_test_record("model", name ? "x" : "y", "ok");
    }
    for (size_t f = 0; f < assay_report_format_count; f++) {
        const struct assay_report_format *format = &assay_report_formats[f];
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);
        enum assay_status status = format->write(runs, 1, &options, out);
        fclose(out);
        if (!strcmp(format->name, "svg"))
            assert_true(status == ASSAY_INVALID);
        else
            assert_int_equal(status, ASSAY_OK);
        if (!strcmp(format->name, "csv"))
            assert_null(strstr(text, ",0"));
        if (!strcmp(format->name, "json"))
            assert_null(strstr(text, ": 0"));
        if (!strcmp(format->name, "gbench"))
            assert_null(strstr(text, "_time"));
        if (!strcmp(format->name, "markdown"))
            assert_null(strstr(text, "| 0"));
        free(text);
    }
}

static void values_for_people(void **state)
{
    (void)state;
    static const struct {
        const char *unit;
        double value;
        const char *text;
    } cases[] = {
        {"ns", 0, "0.000 ns"},
        {"ns", 1.234, "1.23 ns"},
        {"ns", 12345, "12.3 µs"},
        {"ns", 4.1e6, "4.10 ms"},
        {"ns", 9.87e12, "9870 s"},
        {"B", 12, "12 B"},
        {"B", 1536, "1.50 KiB"},
        {"B", 48234496, "46.0 MiB"},
        {"share", 0.9318, "93.18 %"},
        {"1/s", 47619, "47.6 k/s"},
        {"GFLOP/s", 88.4, "88.4 GFLOP/s"},
        {"", 3.1e-7, "3.10e-07"},
        {"", 0.07, "0.070"},
    };
    char text[32];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assay_units_text(cases[i].unit, cases[i].value, text, sizeof text);
        assert_string_equal(text, cases[i].text);
    }
}

static void words_tell_what_is_missing(void **state)
{
    (void)state;
    const struct assay_run_data *runs[] = {run};
    free(run->run.finished);
    run->run.finished = NULL;
    assay_record_text(run->records[0], ASSAY_FIELD_case, "renamed");
    json_t *sentences = assay_summary(runs, 1, &options);
    char *text = json_dumps(sentences, 0);
    assert_non_null(strstr(text, "24 ok, 1 crashed, 2 skipped, 1 wrong"));
    assert_non_null(strstr(text, "1 planned case has no record"));
    assert_non_null(strstr(text, "crashed: the worker was ended by signal 9"));
    assert_non_null(strstr(text, "and 1 more (skipped: left out by the suite"));
    free(text);
    json_decref(sentences);
}

static char path[64];

static void files_appear_whole(void **state)
{
    (void)state;
    const struct assay_run_data *runs[] = {run};
    const struct assay_report_format *format = NULL;
    char folder[] = "/tmp/assay-report-XXXXXX", command[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/r.gbench.json", folder);
    assert_int_equal(assay_report_format_guess(path, &format), ASSAY_OK);
    assert_string_equal(format->name, "gbench");
    snprintf(path, sizeof path, "%s/r.json", folder);
    assert_int_equal(assay_report_format_guess(path, &format), ASSAY_OK);
    assert_string_equal(format->name, "json");
    assert_int_equal(assay_report_format_guess("r.doc", &format),
                     ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "markdown, csv, json, gbench"));
    assert_int_equal(assay_report_format_find("xls", &format), ASSAY_INVALID);
    assert_int_equal(assay_report_format_find("csv", &format), ASSAY_OK);

    assert_int_equal(assay_report_write(format, runs, 1, &options, path),
                     ASSAY_OK);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_true(info.st_size > 5000);
    /* A writer that fails leaves the old file, and nothing beside it. */
    struct assay_run_data empty = {.run = {.id = 1}};
    const struct assay_run_data *none[] = {&empty};
    assert_int_equal(assay_report_format_find("svg", &format), ASSAY_OK);
    assert_int_equal(assay_report_write(format, none, 1, &options, path),
                     ASSAY_INVALID);
    struct stat after;
    assert_int_equal(stat(path, &after), 0);
    assert_true(after.st_size == info.st_size && after.st_ino == info.st_ino);
    snprintf(command, sizeof command, "test $(ls %s | wc -l) = 1", folder);
    assert_int_equal(system(command), 0);
    assert_int_equal(assay_report_write(&assay_report_formats[2], runs, 1,
                                        &options, "/dev/full"),
                     ASSAY_IO);
    assert_non_null(strstr(assay_message(), "No space left"));
    assert_int_equal(assay_report_write(&assay_report_formats[2], runs, 1,
                                        &options, "/nowhere/x.csv"),
                     ASSAY_IO);
    assert_non_null(strstr(assay_message(), "/nowhere/x.csv"));
    snprintf(command, sizeof command, "rm -rf %s", folder);
    assert_int_equal(system(command), 0);
}

static void gnuplot_draws_or_is_named(void **state)
{
    (void)state;
    const struct assay_run_data *runs[] = {run};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assay_record_text(run->records[0], ASSAY_FIELD_model,
                      "it's `id`\n$(id)\"; set output 'x'");
    enum assay_status status = assay_report_svg(runs, 1, &options, out);
    fclose(out);
    if (status == ASSAY_UNSUPPORTED)
        printf("svg not tried: %s\n", assay_message());
    else if (status != ASSAY_OK)
        fail_msg("%s", assay_message());
    else
        assert_true(strstr(text, "<svg") && strstr(text, "it's `id` $(id)"));
    free(text);

    char *old = strdup(getenv("PATH"));
    setenv("PATH", "/nowhere", 1);
    out = fopen("/dev/null", "w");
    assert_int_equal(assay_report_svg(runs, 1, &options, out),
                     ASSAY_UNSUPPORTED);
    assert_non_null(strstr(assay_message(), "gnuplot is not installed"));
    fclose(out);
    setenv("PATH", old, 1);
    free(old);
}

static int fill(const char *file)
{
    struct assay_store *store = NULL;
    struct assay_run_data *data = assay_test_run(0);
    enum assay_status status = assay_store_open(file, true, &store);
    if (status == ASSAY_OK)
        status = assay_store_begin(store, &data->run);
    for (size_t i = 0; status == ASSAY_OK && i < data->n_records; i++)
        status = assay_store_add(store, data->run.id, data->records[i]);
    if (status == ASSAY_OK)
        status = assay_store_finish(store, data->run.id);
    if (status != ASSAY_OK)
        fprintf(stderr, "%s\n", assay_message());
    assay_store_close(&store);
    assay_run_data_free(&data);
    return status != ASSAY_OK;
}

int main(int argc, char **argv)
{
    if (argc == 3 && !strcmp(argv[1], "fill"))
        return fill(argv[2]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(json_gives_every_record_back, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(csv_gives_every_record_back, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(gbench_has_googles_fields, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(markdown_escapes, setup, teardown),
        cmocka_unit_test_setup_teardown(html_holds_data_that_cannot_end_it,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(absent_is_never_zero, setup, teardown),
        cmocka_unit_test(values_for_people),
        cmocka_unit_test_setup_teardown(words_tell_what_is_missing, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(files_appear_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(gnuplot_draws_or_is_named, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
