/* SPDX-License-Identifier: Apache-2.0
 *
 * reports/differences.c and accuracy.c: how much a variant's accuracy differs
 * from its fp32's, adjusted over a report, and what is said of it.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/stats.h"
#include "report_runs.h"
#include "reports/accuracy.h"
#include "reports/differences.h"

static struct assay_run_data *run;
static struct assay_differences all;

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
    assay_differences_free(&all);
    assay_run_data_free(&run);
    return 0;
}

/* p < 0: not tested. */
static struct assay_record *scored(const char *variant, const char *target,
                                   int b, int c, double p)
{
    char name[80];
    snprintf(name, sizeof name, "mlp/%s/b1/%s", variant, target);
    struct assay_record *r = assay_test_record("model", name, "ok");
    assay_record_text(r, ASSAY_FIELD_model, "mlp");
    assay_record_text(r, ASSAY_FIELD_variant, variant);
    assay_record_text(r, ASSAY_FIELD_target, target);
    assay_record_text(r, ASSAY_FIELD_dataset_crc32, "00000000");
    assay_record_real(r, ASSAY_FIELD_accuracy, 0.9);
    assay_record_int(r, ASSAY_FIELD_images, 10000);
    assay_record_int(r, ASSAY_FIELD_batch, 1);
    if (p >= 0) {
        assay_record_int(r, ASSAY_FIELD_mcnemar_b, b);
        assay_record_int(r, ASSAY_FIELD_mcnemar_c, c);
        assay_record_real(r, ASSAY_FIELD_mcnemar_p, p);
    }
    assay_test_append(run, r);
    return r;
}

static void find(void)
{
    const struct assay_run_data *runs[] = {run};
    assay_differences_free(&all);
    assert_int_equal(assay_differences_find(runs, 1, &all), ASSAY_OK);
}

static void near(double value, double want)
{
    if (!(fabs(value - want) < 1e-7))
        fail_msg("%.9g, not %.9g", value, want);
}

static void p_is_adjusted_over_the_report(void **state)
{
    (void)state;
    scored("fp32", "cpu", 0, 0, -1);
    scored("a", "cpu", 1, 10, 0.01);
    scored("b", "cpu", 2, 10, 0.04);
    scored("c", "cpu", 10, 3, 0.03);
    scored("d", "cpu", 1, 11, 0.005);
    /* The same score at another batch size, and the same test elsewhere. */
    scored("d", "cpu", 1, 11, 0.005);
    scored("d", "opencl:0", 1, 11, 0.005);
    find();
    assert_int_equal(all.n, 5);
    assert_int_equal(all.n_tests, 4);
    static const double want[] = {0.03, 0.06, 0.06, 0.02, 0.02};
    static const int signs[] = {-1, 0, 0, -1, -1};
    for (size_t i = 0; i < 5; i++) {
        near(all.list[i].adjusted, want[i]);
        assert_int_equal(assay_difference_sign(&all.list[i]), signs[i]);
    }
    assert_ptr_equal(assay_difference_of(&all, run, run->records[5]),
                     &all.list[3]);
    assert_null(assay_difference_of(&all, run, run->records[0]));
    /* Other images make it another test. */
    assay_record_int(run->records[6], ASSAY_FIELD_images, 1000);
    find();
    assert_int_equal(all.n_tests, 5);
    near(all.list[3].adjusted, 0.025);
}

/* 24 more wrong of 10000: (90.5 - 114.5) / 10002 ± 1.95996
 * sqrt(205 - 24^2 / 10002) / 10002, by hand. */
static void intervals_are_of_the_paired_difference(void **state)
{
    (void)state;
    struct assay_record *base = scored("fp32", "cpu", 0, 0, -1);
    scored("int8", "cpu", 90, 114, 0.107);
    find();
    near(all.list[0].change, -0.0024);
    near(all.list[0].low, -0.0052048);
    near(all.list[0].high, 0.00040577);
    /* If fp32 was scored on fewer, these are what both have seen. */
    assay_record_int(base, ASSAY_FIELD_images, 1000);
    find();
    assert_int_equal(all.list[0].images, 1000);
    near(all.list[0].change, -0.024);
}

