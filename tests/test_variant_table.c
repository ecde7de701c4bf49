/* SPDX-License-Identifier: Apache-2.0
 *
 * reports/variant_table.c: rows, cells and verdicts, as text, Markdown and
 * JSON.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report_runs.h"
#include "reports/accuracy.h"
#include "reports/variant_table.h"

static struct assay_run_data *run;
static struct assay_differences differences;
static struct assay_variant_table table;

/* Median with an interval of 1 % to both sides. */
static struct assay_record *add(const char *variant, const char *target,
                                int batch, double ns, int file, int weights)
{
    char name[100];
    snprintf(name, sizeof name, "cnn/%s/b%d/%s", variant, batch, target);
    struct assay_record *r = assay_test_record("model", name, "ok");
    assay_record_text(r, ASSAY_FIELD_model, "cnn");
    assay_record_text(r, ASSAY_FIELD_variant, variant);
    assay_record_text(r, ASSAY_FIELD_target, target);
    assay_record_int(r, ASSAY_FIELD_batch, batch);
    assay_record_real(r, ASSAY_FIELD_latency_ns_median, ns);
    assay_record_real(r, ASSAY_FIELD_latency_ns_low, 0.99 * ns);
    assay_record_real(r, ASSAY_FIELD_latency_ns_high, 1.01 * ns);
    if (file)
        assay_record_int(r, ASSAY_FIELD_model_bytes, file);
    assay_record_int(r, ASSAY_FIELD_weights_bytes, weights);
    assay_test_append(run, r);
    return r;
}

static void score(struct assay_record *r, int better, int worse, double p)
{
    assay_record_real(r, ASSAY_FIELD_accuracy, 0.9);
    assay_record_int(r, ASSAY_FIELD_images, 10000);
    assay_record_int(r, ASSAY_FIELD_mcnemar_b, better);
    assay_record_int(r, ASSAY_FIELD_mcnemar_c, worse);
    assay_record_real(r, ASSAY_FIELD_mcnemar_p, p);
}

/* fp32; one that is better at all, one that is slower at large batches, and one
 * on the same kernels; and one on a second target, at one batch size. */
static int setup(void **state)
{
    static const char choices[] =
        "[{\"layer\":\"a\",\"zeros\":0.5,\"runs\":\"dense\",\"reason\":\"there "
        "is no sparse kernel for groups\"}]";
    (void)state;
    run = calloc(1, sizeof *run);
    run->run.id = 7;
    add("fp32", "cpu", 64, 1000, 4096, 4000);
    add("fp32", "cpu", 1, 100, 4096, 4000);
    score(add("int8", "cpu", 64, 500, 1024, 1000), 5, 25, 0.0003);
    score(add("int8", "cpu", 1, 25, 1024, 1000), 5, 25, 0.0003);
    score(add("half", "cpu", 1, 100, 2048, 4000), 10, 20, 0.0987);
    score(add("half", "cpu", 64, 1500, 2048, 4000), 10, 20, 0.0987);
    assay_record_text(add("p50", "cpu", 1, 120, 4096, 4000),
                      ASSAY_FIELD_choices, choices);
    add("p50", "cpu", 64, 900, 4096, 4000);
    add("fp32", "vulkan:0", 1, 100, 0, 4000);
    add("int8", "vulkan:0", 1, 1000, 0, 400);
    for (size_t i = 0; i < run->n_records; i++) {
        const bool dense = i < 2 || i == 6 || i == 7;
        assay_record_text(run->records[i], ASSAY_FIELD_impl, dense ? "x" : "y");
        assay_record_real(run->records[i], ASSAY_FIELD_flop, 10);
    }
    assay_record_text(run->records[8], ASSAY_FIELD_impl, "x");
    const struct assay_run_data *runs[] = {run};
    return assay_differences_find(runs, 1, &differences) ||
           assay_variant_table_make(run, &differences, &table);
}

static int teardown(void **state)
{
    (void)state;
    assay_variant_table_free(&table);
    assay_differences_free(&differences);
    assay_run_data_free(&run);
    return 0;
}

static void a_row_has_all_batches(void **state)
{
    (void)state;
    static const char *const names[] = {"int8", "half", "p50", "int8"};
    static const size_t sizes[] = {2, 2, 2, 1};
    assert_int_equal(table.n, 4);
    assert_int_equal(table.n_batches, 2);
    assert_true(table.batches[0] == 1 && table.batches[1] == 64);
    for (size_t i = 0; i < 4; i++) {
        const struct assay_variant_row *row = &table.rows[i];
        assert_int_equal(row->n, sizes[i]);
        for (size_t k = 0; k < row->n; k++) {
            const struct assay_record *r = row->variants[k].variant;
            assert_string_equal(assay_record_get_text(r, ASSAY_FIELD_variant),
                                names[i]);
            assert_true(r->fields[ASSAY_FIELD_batch].integer ==
                        table.batches[k]);
        }
    }
    assert_true(table.rows[0].difference && table.rows[1].difference);
    assert_null(table.rows[2].difference);
}

static void verdicts_have_their_words(void **state)
{
    (void)state;
    static const char *const want[] = {
        "less accurate; faster; smaller file and memory",
        "no difference in accuracy shown, a loss of up to 0.21 pp possible; as "
        "fast at batch 1, slower at batch 64; smaller file, same memory",
        "accuracy not compared; runs the same kernels as fp32: its zeros save "
        "no time on this target (runs dense: no sparse kernel for groups (1 "
        "layer)); same file and memory",
        "accuracy not compared; slower; smaller memory"};
    for (size_t i = 0; i < 4; i++) {
        char *text = assay_variant_verdict(&table.rows[i]);
        assert_string_equal(text, want[i]);
        free(text);
    }
}

