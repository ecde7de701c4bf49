/* SPDX-License-Identifier: Apache-2.0
 *
 * harness/select.c: which cases a report is about, and that those left out are
 * still compared with.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/paired.h"
#include "harness/select.h"
#include "report_runs.h"
#include "reports/summary.h"
#include "reports/variants.h"

static struct assay_run_data *run;

static void add(const char *variant, const char *target, int batch)
{
    char name[80];
    snprintf(name, sizeof name, "cnn/%s/b%d/%s", variant, batch, target);
    struct assay_record *r = assay_test_record("model", name, "ok");
    assay_record_text(r, ASSAY_FIELD_model, "cnn");
    assay_record_text(r, ASSAY_FIELD_variant, variant);
    assay_record_text(r, ASSAY_FIELD_target, target);
    assay_record_int(r, ASSAY_FIELD_batch, batch);
    assay_record_real(r, ASSAY_FIELD_latency_ns_median, 100);
    assay_test_append(run, r);
}

static int setup(void **state)
{
    (void)state;
    run = calloc(1, sizeof *run);
    run->run.finished = strdup("2026-11-27T13:44:23Z");
    run->run.plan = strdup("[\"cnn/fp32/b1/cpu\",\"cnn/int8/b1/cpu\"]");
    add("fp32", "cpu", 1);
    add("int8", "cpu", 1);
    add("fp32", "opencl:0", 16);
    add("int8", "opencl:0", 16);
    add("int8", "opencl:1", 1);
    struct assay_record *kernel = assay_test_record("kernel", "dense", "ok");
    assay_record_text(kernel, ASSAY_FIELD_target, "cpu");
    assay_test_append(run, kernel);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    assay_run_data_free(&run);
    return 0;
}

/* The names of what is left, in order. */
static void leaves(const struct assay_selection *s, const char *want)
{
    char got[200] = "";
    if (assay_select(s, &run, 1) != ASSAY_OK)
        fail_msg("%s", assay_message());
    for (size_t i = 0; i < run->n_records; i++) {
        strcat(got, i ? " " : "");
        strcat(got, assay_record_get_text(run->records[i], ASSAY_FIELD_case));
    }
    assert_string_equal(got, want);
    assert_int_equal(run->n_records + run->n_hidden, 6);
}

static const int64_t one[] = {1}, both[] = {16, 1};

static void nothing_asked_leaves_all(void **state)
{
    (void)state;
    assert_int_equal(assay_select(&(struct assay_selection){0}, &run, 1),
                     ASSAY_OK);
    assert_true(run->n_records == 6 && run->n_hidden == 0);
    leaves(&(struct assay_selection){.batches = both, .n_batches = 2},
           "cnn/fp32/b1/cpu cnn/int8/b1/cpu cnn/fp32/b16/opencl:0 "
           "cnn/int8/b16/opencl:0 cnn/int8/b1/opencl:1 dense");
}

static void all_flags_must_hold(void **state)
{
    (void)state;
    leaves(&(struct assay_selection){.batches = one, .n_batches = 1},
           "cnn/fp32/b1/cpu cnn/int8/b1/cpu cnn/int8/b1/opencl:1 dense");
    leaves(&(struct assay_selection){.target = "opencl:1,cpu"},
           "cnn/fp32/b1/cpu cnn/int8/b1/cpu cnn/int8/b1/opencl:1 dense");
    leaves(&(struct assay_selection){.filter = "int8/"},
           "cnn/int8/b1/cpu cnn/int8/b1/opencl:1");
    leaves(&(struct assay_selection){.target = "opencl"},
           "cnn/int8/b1/opencl:1");
}

static void a_target_is_named_in_full_or_by_backend(void **state)
{
    (void)state;
    leaves(&(struct assay_selection){.target = "opencl"},
           "cnn/fp32/b16/opencl:0 cnn/int8/b16/opencl:0 cnn/int8/b1/opencl:1");
    leaves(&(struct assay_selection){.target = "vulkan,opencl:0"},
           "cnn/fp32/b16/opencl:0 cnn/int8/b16/opencl:0");
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    static const struct assay_selection bad[] = {
        {.target = "gpu"}, {.target = "cpu,"},   {.target = ""},
        {.filter = "("},   {.filter = "resnet"}, {.target = "vulkan"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        teardown(NULL);
        setup(NULL);
        assert_int_equal(assay_select(&bad[i], &run, 1), ASSAY_INVALID);
    }
    assert_non_null(strstr(assay_message(), "targets cpu, opencl:0, opencl:1 "
                                            "and batch sizes 1, 16"));
    /* A run without records has nothing to be left. */
    struct assay_run_data empty = {.n_records = 0}, *runs[] = {&empty};
    assert_int_equal(
        assay_select(&(struct assay_selection){.target = "cpu"}, runs, 1),
        ASSAY_OK);
    free(empty.records);
}

static void the_hidden_are_still_compared_with(void **state)
{
    (void)state;
    struct assay_variant *variants;
    size_t n, missing;
    leaves(&(struct assay_selection){.filter = "int8/b1/cpu"},
           "cnn/int8/b1/cpu");
    const struct assay_record *base = assay_paired_base(run, run->records[0]);
    assert_non_null(base);
    assert_string_equal(assay_record_get_text(base, ASSAY_FIELD_case),
                        "cnn/fp32/b1/cpu");
    assert_int_equal(assay_variants_find(run, &variants, &n), ASSAY_OK);
    assert_int_equal(n, 1);
    free(variants);
    assert_true(assay_run_complete(run, &missing) && missing == 0);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(nothing_asked_leaves_all),
        CASE(all_flags_must_hold),
        CASE(a_target_is_named_in_full_or_by_backend),
        CASE(what_cannot_be_is_refused),
        CASE(the_hidden_are_still_compared_with),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
