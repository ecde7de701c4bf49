/* SPDX-License-Identifier: Apache-2.0
 *
 * reports/pareto.c: fronts, ties, noise and the hypervolume.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report_runs.h"
#include "reports/pareto.h"
#include "reports/variants.h"

static struct assay_run_data data;
static struct assay_front front;
static const struct assay_objective *chosen[ASSAY_OBJECTIVES_MAX];
static size_t n_chosen;

static int setup(void **state)
{
    (void)state;
    data = (struct assay_run_data){.run = {.id = 1}};
    return assay_objectives_parse("accuracy,latency", chosen, &n_chosen);
}

static int teardown(void **state)
{
    (void)state;
    assay_front_free(&front);
    for (size_t i = 0; i < data.n_records; i++)
        assay_record_destroy(&data.records[i]);
    free(data.records);
    return 0;
}

static struct assay_record *add(const char *name, const char *target,
                                double accuracy, double half, double latency,
                                double spread)
{
    struct assay_record *r = assay_test_record("model", name, "ok");
    assay_record_text(r, ASSAY_FIELD_target, target);
    assay_record_int(r, ASSAY_FIELD_batch, 1);
    assay_record_real(r, ASSAY_FIELD_accuracy, accuracy);
    assay_record_real(r, ASSAY_FIELD_accuracy_low, accuracy - half);
    assay_record_real(r, ASSAY_FIELD_accuracy_high, accuracy + half);
    assay_record_real(r, ASSAY_FIELD_latency_ns_median, latency);
    assay_record_real(r, ASSAY_FIELD_latency_ns_low, latency - spread);
    assay_record_real(r, ASSAY_FIELD_latency_ns_high, latency + spread);
    assay_test_append(&data, r);
    return r;
}

static void compute(const char *target)
{
    const struct assay_run_data *runs[] = {&data};
    assay_front_free(&front);
    assert_int_equal(
        assay_front_compute(runs, 1, chosen, n_chosen, target, &front),
        ASSAY_OK);
}

static const struct assay_point *point(const char *name)
{
    for (size_t i = 0; i < front.n; i++)
        if (!strcmp(
                assay_record_get_text(front.points[i].record, ASSAY_FIELD_case),
                name))
            return &front.points[i];
    fail_msg("no point %s", name);
    return NULL;
}

static const char *name_at(size_t i)
{
    return i == ASSAY_NO_POINT ? "-"
                               : assay_record_get_text(front.points[i].record,
                                                       ASSAY_FIELD_case);
}

static void clear_cases(void **state)
{
    (void)state;
    add("slow", "cpu", 0.95, 0, 900, 1);
    add("fast", "cpu", 0.80, 0, 10, 1);
    add("middle", "cpu", 0.90, 0, 100, 1);
    add("beaten", "gpu", 0.85, 0, 200, 1);
    compute(NULL);
    assert_int_equal(front.n, 4);
    assert_int_equal(front.n_front, 3);
    assert_string_equal(name_at(0), "slow"); /* the most accurate first */
    assert_string_equal(name_at(point("beaten")->beaten_by), "middle");
    assert_string_equal(name_at(point("beaten")->noise_of), "-");
    assert_string_equal(name_at(point("middle")->noise_of), "-");
    compute("gpu");
    assert_true(front.n == 1 && front.n_front == 1);
    compute("tpu");
    assert_true(front.n == 0 && front.n_front == 0);
}

static void ties_stay_on_the_front(void **state)
{
    (void)state;
    add("a", "cpu", 0.9, 0, 100, 0);
    add("b", "cpu", 0.9, 0, 100, 0);
    add("same accuracy, slower", "cpu", 0.9, 0, 120, 0);
    add("same time, worse", "cpu", 0.89, 0, 100, 0);
    compute(NULL);
    assert_int_equal(front.n_front, 2);
    assert_true(point("a")->front && point("b")->front);
    assert_string_equal(name_at(point("a")->noise_of), "-");
    assert_string_equal(name_at(point("b")->noise_of), "a");
    assert_string_equal(name_at(point("same accuracy, slower")->noise_of), "-");
    assert_string_equal(name_at(point("same time, worse")->beaten_by), "a");
}

