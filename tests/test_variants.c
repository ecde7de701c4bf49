/* SPDX-License-Identifier: Apache-2.0
 *
 * reports/variants.c and accuracy.c: what is said of variants and of scores,
 * word by word.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/paired.h"
#include "report_runs.h"
#include "reports/accuracy.h"
#include "reports/choices.h"
#include "reports/report.h"
#include "reports/summary.h"
#include "reports/variant_table.h"

static struct assay_run_data *run;

/* Median with an interval of 1 % to both sides. */
static struct assay_record *add(const char *model, const char *variant,
                                const char *target, int batch, double ns,
                                int file, int weights)
{
    char name[200];
    snprintf(name, sizeof name, "%.50s/%.50s/b%d/%s", model, variant, batch,
             target);
    struct assay_record *r = assay_test_record("model", name, "ok");
    assay_record_text(r, ASSAY_FIELD_model, model);
    assay_record_text(r, ASSAY_FIELD_variant, variant);
    assay_record_text(r, ASSAY_FIELD_target, target);
    assay_record_int(r, ASSAY_FIELD_batch, batch);
    if (strcmp(target, "cpu") == 0)
        assay_record_int(r, ASSAY_FIELD_threads, 2);
    if (ns > 0) {
        assay_record_real(r, ASSAY_FIELD_latency_ns_median, ns);
        assay_record_real(r, ASSAY_FIELD_latency_ns_low, 0.99 * ns);
        assay_record_real(r, ASSAY_FIELD_latency_ns_high, 1.01 * ns);
    }
    if (file)
        assay_record_int(r, ASSAY_FIELD_model_bytes, file);
    if (weights)
        assay_record_int(r, ASSAY_FIELD_weights_bytes, weights);
    assay_test_append(run, r);
    return r;
}

static int setup(void **state)
{
    (void)state;
    run = calloc(1, sizeof *run);
    run->run.id = 7;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    assay_run_data_free(&run);
    return 0;
}

static void says(size_t at, const char *want)
{
    struct assay_variant *variants;
    size_t n;
    assert_int_equal(assay_variants_find(run, &variants, &n), ASSAY_OK);
    assert_true(at < n);
    char *text = assay_variant_text(&variants[at]);
    assert_string_equal(text, want);
    free(text);
    free(variants);
}

static void every_verdict_has_its_words(void **state)
{
    (void)state;
    add("cnn", "int8", "vulkan:0", 1, 1300, 1000, 1000);
    add("cnn", "fp32", "vulkan:0", 1, 1000, 3900, 3900);
    add("cnn", "half", "vulkan:0", 1, 500, 1950, 3900);
    add("cnn", "slim", "vulkan:0", 1, 1010, 3900, 3900);
    add("cnn", "wide", "vulkan:0", 1, 1300, 7800, 7800);
    add("cnn", "odd", "vulkan:0", 1, 10, 1000, 2000);
    add("cnn", "bare", "vulkan:0", 1, 1300, 0, 0);
    add("cnn", "sparse", "vulkan:0", 1, 800, 3900, 1000);
    add("cnn", "near", "vulkan:0", 1, 1075, 3900, 3900);
    says(0, "cnn int8 is slower than cnn fp32 on vulkan:0 at batch 1 (1.30x); "
            "file and memory 3.9x smaller");
    says(1, "cnn half is faster than cnn fp32 on vulkan:0 at batch 1 (2.0x); "
            "file 2.0x smaller, memory of the same size");
    says(2, "cnn slim is as fast as cnn fp32 within noise on vulkan:0 at batch "
            "1; file and memory of the same size");
    says(3, "cnn wide is slower than cnn fp32 on vulkan:0 at batch 1 (1.30x); "
            "file and memory 2.0x larger");
    says(4, "cnn odd is faster than cnn fp32 on vulkan:0 at batch 1 (100x); "
            "file 3.9x smaller, memory 1.95x smaller");
    says(5, "cnn bare is slower than cnn fp32 on vulkan:0 at batch 1 (1.30x)");
    says(6, "cnn sparse is faster than cnn fp32 on vulkan:0 at batch 1 "
            "(1.25x); file of the same size, memory 3.9x smaller");
    says(7, "cnn near against cnn fp32 on vulkan:0 at batch 1 (0.91x to 0.95x "
            "as fast): inconclusive at a limit of 8.9 %; file and "
            "memory of the same size");
}

/* Six comparisons: the limit is exp(2.9352 sqrt(2) 0.02) = 1.08656, and the
 * ratio of times, of medians t and 1000, lies within 0.99 t / 1010 and
 * 1.01 t / 990. */
