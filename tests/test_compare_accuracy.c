/* SPDX-License-Identifier: Apache-2.0
 *
 * Comparisons of runs made here, where the accuracy decides.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "compare_runs.h"

/* A case of 50 calls of a millisecond, give or take half a percent. */
static struct assay_record *add_times(struct assay_run_data *run,
                                      const char *name,
                                      struct assay_random *random)
{
    uint64_t x[50];
    for (size_t i = 0; i < 50; i++)
        x[i] = 995000 + assay_random_next(random) % 10000;
    struct assay_record *record = assay_test_case(run, name, "ok");
    assay_record_samples(record, x, 50);
    assay_record_real(record, ASSAY_FIELD_latency_ns_median, (double)x[25]);
    return record;
}

static void set_accuracy(struct assay_record *record, double accuracy,
                         double agreement, int64_t images)
{
    assay_record_real(record, ASSAY_FIELD_accuracy, accuracy);
    assay_record_int(record, ASSAY_FIELD_images, images);
    if (agreement >= 0)
        assay_record_real(record, ASSAY_FIELD_agreement, agreement);
}

static void shares_are_compared(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double before, agreed_before, after, agreed_after;
        int64_t images;
        bool lost;
    } rows[] = {
        {"equal", .92, 1, .92, 1, 10000, false},
        {"two images", .92, .9999, .9198, .9998, 10000, false},
        /* 8 fewer of 8 that may differ: p = 2^-7 */
        {"eight images", .92, 1, .9192, .9992, 10000, true},
        {"better", .92, 1, .93, .99, 10000, false},
        {"unpaired, small", .92, -1, .915, -1, 10000, false},
        {"unpaired, large", .92, -1, .90, -1, 10000, true},
        {"subset", .92, 1, .91, 1, 1000, false},
        {"subset, far", .92, 1, .86, 1, 1000, true},
    };
    const size_t n = sizeof rows / sizeof *rows;
    struct assay_run_data *base = assay_test_empty_run(1),
                          *now = assay_test_empty_run(2);
    struct assay_random random;
    assay_random_seed(&random, 6);
    for (size_t i = 0; i < n; i++) {
        set_accuracy(add_times(base, rows[i].name, &random), rows[i].before,
                     rows[i].agreed_before, 10000);
        set_accuracy(add_times(now, rows[i].name, &random), rows[i].after,
                     rows[i].agreed_after, rows[i].images);
    }
    set_accuracy(add_times(base, "none", &random), .9, 1, 100);
    assay_record_absent(add_times(now, "none", &random), ASSAY_FIELD_accuracy,
                        "no data set");
    struct assay_comparison *c = assay_test_compare(base, now);
    for (size_t i = 0; i < n; i++)
        assay_test_expect(
            c, rows[i].name,
            rows[i].lost ? ASSAY_VERDICT_LESS_ACCURATE : ASSAY_VERDICT_SAME,
            rows[i].lost ? ASSAY_OUTCOME_FAIL : ASSAY_OUTCOME_PASS);
    assay_test_expect(c, "none", ASSAY_VERDICT_SAME, ASSAY_OUTCOME_UNSURE);
    assert_non_null(strstr(assay_test_find(c, "none")->why, "no data set"));
    assert_true(fabs(assay_test_find(c, "eight images")->accuracy_p - 0x1p-7) <
                1e-12);
    assay_comparison_free(&c);
    assay_run_data_free(&base);
    assay_run_data_free(&now);
}

/* `n` images of ten classes: right, but for the first `wrong` from `from` on.
 */
static void add_scored(struct assay_run_data *run, const char *name,
                       size_t from, size_t wrong, const char *sha256)
{
    enum { N = 10000 };
    struct assay_random random;
    static uint16_t predictions[N];
    assay_random_seed(&random, 11);
    struct assay_record *r = add_times(run, name, &random);
    for (size_t i = 0; i < N; i++) {
        const bool right = i < from || i >= from + wrong;
        predictions[i] = (uint16_t)(2 * ((i + !right) % 10) + right);
    }
    assay_record_predictions(r, predictions, N);
    assay_record_text(r, ASSAY_FIELD_dataset_crc32, "0123abcd");
    set_accuracy(r, 1 - (double)wrong / N, .9, N);
    if (sha256)
        assay_record_text(r, ASSAY_FIELD_model_sha256, sha256);
}

/* 291 images lost and 215 gained: scipy's binomtest(215, 506) has
 * p = 0.00083852; the shares that agree with the recipe allow p = 0.09. */