static void subsets_are_not_compared(void **state)
{
    (void)state;
    assay_record_int(add("all", "cpu", 0.90, 0, 100, 1), ASSAY_FIELD_images,
                     10000);
    assay_record_int(add("lucky", "gpu", 0.95, 0, 50, 1), ASSAY_FIELD_images,
                     1000);
    assay_record_int(add("slower", "cpu", 0.89, 0, 200, 1), ASSAY_FIELD_images,
                     10000);
    compute(NULL);
    assert_int_equal(front.n_front, 1);
    assert_int_equal(front.n_subset, 1);
    assert_int_equal(front.sets[0].images, 10000);
    assert_true(point("all")->front && point("lucky")->subset);
    assert_string_equal(name_at(point("slower")->beaten_by), "all");
    assert_string_equal(name_at(point("all")->noise_of), "-");
    /* Among its like it is compared. */
    compute("gpu");
    assert_true(front.n_front == 1 && front.n_subset == 0);
}

static void noise_is_not_dominance(void **state)
{
    (void)state;
    /* A beats B by less than the intervals of both objectives. */
    add("A", "cpu", 0.902, 0.005, 100, 5);
    add("B", "cpu", 0.900, 0.005, 104, 5);
    /* C is slower than A for sure, and better within noise only. */
    add("C", "cpu", 0.903, 0.005, 300, 5);
    /* D is worse than all of them for sure. */
    add("D", "cpu", 0.800, 0.005, 400, 5);
    compute(NULL);
    assert_int_equal(front.n_front, 2);
    assert_false(point("B")->front);
    assert_string_equal(name_at(point("B")->beaten_by), "A");
    assert_string_equal(name_at(point("B")->noise_of), "A");
    assert_true(point("A")->front && point("C")->front);
    assert_string_equal(name_at(point("A")->noise_of), "-");
    assert_string_equal(name_at(point("C")->noise_of), "A");
    assert_string_equal(name_at(point("D")->noise_of), "-");
}

/* Of 2 cases: 1 + the noise that one of 2 times exceeds, 7.6 %. */
static void times_differ_beyond_the_limit(void **state)
{
    (void)state;
    add("fast", "cpu", 0.90, 0, 1000, 1);
    struct assay_record *slow = add("slow", "cpu", 0.89, 0.06, 1070, 1);
    compute(NULL);
    assert_int_equal(front.n_front, 1);
    assert_string_equal(name_at(point("slow")->noise_of), "fast");
    assay_record_real(slow, ASSAY_FIELD_latency_ns_median, 1100);
    assay_record_real(slow, ASSAY_FIELD_latency_ns_high, 1110);
    compute(NULL);
    assert_string_equal(name_at(point("slow")->noise_of), "fast");
    assay_record_real(slow, ASSAY_FIELD_latency_ns_low, 1090);
    compute(NULL);
    assert_string_equal(name_at(point("slow")->noise_of), "-");
    /* Where other programs interrupted one, its time says nothing. */
    assay_record_int(slow, ASSAY_FIELD_context_switches, 90);
    assay_record_int(slow, ASSAY_FIELD_samples, 100);
    assay_record_real(slow, ASSAY_FIELD_cpu_ns, 500);
    assay_record_real(slow, ASSAY_FIELD_latency_ns_mean, 1100);
    compute(NULL);
    assert_string_equal(name_at(point("slow")->noise_of), "fast");
    /* Elsewhere it is no matter for the table of variants. */
    assay_record_text(slow, ASSAY_FIELD_target, "gpu");
    compute(NULL);
    assert_string_equal(name_at(point("slow")->noise_of), "-");
}