static void the_limit_decides(void **state)
{
    (void)state;
    static const struct {
        double ns;
        enum assay_speed speed;
    } rows[] = {{1108, ASSAY_SPEED_INCONCLUSIVE}, {1109, ASSAY_SPEED_SLOWER},
                {939, ASSAY_SPEED_SAME},          {1065, ASSAY_SPEED_SAME},
                {903, ASSAY_SPEED_INCONCLUSIVE},  {902, ASSAY_SPEED_FASTER}};
    struct assay_variant *variants;
    size_t n;
    add("cnn", "fp32", "cpu", 1, 1000, 10, 10);
    for (size_t i = 0; i < 6; i++) {
        char name[8];
        snprintf(name, sizeof name, "v%zu", i);
        add("cnn", name, "cpu", 1, rows[i].ns, 10, 10);
    }
    assert_int_equal(assay_variants_find(run, &variants, &n), ASSAY_OK);
    assert_int_equal(n, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(variants[i].speed, rows[i].speed);
        assert_true(fabs(variants[i].limit - 1.0865635) < 1e-7);
        assert_true(fabs(variants[i].ratio - 1000 / rows[i].ns) < 1e-12);
        assert_true(variants[i].low < variants[i].ratio &&
                    variants[i].high > variants[i].ratio);
    }
    free(variants);
}

static struct assay_record *works(struct assay_record *r, const char *rows,
                                  double flop, const char *choices)
{
    assay_record_text(r, ASSAY_FIELD_impl, rows);
    assay_record_real(r, ASSAY_FIELD_flop, flop);
    if (choices)
        assay_record_text(r, ASSAY_FIELD_choices, choices);
    return r;
}

#define NO_KERNEL                                                              \
    "{\"layer\":\"a\",\"zeros\":0.5,\"runs\":\"dense\",\"reason\":\"there is " \
    "no "                                                                      \
    "sparse kernel for groups\"}"
#define TIMED(runs, dense, sparse)                                             \
    "{\"layer\":\"b\",\"zeros\":0.5,\"runs\":\"" runs                          \
    "\",\"format\":\"csr\",\"dense_ns\":" dense ",\"sparse_ns\":" sparse "}"

/* However much slower it was measured to be. */
static void same_kernels_are_as_fast(void **state)
{
    (void)state;
    works(add("cnn", "fp32", "cpu", 1, 1000, 10, 10), "x y", 100, NULL);
    works(add("cnn", "p50", "cpu", 1, 1500, 10, 10), "x y", 100,
          "[" NO_KERNEL "," NO_KERNEL "]");
    works(add("cnn", "share", "cpu", 1, 500, 10, 10), "x y", 100, NULL);
    works(add("cnn", "slow", "cpu", 1, 1500, 10, 10), "x z", 100, NULL);
    works(add("cnn", "more", "cpu", 1, 1500, 10, 10), "x y", 101, NULL);
    works(add("cnn", "big", "cpu", 1, 1500, 10, 11), "x y", 100, NULL);
    works(add("cnn", "odd", "cpu", 1, 1500, 10, 10), "x y", 100,
          "[" TIMED("sparse", "20", "10") "]");
    says(0, "cnn p50 runs the same kernels as cnn fp32 on cpu with 2 threads "
            "at batch 1: its zeros save no time on this target (runs dense: "
            "no sparse kernel for groups (2 layers)); file and memory of the "
            "same size");
    says(1, "cnn share runs the same kernels as cnn fp32 on cpu with 2 threads "
            "at batch 1; file and memory of the same size");
    says(2, "cnn slow is slower than cnn fp32 on cpu with 2 threads at batch 1 "
            "(1.50x); file and memory of the same size");
    says(3, "cnn more is slower than cnn fp32 on cpu with 2 threads at batch 1 "
            "(1.50x); file and memory of the same size");
    says(4, "cnn big is slower than cnn fp32 on cpu with 2 threads at batch 1 "
            "(1.50x); file of the same size, memory 1.10x larger");
    says(5, "cnn odd is slower than cnn fp32 on cpu with 2 threads at batch 1 "
            "(1.50x) (runs sparse in 1 of 1 layer with zeros, yet is slower as "
            "a whole); file and memory of the same size");
}

