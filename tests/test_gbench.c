/* SPDX-License-Identifier: Apache-2.0
 *
 * The C API of Google Benchmark, used alone as its header shows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "harness/gbench.h"

struct seen {
    size_t repetitions, aggregates, errors;
    int64_t iterations;
    double real_seconds;
    char name[64], error[64];
};

static void see(const struct assay_gbench_result *result, void *user)
{
    struct seen *seen = user;
    if (result->error) {
        seen->errors++;
        strncpy(seen->error, result->error, sizeof seen->error - 1);
    } else if (result->aggregate) {
        seen->aggregates++;
    } else {
        seen->repetitions++;
        seen->iterations = result->iterations;
        seen->real_seconds = result->real_seconds;
        strncpy(seen->name, result->name, sizeof seen->name - 1);
    }
}

static void counted(struct assay_gbench_state *state, void *user)
{
    int64_t *calls = user;
    while (assay_gbench_next(state))
        ++*calls;
    assay_gbench_counter(state, "items", 7, ASSAY_GBENCH_PLAIN);
    assay_gbench_label(state, "a label");
}

static void manual(struct assay_gbench_state *state, void *user)
{
    (void)user;
    while (assay_gbench_next(state))
        assay_gbench_time(state, 0.25);
}

static void broken(struct assay_gbench_state *state, void *user)
{
    (void)user;
    while (assay_gbench_next(state)) {
        assay_gbench_skip(state, "no such luck");
        return;
    }
}

static void runs_what_was_asked(void **unused)
{
    (void)unused;
    int64_t calls = 0;
    struct seen seen = {0};
    assay_gbench_register(
        "counted", counted, &calls,
        &(struct assay_gbench_options){.iterations = 10, .repetitions = 3});
    assert_int_equal(assay_gbench_run(NULL, see, &seen), 1);
    assay_gbench_clear();
    assert_int_equal(calls, 30);
    assert_int_equal(seen.repetitions, 3);
    assert_true(seen.aggregates >= 3);
    assert_int_equal(seen.iterations, 10);
    assert_non_null(strstr(seen.name, "counted"));
}

static void manual_time_is_the_time(void **unused)
{
    (void)unused;
    struct seen seen = {0};
    assay_gbench_register(
        "manual", manual, NULL,
        &(struct assay_gbench_options){.iterations = 4, .manual_time = true});
    assay_gbench_run(NULL, see, &seen);
    assay_gbench_clear();
    assert_true(seen.real_seconds > 0.2499 && seen.real_seconds < 0.2501);
}

static void an_error_is_reported(void **unused)
{
    (void)unused;
    struct seen seen = {0};
    assay_gbench_register("broken", broken, NULL, NULL);
    assay_gbench_run(NULL, see, &seen);
    assay_gbench_clear();
    assert_int_equal(seen.errors, 1);
    assert_string_equal(seen.error, "no such luck");
}

static void filters_and_clears(void **unused)
{
    (void)unused;
    int64_t a = 0, b = 0;
    struct seen seen = {0};
    const struct assay_gbench_options once = {.iterations = 1};
    assay_gbench_register("first", counted, &a, &once);
    assay_gbench_register("second", counted, &b, &once);
    assert_int_equal(assay_gbench_run("sec", see, &seen), 1);
    assert_int_equal(a, 0);
    assert_int_equal(b, 1);
    assay_gbench_clear();
    assert_null(assay_gbench_run_json(NULL));
}

static void writes_the_librarys_json(void **unused)
{
    (void)unused;
    int64_t calls = 0;
    assay_gbench_register("json", counted, &calls,
                          &(struct assay_gbench_options){.iterations = 5});
    char *text = assay_gbench_run_json(NULL);
    assay_gbench_clear();
    assert_non_null(text);
    json_error_t error;
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    assert_non_null(json);
    const json_t *list = json_object_get(json, "benchmarks");
    assert_int_equal(json_array_size(list), 1);
    const json_t *row = json_array_get(list, 0);
    assert_int_equal(json_integer_value(json_object_get(row, "iterations")), 5);
    assert_true(json_number_value(json_object_get(row, "items")) == 7);
    assert_string_equal(json_string_value(json_object_get(row, "label")),
                        "a label");
    assert_non_null(json_object_get(json, "context"));
    json_decref(json);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_what_was_asked),
        cmocka_unit_test(manual_time_is_the_time),
        cmocka_unit_test(an_error_is_reported),
        cmocka_unit_test(filters_and_clears),
        cmocka_unit_test(writes_the_librarys_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