/* What the variants' table calls the same is the same here. */
static void times_are_told_apart_as_those_of_variants(void **state)
{
    (void)state;
    struct assay_record *base = add("base", "cpu", 0.91, 0, 1000, 1);
    struct assay_record *variant = add("variant", "cpu", 0.90, 0, 900, 1);
    struct assay_variant *variants;
    size_t n;
    assay_record_text(base, ASSAY_FIELD_model, "mlp");
    assay_record_text(base, ASSAY_FIELD_variant, "fp32");
    assay_record_text(variant, ASSAY_FIELD_model, "mlp");
    assay_record_text(variant, ASSAY_FIELD_variant, "p50");
    for (int same = 0; same < 2; same++) {
        assert_int_equal(assay_variants_find(&data, &variants, &n), ASSAY_OK);
        compute(NULL);
        assert_int_equal(n, 1);
        assert_int_equal(variants[0].speed,
                         same ? ASSAY_SPEED_SAME : ASSAY_SPEED_FASTER);
        assert_true(same || point("base")->limit == variants[0].limit);
        assert_string_equal(name_at(point("variant")->noise_of),
                            same ? "base" : "-");
        free(variants);
        assay_record_text(base, ASSAY_FIELD_impl, "rows");
        assay_record_real(base, ASSAY_FIELD_flop, 100);
        assay_record_int(base, ASSAY_FIELD_weights_bytes, 100);
        assay_record_text(variant, ASSAY_FIELD_impl, "rows");
        assay_record_real(variant, ASSAY_FIELD_flop, 100);
        assay_record_int(variant, ASSAY_FIELD_weights_bytes, 100);
    }
}

/* The first `wrong` images from `from` on are wrong, of 1000. */
static void predict(struct assay_record *r, size_t from, size_t wrong)
{
    uint16_t predictions[1000];
    for (size_t i = 0; i < 1000; i++)
        predictions[i] = i >= from && i < from + wrong ? 4 : 3;
    assay_record_predictions(r, predictions, 1000);
    assay_record_text(r, ASSAY_FIELD_dataset_crc32, "12345678");
    assay_record_real(r, ASSAY_FIELD_accuracy, 1 - (double)wrong / 1000);
}

/* 11 images more, and none less, are right: p = 2 / 2^11, whatever the
 * intervals. With 30 and 41 others wrong: p = 0.23. */
static void predictions_tell_apart_what_intervals_cannot(void **state)
{
    (void)state;
    struct assay_record *good = add("good", "cpu", 0.97, 0.01, 200, 1);
    struct assay_record *fast = add("fast", "cpu", 0.96, 0.01, 100, 1);
    struct assay_record *slow = add("slow", "cpu", 0.96, 0.01, 300, 1);
    predict(good, 0, 30);
    predict(fast, 0, 41);
    predict(slow, 0, 41);
    compute(NULL);
    assert_string_equal(name_at(point("good")->noise_of), "-");
    assert_string_equal(name_at(point("slow")->noise_of), "-");
    predict(fast, 100, 41);
    compute(NULL);
    assert_true(point("good")->front);
    assert_string_equal(name_at(point("good")->noise_of), "fast");
    /* Where predictions say nothing, the intervals do. */
    assay_record_predictions(fast, NULL, 0);
    compute(NULL);
    assert_string_equal(name_at(point("good")->noise_of), "fast");
}

static void of_data(struct assay_record *r, const char *name, const char *crc32,
                    int64_t images)
{
    assay_record_text(r, ASSAY_FIELD_dataset, name);
    assay_record_text(r, ASSAY_FIELD_dataset_crc32, crc32);
    assay_record_int(r, ASSAY_FIELD_images, images);
}