/* Waiting for the processor is not the variant's time; see test_compare.c. */
static void what_was_interrupted_convicts_nobody(void **state)
{
    (void)state;
    struct assay_record *slow[3];
    add("cnn", "fp32", "cpu", 1, 1000, 10, 10);
    for (size_t i = 0; i < 3; i++) {
        static const char *const names[] = {"a", "b", "c"};
        slow[i] = add("cnn", names[i], "cpu", 1, 9000, 10, 10);
        assay_record_int(slow[i], ASSAY_FIELD_samples, 100);
        assay_record_int(slow[i], ASSAY_FIELD_context_switches, i ? 26 : 25);
        assay_record_real(slow[i], ASSAY_FIELD_latency_ns_mean, 9000);
        assay_record_real(slow[i], ASSAY_FIELD_cpu_ns, i < 2 ? 9000 : 15000);
    }
    says(0, "cnn a is slower than cnn fp32 on cpu with 2 threads at batch 1 "
            "(9.0x); file and memory of the same size");
    says(1, "cnn b against cnn fp32 on cpu with 2 threads at batch 1 (0.11x to "
            "0.11x as fast) (interrupted by other programs): inconclusive at a "
            "limit of 8.0 %; file and memory of the same size");
    says(2, "cnn c is slower than cnn fp32 on cpu with 2 threads at batch 1 "
            "(9.0x); file and memory of the same size");
}

static void choices_have_their_words(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"[" NO_KERNEL "]",
         "runs dense: no sparse kernel for groups (1 layer)"},
        {"[" TIMED("dense", "10", "20") "," TIMED("dense", "10", "15") "]",
         "runs dense: sparse takes 1.50x to 2.00x as long (2 layers)"},
        {"[" TIMED("dense", "10", "9.9") "," NO_KERNEL "]",
         "runs dense: no sparse kernel for groups (1 layer), sparse takes "
         "0.99x "
         "as long (1 layer)"},
        {"[" TIMED("dense", "10", "20") "," TIMED("sparse", "20", "10") "]",
         "runs sparse in 1 of 2 layers with zeros"},
        {"[{}]", "runs dense: for a reason that was not recorded (1 layer)"},
        {"[]", NULL},
        {"{", NULL},
        {"[1,null]", NULL},
        {"{\"a\":[{}]}", NULL},
    };
    struct assay_record *r = add("cnn", "p50", "cpu", 1, 1000, 10, 10);
    assert_null(assay_choices_text(r));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assay_record_text(r, ASSAY_FIELD_choices, rows[i][0]);
        char *text = assay_choices_text(r);
        if (rows[i][1])
            assert_string_equal(text, rows[i][1]);
        else
            assert_null(text);
        free(text);
    }
}

static void only_the_same_place_is_compared(void **state)
{
    (void)state;
    struct assay_variant *variants;
    size_t n;
    add("cnn", "fp32", "cpu", 1, 1000, 10, 10);
    add("cnn", "int8", "cpu", 64, 1000, 10, 10);
    add("cnn", "int8", "vulkan:0", 1, 1000, 10, 10);
    add("mlp", "int8", "cpu", 1, 1000, 10, 10);
    add("cnn", "file", "cpu", 1, 1000, 10, 10);
    assay_record_int(add("cnn", "int8", "cpu", 1, 1000, 10, 10),
                     ASSAY_FIELD_threads, 1);
    assay_record_text(add("cnn", "int8", "cpu", 1, 1000, 10, 10),
                      ASSAY_FIELD_status, "wrong");
    add("cnn", "int8", "cpu", 1, 0, 10, 10);
    assert_int_equal(assay_variants_find(run, &variants, &n), ASSAY_OK);
    assert_int_equal(n, 0);
    free(variants);
    json_t *sentences = json_array();
    assert_true(assay_variants_say(sentences, run));
    assert_int_equal(json_array_size(sentences), 0);
    json_decref(sentences);
}

static void is_list(const json_t *sentences, const char *const *want, size_t n)
{
    for (size_t i = 0; i < n && i < json_array_size(sentences); i++)
        assert_string_equal(json_string_value(json_array_get(sentences, i)),
                            want[i]);
    assert_int_equal(json_array_size(sentences), n);
}

static void the_slower_are_told(void **state)
{
    (void)state;
    static const char *const want[] = {
        "Of 7 comparisons of a variant's time with its fp32's, 4 are faster, 2 "
        "slower and 1 the same (0 of them on the same kernels); a difference "
        "counts from 8.8 % on (as in assay compare: tolerance 5 %, noise from "
        "run to run 2 %).",
        "cnn slow is slower than cnn fp32 on cpu with 2 threads at batch 1 "
        "(2.0x) and 64 (3.0x); file and memory of the same size."};
    add("cnn", "fp32", "cpu", 1, 1000, 3900, 3900);
    add("cnn", "fp32", "cpu", 64, 9000, 3900, 3900);
    add("cnn", "int8", "cpu", 1, 500, 1000, 1000);
    add("cnn", "int8", "cpu", 64, 2250, 1000, 1000);
    add("cnn", "half", "cpu", 1, 1000, 3900, 3900);
    add("cnn", "half", "cpu", 64, 4500, 3900, 3900);
    add("cnn", "slow", "cpu", 1, 2000, 3900, 3900);
    add("cnn", "slow", "cpu", 64, 27000, 3900, 3900);
    add("cnn", "fp32", "vulkan:0", 1, 1000, 3900, 3900);
    add("cnn", "int8", "vulkan:0", 1, 200, 1000, 1000);
    json_t *sentences = json_array();
    assert_true(assay_variants_say(sentences, run));
    is_list(sentences, want, sizeof want / sizeof *want);
    json_decref(sentences);
}

