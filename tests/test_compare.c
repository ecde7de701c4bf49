/* SPDX-License-Identifier: Apache-2.0
 *
 * Comparisons of runs made here: every verdict, machines, formats, and by
 * simulation how often a gate cries wolf and how often it sees a slowdown.
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
#include "reports/junit.h"

static struct assay_record *add(struct assay_run_data *run, const char *name,
                                const char *status)
{
    struct assay_record *record = assay_test_case(run, name, status);
    assay_record_text(record, ASSAY_FIELD_impl, "assay_dense_f32_ref");
    return record;
}

/* How the samples of one process look: the machine's state (an AR(1) walk),
 * each call's own jitter, and calls that a neighbour held up. */
struct noise {
    double offset;     /* from run to run, standard deviation */
    double slow, fast; /* of the walk and of the jitter */
    double r;          /* the walk's lag-1 correlation */
    double spikes;     /* share of calls that take 1.5 to 3 times as long */
};

static struct assay_record *add_times(struct assay_run_data *run,
                                      const char *name,
                                      struct assay_random *random, double ns,
                                      size_t n, const struct noise *noise)
{
    uint64_t *x = malloc(n * sizeof *x);
    double walk = noise->slow * assay_test_normal(random);
    const double run_offset = noise->offset * assay_test_normal(random);
    for (size_t i = 0; i < n; i++) {
        walk = noise->r * walk + sqrt(1 - noise->r * noise->r) * noise->slow *
                                     assay_test_normal(random);
        double t = ns * exp(run_offset + walk +
                            noise->fast * assay_test_normal(random));
        if (assay_test_uniform(random) < noise->spikes)
            t *= 1.5 + 1.5 * assay_test_uniform(random);
        x[i] = (uint64_t)t;
    }
    struct assay_record *record = add(run, name, "ok");
    assay_record_samples(record, x, n);
    assay_record_real(record, ASSAY_FIELD_latency_ns_median, (double)x[n / 2]);
    free(x);
    return record;
}

static const struct noise quiet = {0, 0, 0.005, 0, 0};

static void test_statuses(void **state)
{
    (void)state;
    struct assay_run_data *base = assay_test_empty_run(1),
                          *now = assay_test_empty_run(2);
    struct assay_random random;
    assay_random_seed(&random, 3);
    static const char *const bad[] = {"wrong",   "failed", "crashed",
                                      "timeout", "oom",    "lost"};
    for (size_t i = 0; i < 6; i++) {
        add_times(base, bad[i], &random, 1e6, 30, &quiet);
        assay_record_text(add(now, bad[i], bad[i]), ASSAY_FIELD_reason, "why");
    }
    add(base, "both wrong", "wrong");
    add(now, "both wrong", "wrong");
    add(base, "gone", "ok");
    add(base, "gone skipped", "skipped");
    add(base, "stopped", "ok");
    add(now, "stopped", "skipped");
    add(base, "skipped", "skipped");
    add(now, "skipped", "skipped");
    add(base, "mended", "crashed");
    add(now, "mended", "ok");
    add(now, "new", "ok");
    add(now, "new wrong", "wrong");
    struct assay_comparison *c = assay_test_compare(base, now);
    for (size_t i = 0; i < 6; i++)
        assay_test_expect(c, bad[i], ASSAY_VERDICT_BROKEN, ASSAY_OUTCOME_FAIL);
    assay_test_expect(c, "both wrong", ASSAY_VERDICT_BROKEN,
                      ASSAY_OUTCOME_FAIL);
    assay_test_expect(c, "gone", ASSAY_VERDICT_MISSING, ASSAY_OUTCOME_FAIL);
    assay_test_expect(c, "gone skipped", ASSAY_VERDICT_SKIPPED,
                      ASSAY_OUTCOME_SKIP);
    assay_test_expect(c, "stopped", ASSAY_VERDICT_STOPPED, ASSAY_OUTCOME_FAIL);
    assay_test_expect(c, "skipped", ASSAY_VERDICT_SKIPPED, ASSAY_OUTCOME_SKIP);
    assay_test_expect(c, "mended", ASSAY_VERDICT_NEW, ASSAY_OUTCOME_SKIP);
    assay_test_expect(c, "new", ASSAY_VERDICT_NEW, ASSAY_OUTCOME_SKIP);
    assay_test_expect(c, "new wrong", ASSAY_VERDICT_BROKEN, ASSAY_OUTCOME_FAIL);
    assert_int_equal(c->n_cases, 14);
    assert_int_equal(assay_comparison_outcome(c), ASSAY_OUTCOME_FAIL);
    assay_comparison_free(&c);
    assay_run_data_free(&base);
    assay_run_data_free(&now);
}

