/* SPDX-License-Identifier: Apache-2.0
 *
 * Several runs a side: what a group is merged to, its ranges and verdicts, and
 * by simulation how a gate of three runs a side fares beside neighbours that
 * slow a whole stretch of a run. The rates hold for the noise that is
 * simulated: beside a neighbour in every second run, the same rule failed 4 of
 * 300 A/A gates.
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

enum { RUNS = 3, CASES = 28, SAMPLES = 60, GATES = 300 };

static void begin(struct assay_run_group *group, int64_t first_id)
{
    *group = (struct assay_run_group){.runs = calloc(RUNS, sizeof *group->runs),
                                      .n = RUNS};
    for (size_t i = 0; i < RUNS; i++)
        group->runs[i] = assay_test_empty_run(first_id + (int64_t)i);
}

/* A case whose calls take `ns`, give or take half a percent. */
static void add_time(struct assay_run_data *run, const char *name, double ns,
                     struct assay_random *random)
{
    uint64_t x[SAMPLES];
    for (size_t i = 0; i < SAMPLES; i++)
        x[i] = (uint64_t)(ns * exp(0.005 * assay_test_normal(random)));
    struct assay_record *record = assay_test_case(run, name, "ok");
    assay_record_samples(record, x, SAMPLES);
    assay_record_real(record, ASSAY_FIELD_latency_ns_median, ns);
}

static struct assay_comparison *compare_groups(struct assay_run_group groups[2])
{
    struct assay_comparison *c = NULL;
    struct assay_compare_options options = assay_test_options;
    options.base_group = &groups[0];
    options.new_group = &groups[1];
    assert_int_equal(assay_run_group_merge(&groups[0]), ASSAY_OK);
    assert_int_equal(assay_run_group_merge(&groups[1]), ASSAY_OK);
    assert_int_equal(
        assay_compare(&groups[0].merged, &groups[1].merged, &options, &c),
        ASSAY_OK);
    return c;
}

static void end(struct assay_run_group groups[2], struct assay_comparison *c)
{
    assay_comparison_free(&c);
    assay_run_group_free(&groups[0]);
    assay_run_group_free(&groups[1]);
}

static enum assay_verdict verdict(const double *base, const double *now)
{
    struct assay_random random;
    struct assay_run_group groups[2];
    assay_random_seed(&random, 5);
    begin(&groups[0], 1);
    begin(&groups[1], 11);
    for (size_t i = 0; i < RUNS; i++) {
        add_time(groups[0].runs[i], "case", base[i], &random);
        add_time(groups[1].runs[i], "case", now[i], &random);
    }
    struct assay_comparison *c = compare_groups(groups);
    assert_int_equal(c->n_cases, 1);
    assert_true(c->cases[0].ranged);
    const enum assay_verdict found = c->cases[0].verdict;
    end(groups, c);
    return found;
}

static void ranges_decide(void **state)
{
    (void)state;
    const double old[] = {100e3, 104e3, 101e3};
    assert_int_equal(verdict(old, (double[]){122e3, 120e3, 125e3}),
                     ASSAY_VERDICT_SLOWER);
    assert_int_equal(verdict(old, (double[]){80e3, 82e3, 81e3}),
                     ASSAY_VERDICT_FASTER);
    /* One run of three met a neighbour, whichever side it was on. */
    assert_int_equal(verdict(old, (double[]){101e3, 140e3, 102e3}),
                     ASSAY_VERDICT_SAME);
    assert_int_equal(verdict((double[]){140e3, 100e3, 101e3}, old),
                     ASSAY_VERDICT_SAME);
    /* One new run was as fast as before: the others were disturbed. */
    assert_int_equal(verdict(old, (double[]){125e3, 103e3, 124e3}),
                     ASSAY_VERDICT_SAME);
    /* None was, but one old run was as slow. */
    assert_int_equal(verdict((double[]){100e3, 125e3, 101e3},
                             (double[]){124e3, 123e3, 126e3}),
                     ASSAY_VERDICT_INCONCLUSIVE);
}

/* What is printed says of which runs it is, and that the interval is their
 * range. */