/* 2,000 images of one's own are a whole set, and no subset of 10,000 others. */
static void each_data_set_has_a_front(void **state)
{
    (void)state;
    of_data(add("zoo", "cpu", 0.90, 0.001, 100, 1), "clothes", "aa", 10000);
    of_data(add("own", "cpu", 0.60, 0.001, 200, 1), "my-set", "bb", 2000);
    of_data(add("own, few", "cpu", 0.70, 0.001, 300, 1), "my-set", "bb", 200);
    of_data(add("own, slow", "cpu", 0.50, 0.001, 400, 1), "my-set", "bb", 2000);
    of_data(add("zoo, slow", "cpu", 0.80, 0.001, 900, 1), "clothes", "aa",
            10000);
    struct assay_record *old = add("old", "cpu", 0.99, 0, 10, 1);
    compute(NULL);
    assert_int_equal(front.n_sets, 3);
    assert_true(front.n_front == 3 && front.n_subset == 1);
    assert_string_equal(front.sets[0].name, "clothes");
    assert_string_equal(front.sets[1].name, "my-set");
    assert_string_equal(front.sets[2].name, "data not told");
    assert_true(front.sets[0].images == 10000 && front.sets[0].n == 2);
    assert_true(front.sets[1].images == 2000 && front.sets[1].n == 3);
    assert_true(front.sets[1].first == 2 && front.sets[2].first == 5);
    assert_true(point("zoo")->front && point("own")->front);
    assert_true(point("own, few")->subset && point("old")->front);
    assert_string_equal(name_at(point("own, slow")->beaten_by), "own");
    assert_string_equal(name_at(point("zoo, slow")->beaten_by), "zoo");
    for (size_t i = 0; i < front.n; i++)
        assert_string_equal(name_at(front.points[i].noise_of), "-");
    double area;
    assert_true(assay_front_hypervolume(&front, &front.sets[1], chosen,
                                        n_chosen, &area));
    assert_true(fabs(area - 0.6 * log10(100e6 / 200)) < 1e-9);
    /* One name, other images: told apart. */
    of_data(old, "my-set", "cc", 2000);
    compute(NULL);
    assert_string_equal(front.sets[1].name, "my-set (CRC-32 bb)");
    assert_string_equal(front.sets[2].name, "my-set (CRC-32 cc)");
    assert_string_equal(front.sets[0].name, "clothes");
    /* Without accuracy, the data are no matter. */
    assert_int_equal(assay_objectives_parse("latency", chosen, &n_chosen),
                     ASSAY_OK);
    compute(NULL);
    assert_true(front.n_sets == 1 && front.n_front == 1 && !front.n_subset);
    assert_string_equal(name_at(point("zoo")->beaten_by), "old");
}

/* Each is within noise of its neighbours in accuracy, the ends are not; fast
 * and twin are within noise of each other in everything. */
static void doubts_lead_to_points_that_stand(void **state)
{
    (void)state;
    add("best", "cpu", 0.906, 0.004, 400, 1);
    add("good", "cpu", 0.900, 0.004, 300, 1);
    add("fair", "cpu", 0.894, 0.004, 200, 1);
    add("fast", "cpu", 0.888, 0.004, 100.5, 1);
    add("twin", "cpu", 0.887, 0.004, 100, 1);
    compute(NULL);
    assert_int_equal(front.n_front, 5);
    for (size_t i = 0; i < front.n; i++) {
        const size_t named = front.points[i].noise_of;
        assert_true(named == ASSAY_NO_POINT ||
                    front.points[named].noise_of == ASSAY_NO_POINT);
    }
    assert_string_equal(name_at(point("fast")->noise_of), "-");
    assert_string_equal(name_at(point("twin")->noise_of), "fast");
    assert_string_equal(name_at(point("fair")->noise_of), "fast");
    assert_string_equal(name_at(point("good")->noise_of), "-");
    assert_string_equal(name_at(point("best")->noise_of), "good");
}

static void what_is_absent_is_counted(void **state)
{
    (void)state;
    add("whole", "cpu", 0.9, 0, 100, 0);
    assay_record_absent(add("no accuracy", "cpu", 0.9, 0, 10, 0),
                        ASSAY_FIELD_accuracy, "no labels");
    assay_record_text(add("wrong", "cpu", 0.99, 0, 10, 0), ASSAY_FIELD_status,
                      "wrong");
    assay_record_text(add("kernel", "cpu", 0.99, 0, 10, 0), ASSAY_FIELD_kind,
                      "kernel");
    compute(NULL);
    assert_true(front.n == 1 && front.lacking == 1 && front.not_ok == 1);
    assert_int_equal(
        assay_objectives_parse("accuracy,memory", chosen, &n_chosen), ASSAY_OK);
    compute(NULL);
    assert_true(front.n == 0 && front.lacking == 2);
}

