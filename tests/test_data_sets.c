/* SPDX-License-Identifier: Apache-2.0
 *
 * reports/: models that were scored on different data, side by side.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report_runs.h"
#include "reports/report.h"
#include "reports/summary.h"

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

static char *written(assay_report_writer *write)
{
    const struct assay_run_data *runs[] = {run};
    return assay_test_written(write, runs, 1, &options, NULL);
}

/* The cnn was scored on data of its own, the others on the same. */
static void score_on_two(void)
{
    for (size_t i = 0; i < 24; i++) {
        const bool own = i / 6 == 1;
        assay_record_text(run->records[i], ASSAY_FIELD_dataset,
                          own ? "my set" : "clothes");
        assay_record_text(run->records[i], ASSAY_FIELD_dataset_crc32,
                          own ? "aaaaaaaa" : "bbbbbbbb");
        if (own)
            assay_record_int(run->records[i], ASSAY_FIELD_images, 2000);
    }
}

static void each_data_set_is_told_of(void **state)
{
    (void)state;
    score_on_two();
    char *text = written(assay_report_summary);
    assert_non_null(strstr(text, "each of the 2 data sets has a front"));
    assert_non_null(strstr(text, "On the front of clothes: mlp on cpu"));
    assert_non_null(strstr(text, "On the front of my set: cnn on cpu"));
    assert_non_null(strstr(text, "points of my set are beaten"));
    assert_non_null(strstr(text, "The front of my set dominates"));
    assert_non_null(strstr(text, "4 points of clothes are not compared: the "
                                 "accuracy is over fewer than 10000 images."));
    assert_null(strstr(text, "points of my set are not compared"));
    free(text);
    text = written(assay_report_markdown);
    assert_non_null(strstr(text, "### All targets, clothes\n"));
    assert_non_null(strstr(text, "### All targets, my set\n"));
    assert_non_null(strstr(text, "### vulkan:0, my set\n"));
    free(text);
}

static void json_has_the_sets(void **state)
{
    (void)state;
    score_on_two();
    char *text = written(assay_report_json);
    json_t *json = json_loads(text, 0, NULL),
           *front = json_object_get(json, "front");
    const json_t *sets = json_object_get(front, "sets"), *point;
    size_t i;
    assert_int_equal(json_array_size(sets), 2);
    assert_string_equal(
        json_string_value(json_object_get(json_array_get(sets, 1), "name")),
        "my set");
    assert_int_equal(
        json_integer_value(json_object_get(json_array_get(sets, 1), "images")),
        2000);
    json_array_foreach(json_object_get(front, "points"), i, point)
    {
        const json_int_t at =
            json_integer_value(json_object_get(point, "record"));
        assert_int_equal(json_integer_value(json_object_get(point, "set")),
                         at / 6 == 1);
    }
    assert_int_equal(i, 21);
    json_decref(json);
    free(text);
}

static void without_accuracy_all_compare(void **state)
{
    (void)state;
    const struct assay_run_data *runs[] = {run};
    score_on_two();
    const struct assay_objective *const by_time = &assay_objectives[1];
    options.objectives = &by_time;
    options.n_objectives = 1;
    json_t *sentences = assay_summary(runs, 1, &options);
    options.objectives = objectives;
    char *text = json_dumps(sentences, 0);
    assert_non_null(strstr(text, "On the front: mlp on cpu, batch 64"));
    free(text);
    json_decref(sentences);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(each_data_set_is_told_of),
        CASE(json_has_the_sets),
        CASE(without_accuracy_all_compare),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
