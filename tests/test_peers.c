/* SPDX-License-Identifier: Apache-2.0
 *
 * Ratios of our kernels to those of libraries, in every report that has them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "reports/peers.h"
#include "reports/report.h"
#include "tests/report_runs.h"

static const struct assay_objective *objectives[2];
static const struct assay_report_options options = {.objectives = objectives,
                                                    .n_objectives = 2};

static void add(struct assay_run_data *data, const char *name,
                const char *library, const char *status, double median)
{
    struct assay_record *r = assay_test_record("kernel", name, status);
    if (library)
        assay_record_text(r, ASSAY_FIELD_library, library);
    assay_record_real(r, ASSAY_FIELD_latency_ns_median, median);
    assay_record_real(r, ASSAY_FIELD_latency_ns_low, median * 0.9);
    assay_record_real(r, ASSAY_FIELD_latency_ns_high, median * 1.2);
    assay_test_append(data, r);
}

/* Ours against two libraries; a problem that only a library did; one on which
 * the library is wrong; and another row of our own, which is no peer. */
static struct assay_run_data *make(void)
{
    struct assay_run_data *data = assay_test_run(7);
    add(data, "dense/f32/8x8x8/cpu/t2", NULL, "ok", 100);
    add(data, "dense/f32/8x8x8[onednn]/cpu/t2", "oneDNN 2", "ok", 80);
    add(data, "dense/f32/8x8x8[openblas]/cpu/t2", "OpenBLAS", "ok", 250);
    add(data, "dense/f32/8x8x8[avx2]/cpu/t2", NULL, "ok", 300);
    add(data, "dense/f32/8x8x8[onednn]/cpu/t1", "oneDNN 2", "ok", 80);
    add(data, "dense/s8/8x8x8/cpu/t2", NULL, "ok", 50);
    add(data, "dense/s8/8x8x8[onednn]/cpu/t2", "oneDNN 2", "wrong", 10);
    add(data, "softmax/f32/8x8/cpu/t2", NULL, "ok", 40);
    add(data, "softmax/f32/8x8[onednn]/cpu/t2", "one|DNN", "ok", 60);
    return data;
}

static char *written(assay_report_writer *write)
{
    struct assay_run_data *data = make();
    const struct assay_run_data *runs[] = {data};
    char *text = assay_test_written(write, runs, 1, &options, NULL);
    assay_run_data_free(&data);
    return text;
}

static void pairs_are_of_the_same_case(void **state)
{
    static const struct {
        const char *peer;
        double ratio;
    } want[] = {{"onednn", 0.8}, {"openblas", 2.5}, {"onednn", 1.5}};
    (void)state;
    struct assay_run_data *data = make();
    struct assay_peer_pair *pairs;
    size_t n;
    char name[32];
    assert_int_equal(assay_peers_find(data, &pairs, &n), ASSAY_OK);
    assert_int_equal(n, 3);
    for (size_t i = 0; i < n; i++) {
        assert_true(assay_peer_name(pairs[i].peer, name, sizeof name));
        assert_string_equal(name, want[i].peer);
        assert_float_equal(pairs[i].ratio, want[i].ratio, 1e-12);
        assert_float_equal(pairs[i].low, want[i].ratio * 0.9 / 1.2, 1e-12);
        assert_float_equal(pairs[i].high, want[i].ratio * 1.2 / 0.9, 1e-12);
        assert_false(assay_peer_name(pairs[i].ours, name, sizeof name));
    }
    free(pairs);
    assay_run_data_free(&data);
}

static void reports_show_ratios(void **state)
{
    (void)state;
    char *text = written(assay_report_markdown);
    assert_non_null(strstr(text, "| dense/f32/8x8x8/cpu/t2 | 100 ns | onednn | "
                                 "80.0 ns | 0.80 (0.60 to 1.07) | oneDNN 2 |"));
    assert_non_null(strstr(text, "| 60.0 ns | 1.50 (1.12 to 2.00) | "
                                 "one\\|DNN |"));
    free(text);
    text = written(assay_report_summary);
    assert_non_null(
        strstr(text, "Against the fastest library: 1 of 2 cases are at least "
                     "as fast; from 0.80 (dense/f32/8x8x8/cpu/t2, onednn) to "
                     "1.50 (softmax/f32/8x8/cpu/t2, onednn) of its speed."));
    free(text);
    text = written(assay_report_html);
    assert_non_null(strstr(text, "\"peers\":"));
    assert_non_null(strstr(text, "\"ratio\": 2.5"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_are_of_the_same_case),
        cmocka_unit_test(reports_show_ratios),
    };
    objectives[0] = &assay_objectives[0];
    objectives[1] = &assay_objectives[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