static void test_times(void **state)
{
    (void)state;
    struct assay_run_data *base = assay_test_empty_run(1),
                          *now = assay_test_empty_run(2);
    struct assay_random random;
    assay_random_seed(&random, 4);
    static const struct {
        const char *name;
        double factor;
        size_t samples;
        enum assay_verdict verdict;
        enum assay_outcome outcome;
    } rows[] = {
        {"same", 1, 100, ASSAY_VERDICT_SAME, ASSAY_OUTCOME_PASS},
        {"three percent", 1.03, 100, ASSAY_VERDICT_SAME, ASSAY_OUTCOME_PASS},
        {"slower", 1.2, 100, ASSAY_VERDICT_SLOWER, ASSAY_OUTCOME_FAIL},
        {"slower, 20 samples", 1.2, 20, ASSAY_VERDICT_SLOWER,
         ASSAY_OUTCOME_FAIL},
        {"faster", 0.8, 100, ASSAY_VERDICT_FASTER, ASSAY_OUTCOME_PASS},
        {"few", 1.5, 11, ASSAY_VERDICT_INCONCLUSIVE, ASSAY_OUTCOME_UNSURE},
    };
    const size_t n = sizeof rows / sizeof *rows;
    for (size_t i = 0; i < n; i++) {
        add_times(base, rows[i].name, &random, 1e6, 100, &quiet);
        add_times(now, rows[i].name, &random, 1e6 * rows[i].factor,
                  rows[i].samples, &quiet);
    }
    struct assay_comparison *c = assay_test_compare(base, now);
    for (size_t i = 0; i < n; i++)
        assay_test_expect(c, rows[i].name, rows[i].verdict, rows[i].outcome);
    const struct assay_timing *t = &assay_test_find(c, "slower")->timing;
    assert_true(fabs(t->ratio - 1.2) < 0.01);
    assert_true(t->low <= t->ratio && t->ratio <= t->high);
    print_message("slower: ratio %.4f (%.4f to %.4f), p %.1e, limit %.4f\n",
                  t->ratio, t->low, t->high, assay_test_find(c, "slower")->q,
                  c->limit);
    assay_comparison_free(&c);
    /* With itself: nothing differs, to the last digit. */
    c = assay_test_compare(base, base);
    assert_int_equal(assay_comparison_outcome(c), ASSAY_OUTCOME_PASS);
    assert_true(assay_test_find(c, "slower")->timing.ratio == 1);
    assay_comparison_free(&c);
    assay_run_data_free(&base);
    assay_run_data_free(&now);
}

/* A neighbour holds up most calls of the new run: the undisturbed ones are as
 * fast as before, so it is no regression, and no pass either. */
static void test_neighbour(void **state)
{
    (void)state;
    struct assay_run_data *base = assay_test_empty_run(1),
                          *now = assay_test_empty_run(2);
    struct assay_random random;
    assay_random_seed(&random, 5);
    const struct noise held_up = {0, 0, 0.005, 0, 0.7};
    add_times(base, "a", &random, 1e6, 300, &quiet);
    add_times(now, "a", &random, 1e6, 300, &held_up);
    struct assay_comparison *c = assay_test_compare(base, now);
    assay_test_expect(c, "a", ASSAY_VERDICT_INCONCLUSIVE, ASSAY_OUTCOME_UNSURE);
    assay_comparison_free(&c);
    assay_run_data_free(&base);
    assay_run_data_free(&now);
}