/* (Inlined, GCC 12 takes what open_memstream allocates for a local.) */
__attribute__((noinline)) static char *
    written(enum assay_status (*write)(FILE *, const struct assay_run_data *,
                                       const struct assay_differences *))
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(write(out, run, &differences), ASSAY_OK);
    fclose(out);
    return text;
}

static void has(const char *text, const char *line)
{
    if (!text || !strstr(text, line))
        fail_msg("no '%s' in:\n%s", line, text ? text : "");
}

static void tables_have_shares_of_fp32(void **state)
{
    (void)state;
    char *text = written(assay_variant_table_markdown);
    has(text, "| model | variant | target | threads | accuracy (95 % interval) "
              "| adjusted p | time at batch 1 | time at batch 64 | file | "
              "memory | verdict |\n");
    has(text, "## Variants against fp32, run ");
    has(text, "in percent of what fp32 takes");
    has(text, "| cnn | int8 | cpu | – | -0.20 pp (-0.31 to -0.09) | 0.0006 | "
              "25 % | 50 % | 1.00 KiB (25 %) | 1000 B (25 %) | less accurate;");
    has(text, "| cnn | half | cpu | – | -0.10 pp (-0.21 to +0.01) | 0.099 | "
              "100 % | 150 % | 2.00 KiB (50 %) | 3.91 KiB (100 %) | no ");
    has(text, "| cnn | int8 | vulkan:0 | – | – | – | 1000 % | – | – | 400 B "
              "(10 %) | accuracy not compared; slower;");
    free(text);
    text = written(assay_variant_table_text);
    has(text, "model  variant  target    threads  accuracy (95 % interval)   "
              "adjusted p      b1    b64   file  memory  verdict\n");
    has(text, "cnn    int8     cpu       –        -0.20 pp (-0.31 to -0.09)  "
              "    0.0006    25 %   50 %   25 %    25 %  less accurate; ");
    has(text, "cnn    int8     vulkan:0  –        –                          "
              "         –  1000 %      –      –    10 %  accuracy not ");
    free(text);
}

/* A model that was quantized before its variants were made. */
static void a_base_has_its_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < run->n_records; i++)
        if (!strcmp(assay_record_get_text(run->records[i], ASSAY_FIELD_variant),
                    "fp32"))
            assay_record_text(run->records[i], ASSAY_FIELD_variant, "original");
    char *text = written(assay_variant_table_markdown);
    has(text, "## Variants against their bases, run ");
    has(text, "the variant's less its base's, in percentage points");
    has(text, "in percent of what the base takes");
    has(text, "runs the same kernels as original");
    assert_null(strstr(text, "fp32"));
    free(text);
    text = written(assay_variant_table_text);
    has(text, "\nVariants against their bases, run ");
    assert_null(strstr(text, "fp32"));
    free(text);
    const struct assay_run_data *runs[] = {run};
    json_t *sentences = json_array();
    assert_true(assay_accuracy_say(sentences, runs, 1));
    assert_true(assay_variants_say(sentences, run));
    text = json_dumps(sentences, 0);
    has(text, "of a variant's accuracy with its base's, ");
    has(text, "of a variant's time with its base's, ");
    assert_null(strstr(text, "fp32"));
    free(text);
    json_decref(sentences);
    sentences = assay_accuracy_to_json(runs, 1);
    text = json_dumps(sentences, 0);
    has(text, "less accurate than cnn/original: ");
    has(text, "no difference from cnn/original shown: ");
    assert_null(strstr(text, "cnn/fp32:"));
    free(text);
    json_decref(sentences);
}

static double number(const json_t *json, const char *name)
{
    const json_t *value = json_object_get(json, name);
    if (!json_is_number(value))
        fail_msg("%s is no number", name);
    return json_number_value(value);
}

static void json_has_the_numbers(void **state)
{
    (void)state;
    const struct assay_run_data *runs[] = {run};
    json_t *list = assay_variant_rows_to_json(runs, 1);
    assert_int_equal(json_array_size(list), 4);
    const json_t *row = json_array_get(list, 0);
    assert_string_equal(json_string_value(json_object_get(row, "case")),
                        "cnn/int8/b1/cpu");
    assert_true(fabs(number(row, "accuracy_change") + 0.002) < 1e-12);
    assert_true(number(row, "accuracy_change_low") < -0.003);
    assert_true(number(row, "accuracy_change_high") < 0);
    assert_true(number(row, "p") == 0.0003);
    assert_true(number(row, "p_adjusted") == 0.0006);
    assert_true(number(row, "file_share") == 0.25);
    const json_t *time = json_array_get(json_object_get(row, "times"), 1);
    assert_true(number(time, "batch") == 64 && number(time, "share") == 0.5);
    assert_string_equal(json_string_value(json_object_get(time, "speed")),
                        "faster");
    row = json_array_get(list, 3);
    assert_true(json_is_null(json_object_get(row, "p_adjusted")));
    assert_true(json_is_null(json_object_get(row, "file_share")));
    assert_true(json_is_string(json_object_get(row, "accuracy_reason")));
    json_decref(list);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_row_has_all_batches),      CASE(verdicts_have_their_words),
        CASE(tables_have_shares_of_fp32), CASE(a_base_has_its_name),
        CASE(json_has_the_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