static void latency_is_per_image(void **state)
{
    (void)state;
    struct assay_record *r = add("batch", "cpu", 0.9, 0, 6400, 64);
    assay_record_int(r, ASSAY_FIELD_batch, 64);
    add("single", "cpu", 0.9, 0, 150, 1);
    compute(NULL);
    assert_true(point("batch")->front && !point("single")->front);
    assert_true(point("batch")->value[1] == 100);
    assert_true(point("batch")->low[1] == 99);
    assert_true(point("batch")->high[1] == 101);
}

static void memory_can_be_the_third(void **state)
{
    (void)state;
    struct assay_record *big = add("fast and big", "cpu", 0.9, 0, 100, 0);
    struct assay_record *small = add("slow and small", "gpu", 0.9, 0, 200, 0);
    assay_record_int(big, ASSAY_FIELD_host_peak_bytes, 1000);
    assay_record_text(big, ASSAY_FIELD_backend, "cpu");
    assay_record_int(big, ASSAY_FIELD_device_peak_bytes, 700);
    assay_record_int(small, ASSAY_FIELD_host_peak_bytes, 400);
    assay_record_int(small, ASSAY_FIELD_device_peak_bytes, 500);
    assay_record_text(small, ASSAY_FIELD_backend, "opencl");
    assay_record_text(small, ASSAY_FIELD_device_class, "gpu");
    compute(NULL);
    assert_int_equal(front.n_front, 1);
    assert_int_equal(
        assay_objectives_parse("accuracy,latency,memory", chosen, &n_chosen),
        ASSAY_OK);
    compute(NULL);
    assert_int_equal(front.n_front, 2);
    assert_true(point("slow and small")->value[2] == 900);
    assert_true(point("fast and big")->value[2] == 1000);
    /* PoCL's buffers are in the host's 400 bytes. */
    assay_record_text(small, ASSAY_FIELD_device_class, "cpu");
    compute(NULL);
    assert_true(point("slow and small")->value[2] == 400);
    assay_record_absent(small, ASSAY_FIELD_device_class, "an old store");
    compute(NULL);
    assert_true(front.n == 1 && front.lacking == 1);
}

static void objectives_are_checked(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "speed",
                                      "accuracy,",
                                      "latency,,size",
                                      "latency,latency",
                                      "accuracy,latency,memory,size"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(assay_objectives_parse(bad[i], chosen, &n_chosen),
                         ASSAY_INVALID);
}

static void areas(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3, 3, 2.5, 9, 0.5}, y[] = {3, 2, 1, 1, 2.5, 0, 9};
    assert_true(assay_hypervolume(x, y, 3, 4, 4) == 6);
    /* Doubled, dominated and outlying points add nothing. */
    assert_true(assay_hypervolume(x, y, 7, 4, 4) == 6);
    assert_true(assay_hypervolume(x, y, 0, 4, 4) == 0);
    assert_true(assay_hypervolume(x, y, 1, 4, 4) == 3);
    double area = -1;
    compute(NULL);
    assert_false(assay_front_hypervolume(&front, &front.sets[0], chosen,
                                         n_chosen, &area));
    add("a", "cpu", 0.5, 0, 1e6, 0);
    add("b", "cpu", 0.9, 0, 1e7, 0);
    compute(NULL);
    assert_true(assay_front_hypervolume(&front, &front.sets[0], chosen,
                                        n_chosen, &area));
    assert_true(fabs(area - (2 * 0.5 + 1 * 0.4)) < 1e-12);
    printf("hypervolume of the published example: 6\n");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(clear_cases),
        CASE(ties_stay_on_the_front),
        CASE(subsets_are_not_compared),
        CASE(noise_is_not_dominance),
        CASE(times_differ_beyond_the_limit),
        CASE(times_are_told_apart_as_those_of_variants),
        CASE(predictions_tell_apart_what_intervals_cannot),
        CASE(each_data_set_has_a_front),
        CASE(doubts_lead_to_points_that_stand),
        CASE(what_is_absent_is_counted),
        CASE(latency_is_per_image),
        CASE(memory_can_be_the_third),
        CASE(objectives_are_checked),
        CASE(areas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