/* What a run on a machine with other work looks like, and one without. */
static void test_disturbed(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int64_t switches, threads;
        double busy;
        enum assay_verdict verdict;
    } rows[] = {
        {"alone", 3, 2, 0.95, ASSAY_VERDICT_SLOWER},
        {"idle thread", 3, 2, 0.5, ASSAY_VERDICT_SLOWER},
        {"short interruptions", 200, 2, 0.95, ASSAY_VERDICT_SLOWER},
        {"crowded", 80, 2, 0.3, ASSAY_VERDICT_INCONCLUSIVE},
        {"crowded, threads unknown", 80, 0, 0.3, ASSAY_VERDICT_INCONCLUSIVE},
    };
    struct assay_run_data *base = assay_test_empty_run(1),
                          *now = assay_test_empty_run(2);
    struct assay_random random;
    assay_random_seed(&random, 9);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        add_times(base, rows[i].name, &random, 1e6, 100, &quiet);
        struct assay_record *record =
            add_times(now, rows[i].name, &random, 1.3e6, 100, &quiet);
        const int64_t threads = rows[i].threads;
        assay_record_int(record, ASSAY_FIELD_context_switches,
                         rows[i].switches);
        if (threads)
            assay_record_int(record, ASSAY_FIELD_threads, threads);
        assay_record_real(record, ASSAY_FIELD_latency_ns_mean, 1.3e6);
        assay_record_real(record, ASSAY_FIELD_cpu_ns,
                          1.3e6 * rows[i].busy *
                              (double)(threads ? threads : 1));
    }
    for (int swap = 0; swap < 2; swap++) {
        struct assay_comparison *c = swap ? assay_test_compare(now, base)
                                          : assay_test_compare(base, now);
        for (size_t i = 0; i < sizeof rows / sizeof *rows && !swap; i++)
            assay_test_expect(c, rows[i].name, rows[i].verdict,
                              rows[i].verdict == ASSAY_VERDICT_SLOWER
                                  ? ASSAY_OUTCOME_FAIL
                                  : ASSAY_OUTCOME_UNSURE);
        assert_int_equal(assay_test_find(c, "crowded")->disturbed, true);
        assert_int_equal(assay_test_find(c, "alone")->disturbed, false);
        assay_comparison_free(&c);
    }
    assay_run_data_free(&base);
    assay_run_data_free(&now);
}

static void test_machines(void **state)
{
    (void)state;
    static const char one[] = "{\"cpu\":\"A\",\"cores\":2,\"devices\":[{\"target\":"
                        "\"opencl:0\",\"device\":\"D\",\"driver\":\"1\"}]}";
    static const char two[] = "{\"cpu\":\"B\",\"cores\":2,\"devices\":[{\"target\":"
                        "\"opencl:0\",\"device\":\"D\",\"driver\":\"2\"}]}";
    char text[512];
    assay_compare_machines(one, one, text, sizeof text);
    assert_string_equal(text, "");
    assay_compare_machines(one, NULL, text, sizeof text);
    assert_string_equal(text, "");
    assay_compare_machines(one, "{not json", text, sizeof text);
    assert_string_equal(text, "");
    assay_compare_machines(one, two, text, sizeof text);
    assert_string_equal(text, "cpu was 'A', is 'B'; opencl:0: driver was '1', "
                              "is '2'");
    char small[12];
    assay_compare_machines(one, two, small, sizeof small);
    assert_int_equal(strlen(small), 11);

    struct assay_run_data *base = assay_test_empty_run(1),
                          *now = assay_test_empty_run(2);
    struct assay_random random;
    assay_random_seed(&random, 7);
    add_times(base, "a", &random, 1e6, 50, &quiet);
    add_times(now, "a", &random, 1.5e6, 50, &quiet);
    base->run.machine = strdup(one);
    now->run.machine = strdup(two);
    struct assay_comparison *c = assay_test_compare(base, now);
    assay_test_expect(c, "a", ASSAY_VERDICT_SLOWER, ASSAY_OUTCOME_UNSURE);
    assay_comparison_free(&c);
    struct assay_compare_options any = assay_test_options;
    any.any_machine = true;
    assert_int_equal(assay_compare(base, now, &any, &c), ASSAY_OK);
    assay_test_expect(c, "a", ASSAY_VERDICT_SLOWER, ASSAY_OUTCOME_FAIL);
    assay_comparison_free(&c);
    assay_run_data_free(&base);
    assay_run_data_free(&now);
}