static void json_has_every_variant(void **state)
{
    (void)state;
    add("cnn", "fp32", "cpu", 1, 1000, 3900, 3900);
    add("cnn", "int8", "cpu", 1, 500, 1000, 0);
    const struct assay_run_data *runs[] = {run, run};
    json_t *list = assay_variants_to_json(runs, 2);
    assert_int_equal(json_array_size(list), 2);
    const json_t *v = json_array_get(list, 1);
    assert_int_equal(json_integer_value(json_object_get(v, "run")), 7);
    assert_string_equal(json_string_value(json_object_get(v, "case")),
                        "cnn/int8/b1/cpu");
    assert_string_equal(json_string_value(json_object_get(v, "base")),
                        "cnn/fp32/b1/cpu");
    assert_string_equal(json_string_value(json_object_get(v, "speed")),
                        "faster");
    assert_true(json_real_value(json_object_get(v, "ratio")) == 2);
    assert_true(json_real_value(json_object_get(v, "file_ratio")) == 3.9);
    assert_true(json_is_null(json_object_get(v, "weights_ratio")));
    json_decref(list);
}

static struct assay_record *scored(const char *variant, const char *target)
{
    struct assay_record *r = add("mlp", variant, target, 1, 1000, 10, 10);
    assay_record_real(r, ASSAY_FIELD_accuracy, 0.9);
    assay_record_text(r, ASSAY_FIELD_dataset_crc32, "00000000");
    return r;
}

static void set(struct assay_record *r, enum assay_field field,
                const char *text)
{
    json_t *json = json_loads(text, 0, NULL);
    assert_non_null(json);
    assay_record_json(r, field, json);
    json_decref(json);
}

/* (Inlined, GCC 12 takes what open_memstream allocates for a local.) */
__attribute__((noinline)) static char *markdown(void)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assay_accuracy_markdown(out, run);
    const struct assay_run_data *runs[] = {run};
    struct assay_differences none;
    assert_int_equal(assay_differences_find(runs, 1, &none), ASSAY_OK);
    assert_int_equal(assay_variant_table_markdown(out, run, &none), ASSAY_OK);
    assay_differences_free(&none);
    fclose(out);
    return text;
}

/* Medians far apart say nothing where either has no interval. */
static void few_samples_decide_nothing(void **state)
{
    (void)state;
    static const char *const want[] = {
        "Of 3 comparisons of a variant's time with its fp32's, 0 are faster, 0 "
        "slower and 1 the same (0 of them on the same kernels); 2 have too few "
        "samples to tell; a difference counts from 6.8 % on (as in assay "
        "compare: tolerance 5 %, noise from run to run 2 %)."};
    struct assay_record *few[2];
    few[0] = add("cnn", "fp32", "cpu", 1, 1000, 3900, 3900);
    add("cnn", "int8", "cpu", 1, 100, 1000, 1000);
    few[1] = add("cnn", "int8", "cpu", 64, 9000, 1000, 1000);
    add("cnn", "fp32", "cpu", 64, 1000, 3900, 3900);
    add("cnn", "half", "cpu", 64, 1000, 3900, 3900);
    for (size_t i = 0; i < 2; i++) {
        few[i]->fields[ASSAY_FIELD_latency_ns_low].present = false;
        few[i]->fields[ASSAY_FIELD_latency_ns_high].present = false;
    }
    json_t *sentences = json_array();
    assert_true(assay_variants_say(sentences, run));
    is_list(sentences, want, sizeof want / sizeof *want);
    json_decref(sentences);
    char *text = markdown();
    assert_non_null(
        strstr(text, "; too few samples to time; smaller file and memory |"));
    free(text);
    const struct assay_run_data *runs[] = {run};
    json_t *list = assay_variants_to_json(runs, 1);
    assert_int_equal(json_array_size(list), 3);
    const json_t *v = json_array_get(list, 0);
    assert_string_equal(json_string_value(json_object_get(v, "speed")),
                        "unknown");
    assert_true(json_is_null(json_object_get(v, "ratio_low")));
    json_decref(list);
}