static void print_names_the_runs(void **state)
{
    (void)state;
    struct assay_random random;
    struct assay_run_group groups[2];
    assay_random_seed(&random, 6);
    begin(&groups[0], 1);
    begin(&groups[1], 11);
    for (size_t i = 0; i < RUNS; i++) {
        add_time(groups[0].runs[i], "case", 100e3, &random);
        add_time(groups[1].runs[i], "case", 101e3, &random);
        groups[0].runs[i]->run.id = (int64_t)(1 + i);
        groups[1].runs[i]->run.id = (int64_t)(11 + i);
    }
    struct assay_comparison *c = compare_groups(groups);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    assert_int_equal(assay_comparison_print(c, ASSAY_COMPARE_TABLE, false, out),
                     ASSAY_OK);
    fclose(out);
    assert_non_null(strstr(text, "range of runs"));
    assert_null(strstr(text, "95 % interval"));
    assert_non_null(strstr(text, "runs 11,12,13 against runs 1,2,3:"));
    free(text);
    end(groups, c);
}

static void the_fastest_run_and_the_first_failure_stand_for_all(void **state)
{
    (void)state;
    struct assay_random random;
    struct assay_run_group group;
    double least, most, median;
    assay_random_seed(&random, 6);
    begin(&group, 1);
    static const double times[] = {300, 100, 200};
    for (size_t i = 0; i < RUNS; i++)
        add_time(group.runs[i], "timed", times[i], &random);
    assay_test_case(group.runs[0], "breaks", "ok");
    assay_test_case(group.runs[1], "breaks", "wrong");
    assay_test_case(group.runs[2], "only here", "skipped");
    assert_int_equal(assay_run_group_merge(&group), ASSAY_OK);
    assert_int_equal(group.merged.n_records, 3);
    assert_true(assay_record_number(group.merged.records[0],
                                    ASSAY_FIELD_latency_ns_median, &median));
    assert_true(median == 100);
    assert_string_equal(
        assay_record_get_text(group.merged.records[1], ASSAY_FIELD_status),
        "wrong");
    assert_true(assay_run_group_range(&group, "timed", &least, &most));
    assert_true(least == 100 && most == 300);
    assert_false(assay_run_group_range(&group, "breaks", &least, &most));
    assay_run_group_free(&group);
}

/* Runs of CASES cases, each 3 % off for itself; every third run has a
 * neighbour that makes a stretch of its cases a quarter slower. The first
 * case of the new side takes `factor` times as long. */
static void fill(struct assay_run_group *group, double factor,
                 struct assay_random *random)
{
    char name[16];
    for (size_t i = 0; i < RUNS; i++) {
        const bool beside = assay_test_uniform(random) < 0.34;
        const double from = assay_test_uniform(random) * CASES;
        for (size_t j = 0; j < CASES; j++) {
            double ns = 1e5 * exp(0.03 * assay_test_normal(random));
            if (beside && (double)j >= from && (double)j < from + 9)
                ns *= 1.25;
            snprintf(name, sizeof name, "case %zu", j);
            add_time(group->runs[i], name, j == 0 ? factor * ns : ns, random);
        }
    }
}

static void a_neighbour_convicts_nobody(void **state)
{
    (void)state;
    struct assay_random random;
    size_t failed = 0, passed = 0, found = 0;
    assay_random_seed(&random, 7);
    for (size_t gate = 0; gate < 2 * GATES; gate++) {
        const bool same = gate < GATES;
        struct assay_run_group groups[2];
        begin(&groups[0], 1);
        begin(&groups[1], 11);
        fill(&groups[0], 1, &random);
        fill(&groups[1], same ? 1 : 1.2, &random);
        struct assay_comparison *c = compare_groups(groups);
        const enum assay_outcome outcome = assay_comparison_outcome(c);
        failed += same && outcome == ASSAY_OUTCOME_FAIL;
        passed += same && outcome == ASSAY_OUTCOME_PASS;
        found += !same && c->cases[0].verdict == ASSAY_VERDICT_SLOWER;
        end(groups, c);
    }
    printf("three runs a side, %d cases, runs 3 %% off and every third beside "
           "a neighbour: %d A/A gates, %zu passed, %zu failed; +20 %% found "
           "in %zu of %d\n",
           CASES, GATES, passed, failed, found, GATES);
    assert_true(failed * 100 <= GATES);
    assert_true(passed * 100 >= 90 * GATES);
    assert_true(found * 100 >= 90 * GATES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_decide),
        cmocka_unit_test(print_names_the_runs),
        cmocka_unit_test(the_fastest_run_and_the_first_failure_stand_for_all),
        cmocka_unit_test(a_neighbour_convicts_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