static void test_filter(void **state)
{
    (void)state;
    struct assay_run_data *base = assay_test_empty_run(1),
                          *now = assay_test_empty_run(2);
    add(base, "dense/a", "ok");
    add(base, "conv/b", "ok");
    struct assay_compare_options options = assay_test_options;
    struct assay_comparison *c = NULL;
    options.filter = "^conv";
    assert_int_equal(assay_compare(base, now, &options, &c), ASSAY_OK);
    assert_int_equal(c->n_cases, 1);
    assert_string_equal(c->cases[0].name, "conv/b");
    assay_comparison_free(&c);
    options.filter = "nothing";
    assert_int_equal(assay_compare(base, now, &options, &c), ASSAY_OK);
    assert_int_equal(assay_comparison_outcome(c), ASSAY_OUTCOME_UNSURE);
    assay_comparison_free(&c);
    options.filter = "(";
    assert_int_equal(assay_compare(base, now, &options, &c), ASSAY_INVALID);
    assay_run_data_free(&base);
    assay_run_data_free(&now);
}

static char *written(const struct assay_comparison *c, int what)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (what < 0)
        assert_int_equal(assay_junit_write(c, out), ASSAY_OK);
    else
        assert_int_equal(assay_comparison_print(
                             c, (enum assay_compare_format)what, false, out),
                         ASSAY_OK);
    fclose(out);
    return text;
}

static void test_formats(void **state)
{
    (void)state;
    struct assay_run_data *base = assay_test_empty_run(1),
                          *now = assay_test_empty_run(2);
    static char started[] = "2026-01-02T03:04:05Z";
    struct assay_random random;
    assay_random_seed(&random, 8);
    now->run.started = strdup(started);
    add_times(base, "a<&>\"'|\033[31m", &random, 1e6, 50, &quiet);
    add_times(now, "a<&>\"'|\033[31m", &random, 1.5e6, 50, &quiet);
    add(base, "b", "ok");
    assay_record_text(add(now, "b", "crashed"), ASSAY_FIELD_reason,
                      "signal 11 <\xff\x01>");
    add(base, "c", "skipped");
    struct assay_comparison *c = assay_test_compare(base, now);
    char *junit = written(c, -1), *table = written(c, ASSAY_COMPARE_TABLE),
         *markdown = written(c, ASSAY_COMPARE_MARKDOWN),
         *json = written(c, ASSAY_COMPARE_JSON);
    assert_non_null(strstr(junit, "name=\"a&#60;&#38;&#62;&#34;&#39;|"
                                  "\xef\xbf\xbd[31m\" time=\"0.001"));
    assert_non_null(strstr(junit, "tests=\"3\" failures=\"1\" errors=\"1\" "
                                  "skipped=\"1\""));
    assert_non_null(strstr(junit, "<error message=\"broken: crashed: signal 11 "
                                  "&#60;\xef\xbf\xbd\xef\xbf\xbd&#62;\" "
                                  "type=\"broken\"/>"));
    assert_non_null(strstr(junit, "timestamp=\"2026-01-02T03:04:05\""));
    assert_non_null(strstr(junit, "<skipped message=\"skipped\"/>"));
    for (const char *at = junit; *at; at++)
        assert_true((unsigned char)*at >= 0x20 || *at == '\n');
    assert_null(strchr(table, '\033'));
    assert_null(strchr(markdown, '\033'));
    assert_non_null(strstr(markdown, "a\\<&>\"'\\|?\\[31m"));
    json_t *read = json_loads(json, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(read);
    const json_t *first = json_array_get(json_object_get(read, "cases"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "verdict")),
                        "slower");
    assert_true(json_real_value(json_object_get(first, "ratio_low")) > 1.4);
    json_decref(read);
    free(junit);
    free(table);
    free(markdown);
    free(json);
    assay_comparison_free(&c);
    assay_run_data_free(&base);
    assay_run_data_free(&now);
}

/* One gate over 30 cases of different lengths, one of which is slowed. */
static enum assay_outcome simulate(struct assay_random *random,
                                   const struct noise *noise, double slowed,
                                   bool *seen, bool *innocent)
{
    struct assay_run_data *base = assay_test_empty_run(1),
                          *now = assay_test_empty_run(2);
    for (size_t i = 0; i < 30; i++) {
        static const size_t lengths[] = {20, 45, 120, 400, 1000};
        const double ns = 2e4 * pow(1.4, (double)i);
        const size_t n = lengths[i % 5];
        char name[16];
        snprintf(name, sizeof name, "case %zu", i);
        add_times(base, name, random, ns, n, noise);
        add_times(now, name, random, i == 7 ? ns * slowed : ns, n, noise);
    }
    struct assay_comparison *c = assay_test_compare(base, now);
    const enum assay_outcome outcome = assay_comparison_outcome(c);
    *seen = assay_test_find(c, "case 7")->verdict == ASSAY_VERDICT_SLOWER;
    *innocent = true;
    for (size_t i = 0; i < c->n_cases; i++)
        if (i != 7 && c->cases[i].outcome == ASSAY_OUTCOME_FAIL)
            *innocent = false;
    assay_comparison_free(&c);
    assay_run_data_free(&base);
    assay_run_data_free(&now);
    return outcome;
}