static void differences_have_their_words(void **state)
{
    (void)state;
    static const struct {
        int b, c;
        double p;
        const char *want;
    } rows[] = {
        {62, 31, 0.0017127,
         "more accurate than mlp/fp32: +0.31 pp (+0.12 to +0.50), adjusted p = "
         "0.002"},
        {9, 90, 1e-17,
         "less accurate than mlp/fp32: -0.81 pp (-1.01 to -0.61), adjusted p < "
         "0.0001"},
        {3, 4, 1,
         "no difference from mlp/fp32 shown: between -0.07 and +0.05 pp, "
         "adjusted p = 1.00"},
        {0, 0, 1,
         "no difference from mlp/fp32 shown: between -0.02 and +0.02 pp, "
         "adjusted p = 1.00"},
        {40, 60, 0.0567,
         "no difference from mlp/fp32 shown: between -0.40 and +0.00 pp, "
         "adjusted p = 0.057"},
        {41, 60, 0.0497,
         "less accurate than mlp/fp32: -0.19 pp (-0.39 to +0.01), adjusted p = "
         "0.0497"},
        {41, 60, 0.049996,
         "less accurate than mlp/fp32: -0.19 pp (-0.39 to +0.01), adjusted p = "
         "0.049996"},
        {41, 60, 0.0502,
         "no difference from mlp/fp32 shown: between -0.39 and +0.01 pp, "
         "adjusted p = 0.050"},
        {1, 12, 0.00034,
         "less accurate than mlp/fp32: -0.11 pp (-0.18 to -0.04), adjusted p = "
         "0.0003"},
    };
    struct assay_record *r = scored("int8", "cpu", 0, 0, 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assay_record_int(r, ASSAY_FIELD_mcnemar_b, rows[i].b);
        assay_record_int(r, ASSAY_FIELD_mcnemar_c, rows[i].c);
        assay_record_real(r, ASSAY_FIELD_mcnemar_p, rows[i].p);
        find();
        char *text = assay_difference_text(&all.list[0]);
        assert_string_equal(text, rows[i].want);
        free(text);
    }
}

static void sentences_count_and_agree(void **state)
{
    (void)state;
    static const char *const want[] = {
        "Of 6 comparisons of a variant's accuracy with its fp32's, 1 is less "
        "accurate, 2 more, and of 3 no difference is shown, which does not "
        "mean that there is none: the intervals say how large it may be "
        "(McNemar's exact test, p below 0.05 after Holm's adjustment for 4 "
        "tests).",
        "At least 99.99 % of the images are classified as on cpu (2 of models "
        "on other targets, 1 of them with the same outputs bit for bit; the "
        "least: mlp int8 on vulkan:0)."};
    const uint16_t predictions[] = {1};
    scored("fp32", "cpu", 0, 0, -1);
    scored("int8", "cpu", 62, 31, 0.0017);
    scored("int8", "cpu", 62, 31, 0.0017);
    scored("half", "cpu", 5, 4, 1);
    scored("slim", "cpu", 10, 30, 0.002);
    scored("int8", "opencl:0", 62, 31, 0.0017);
    scored("int8", "vulkan:0", 36, 31, 0.6);
    scored("half", "opencl:0", 5, 4, 1);
    for (size_t i = 0; i < run->n_records; i++) {
        assay_record_text(run->records[i], ASSAY_FIELD_outputs_crc32,
                          i == 6 ? "1" : "2");
        assay_record_predictions(run->records[i], predictions, 1);
    }
    assay_record_real(run->records[5], ASSAY_FIELD_agreement_targets, 1);
    assay_record_real(run->records[6], ASSAY_FIELD_agreement_targets, 0.99996);
    const struct assay_run_data *runs[] = {run};
    json_t *sentences = json_array();
    assert_true(assay_accuracy_say(sentences, runs, 1));
    for (size_t i = 0; i < 2; i++)
        assert_string_equal(json_string_value(json_array_get(sentences, i)),
                            want[i]);
    assert_int_equal(json_array_size(sentences), 2);
    json_decref(sentences);
    json_t *told = assay_accuracy_to_json(runs, 1);
    assert_int_equal(json_array_size(told), 7);
    assert_true(json_is_null(json_object_get(json_array_get(told, 0), "text")));
    json_decref(told);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(p_is_adjusted_over_the_report),
        CASE(intervals_are_of_the_paired_difference),
        CASE(differences_have_their_words),
        CASE(sentences_count_and_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