static void markdown_has_the_matrix_once(void **state)
{
    (void)state;
    static const char classes[] =
        "[{\"class\":0,\"images\":3,\"predicted\":2,\"precision\":1.0,"
        "\"recall\":0.6667,\"f1\":0.8},{\"class\":1,\"images\":0,"
        "\"predicted\":1,\"precision\":0.0,\"recall\":null,\"f1\":0.0}]";
    static const char *const targets[] = {"cpu", "opencl:0", "vulkan:0"};
    for (size_t i = 0; i < 3; i++) {
        struct assay_record *r = scored("fp32", targets[i]);
        set(r, ASSAY_FIELD_per_class, classes);
        set(r, ASSAY_FIELD_confusion,
            i < 2 ? "[[2,1],[0,0]]" : "[[1,2],[0,0]]");
    }
    /* Other threads, which make it a score of its own, but no other target. */
    struct assay_record *alone = scored("fp32", "cpu");
    assay_record_int(alone, ASSAY_FIELD_threads, 1);
    set(alone, ASSAY_FIELD_per_class, classes);
    set(alone, ASSAY_FIELD_confusion, "[[2,1],[0,0]]");
    scored("int8", "cpu");
    char *text = markdown();
    assert_non_null(strstr(text, "| mlp | fp32 | cpu | 1 |"));
    assert_non_null(
        strstr(text, "<summary>mlp fp32 on cpu, opencl:0: by class</summary>"));
    assert_non_null(
        strstr(text, "<summary>mlp fp32 on vulkan:0: by class</summary>"));
    assert_non_null(
        strstr(text, "| 0 | 3 | 2 | 100.00 % | 66.67 % | 80.00 % |"));
    assert_non_null(strstr(text, "| 1 | 0 | 1 | 0.00 % | – | 0.00 % |"));
    assert_non_null(strstr(text, "|  | 0 | 1 |\n|--:|--:|--:|\n| **0** | 2 | "
                                 "1 |\n| **1** | 0 | 0 |\n"));
    assert_non_null(strstr(text, "| mlp | int8 | cpu | 2 | – | – | 100 % | "
                                 "10 B (100 %) | 10 B (100 %) | accuracy not "
                                 "compared; as fast; same file and memory |"));
    free(text);
}

/* JSON that is no table, as a damaged store may have it, and names that are
 * markup. */
static void what_is_no_table_is_survived(void **state)
{
    (void)state;
    static const char *const odd[] = {
        "{}",          "[]",     "[1,2]",  "[[1],[2,3]]", "[[-1,\"a\"],null]",
        "[{\"a\":1}]", "[[[]]]", "[null]", "{\"0\":[1]}"};
    struct assay_report_options options = {0};
    const struct assay_objective *objectives[2];
    options.objectives = objectives;
    assert_int_equal(assay_objectives_parse("accuracy,latency", objectives,
                                            &options.n_objectives),
                     ASSAY_OK);
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        struct assay_record *r =
            add(HOSTILE, i ? "int8" : "fp32", "<b>", 1, 1000, 10, 10);
        assay_record_real(r, ASSAY_FIELD_accuracy, 0.5);
        assay_record_text(r, ASSAY_FIELD_dataset_crc32, odd[i]);
        set(r, ASSAY_FIELD_confusion, odd[i]);
        set(r, ASSAY_FIELD_per_class, odd[i]);
    }
    char *text = markdown();
    assert_null(strstr(text, "<img"));
    assert_null(strstr(text, "<b>"));
    free(text);
    const struct assay_run_data *runs[] = {run};
    for (size_t i = 0; i < assay_report_format_count; i++) {
        const struct assay_report_format *f = &assay_report_formats[i];
        if (strcmp(f->name, "svg") == 0)
            continue;
        size_t size;
        FILE *out = open_memstream(&text, &size);
        assert_int_equal(f->write(runs, 1, &options, out), ASSAY_OK);
        fclose(out);
        assert_true(size > 0);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_verdict_has_its_words, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_limit_decides, setup, teardown),
        cmocka_unit_test_setup_teardown(same_kernels_are_as_fast, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_was_interrupted_convicts_nobody,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(choices_have_their_words, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(only_the_same_place_is_compared, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_slower_are_told, setup, teardown),
        cmocka_unit_test_setup_teardown(json_has_every_variant, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(few_samples_decide_nothing, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(markdown_has_the_matrix_once, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_is_no_table_is_survived, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