static void test_rates(void **state)
{
    (void)state;
    enum { GATES = 500, SLOWED = 200 };
    static const struct {
        const char *name;
        struct noise noise;
        double least_pass; /* share of gates of unchanged code that pass */
    } levels[] = {
        {"quiet", {0.005, 0.002, 0.005, 0.5, 0.01}, 0.99},
        {"usual", {0.02, 0.01, 0.02, 0.9, 0.03}, 0.90},
        {"noisy", {0.02, 0.03, 0.05, 0.95, 0.10}, 0},
    };
    for (size_t level = 0; level < sizeof levels / sizeof *levels; level++) {
        const struct noise *noise = &levels[level].noise;
        struct assay_random random;
        assay_random_seed(&random, 100 + level);
        int counts[4] = {0}, seen_slow = 0, blamed = 0;
        bool seen, innocent;
        for (int i = 0; i < GATES; i++)
            counts[simulate(&random, noise, 1, &seen, &innocent)]++;
        for (int i = 0; i < SLOWED; i++) {
            simulate(&random, noise, 1.2, &seen, &innocent);
            seen_slow += seen;
            blamed += !innocent;
        }
        print_message(
            "%s: of %d gates of 30 unchanged cases %.1f %% pass, %.1f %% fail, "
            "%.1f %% are inconclusive; a case 20 %% slower is named in %.1f %% "
            "of %d, another one in %.1f %%\n",
            levels[level].name, GATES,
            100.0 * counts[ASSAY_OUTCOME_PASS] / GATES,
            100.0 * counts[ASSAY_OUTCOME_FAIL] / GATES,
            100.0 * counts[ASSAY_OUTCOME_UNSURE] / GATES,
            100.0 * seen_slow / SLOWED, SLOWED, 100.0 * blamed / SLOWED);
        assert_true(counts[ASSAY_OUTCOME_FAIL] <= GATES / 100);
        assert_true(counts[ASSAY_OUTCOME_PASS] >=
                    levels[level].least_pass * GATES);
        assert_true(seen_slow >= SLOWED * 95 / 100 ||
                    levels[level].least_pass == 0);
    }
}

/* Normal quantiles of 1 - 0.01/n times sqrt(2) 0.02, from tables. */
static void test_limit(void **state)
{
    (void)state;
    const double spread = sqrt(2) * ASSAY_COMPARE_NOISE;
    assert_true(assay_compare_limit(0, 0.05, spread) == exp(log1p(0.05)));
    assert_true(fabs(assay_compare_limit(1, 0.05, spread) - 1.06801) < 1e-5);
    assert_true(fabs(assay_compare_limit(30, 0.05, spread) - 1.10103) < 1e-5);
    assert_true(fabs(assay_compare_limit(30, 0.2, spread) - 1.2) < 1e-12);
    static const struct {
        double low, high;
        enum assay_change change;
    } rows[] = {
        {0.91, 1.1, ASSAY_CHANGE_NONE}, {1.11, 1.2, ASSAY_CHANGE_SLOWER},
        {1.09, 1.2, ASSAY_CHANGE_OPEN}, {0.8, 0.9, ASSAY_CHANGE_FASTER},
        {0.8, 0.95, ASSAY_CHANGE_OPEN}, {0.5, 2, ASSAY_CHANGE_OPEN}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(
            assay_compare_interval(rows[i].low, rows[i].high, 1.105),
            rows[i].change);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statuses),  cmocka_unit_test(test_times),
        cmocka_unit_test(test_neighbour), cmocka_unit_test(test_disturbed),
        cmocka_unit_test(test_machines),  cmocka_unit_test(test_filter),
        cmocka_unit_test(test_formats),   cmocka_unit_test(test_limit),
        cmocka_unit_test(test_rates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