static void predictions_are_compared(void **state)
{
    (void)state;
    struct assay_run_data *base = assay_test_empty_run(1),
                          *now = assay_test_empty_run(2);
    char *text = NULL;
    size_t size;
    add_scored(base, "worse", 0, 913, "aa");
    add_scored(now, "worse", 215, 989, "bb");
    add_scored(base, "moved", 0, 300, "aa");
    add_scored(now, "moved", 10, 300, "aa");
    add_scored(base, "equal", 0, 500, NULL);
    add_scored(now, "equal", 0, 500, "bb");
    struct assay_comparison *c = assay_test_compare(base, now);
    const struct assay_compared *worse = assay_test_find(c, "worse");
    assay_test_expect(c, "worse", ASSAY_VERDICT_LESS_ACCURATE,
                      ASSAY_OUTCOME_FAIL);
    assay_test_expect(c, "moved", ASSAY_VERDICT_SAME, ASSAY_OUTCOME_PASS);
    assay_test_expect(c, "equal", ASSAY_VERDICT_SAME, ASSAY_OUTCOME_PASS);
    assert_int_equal(worse->paired.better, 215);
    assert_int_equal(worse->paired.worse, 291);
    assert_true(fabs(worse->accuracy_p - 0.00083852050900806447) < 1e-12);
    assert_non_null(strstr(worse->why, "p = 0.00084"));
    assert_non_null(strstr(worse->why, "file is another one"));
    assert_true(worse->other_file);
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    assay_comparison_print(c, ASSAY_COMPARE_TABLE, false, out);
    fclose(out);
    assert_non_null(
        strstr(text, "90.87 %     90.11 %   10000     215     291"));
    assert_non_null(
        strstr(text, "97.00 %     97.00 %   10000      10      10"));
    assert_non_null(strstr(text, "1 of 3 cases with an accuracy: as before"));
    free(text);
    assay_comparison_free(&c);
    assay_run_data_free(&base);
    assay_run_data_free(&now);
}

static void set_data(struct assay_record *record, const char *name,
                     const char *crc32)
{
    assay_record_text(record, ASSAY_FIELD_dataset, name);
    assay_record_text(record, ASSAY_FIELD_dataset_crc32, crc32);
}

/* 90 % of one set and 70 % of another are no loss, and no gain either. */
static void other_data_are_not_compared(void **state)
{
    (void)state;
    static const struct {
        const char *name, *before, *after;
        double accuracy;
        enum assay_verdict verdict;
    } rows[] = {
        {"less", "0123abcd", "89abcdef", .7, ASSAY_VERDICT_INCONCLUSIVE},
        {"more", "0123abcd", "89abcdef", .95, ASSAY_VERDICT_INCONCLUSIVE},
        {"same data", "0123abcd", "0123abcd", .7, ASSAY_VERDICT_LESS_ACCURATE},
        {"not told", NULL, "0123abcd", .7, ASSAY_VERDICT_LESS_ACCURATE},
        {"slower", "0123abcd", "89abcdef", .7, ASSAY_VERDICT_SLOWER},
    };
    struct assay_run_data *base = assay_test_empty_run(1),
                          *now = assay_test_empty_run(2);
    struct assay_random random;
    assay_random_seed(&random, 12);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct assay_record *was = add_times(base, rows[i].name, &random);
        struct assay_record *is = add_times(now, rows[i].name, &random);
        set_accuracy(was, .9, -1, 10000);
        set_accuracy(is, rows[i].accuracy, -1, 2000);
        if (rows[i].before)
            set_data(was, "fashion-mnist", rows[i].before);
        set_data(is, "my-set", rows[i].after);
        for (size_t j = 0; strcmp(rows[i].name, "slower") == 0 && j < 50; j++)
            is->samples[j] *= 2;
    }
    struct assay_comparison *c = assay_test_compare(base, now);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assay_test_expect(c, rows[i].name, rows[i].verdict,
                          rows[i].verdict == ASSAY_VERDICT_INCONCLUSIVE
                              ? ASSAY_OUTCOME_UNSURE
                              : ASSAY_OUTCOME_FAIL);
    assert_string_equal(assay_test_find(c, "less")->why,
                        "accuracies of different data: my-set (CRC-32 "
                        "89abcdef), was fashion-mnist (CRC-32 0123abcd)");
    assert_non_null(strstr(assay_test_find(c, "slower")->why,
                           "; accuracies of different data"));
    assert_false(assay_test_find(c, "less")->accurate);
    assay_comparison_free(&c);
    assay_run_data_free(&base);
    assay_run_data_free(&now);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_are_compared),
        cmocka_unit_test(predictions_are_compared),
        cmocka_unit_test(other_data_are_not_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
