/* SPDX-License-Identifier: Apache-2.0
 *
 * reports/absent.c: what cases lack, by reason.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report_runs.h"
#include "reports/absent.h"

static struct assay_run_data *run;

static struct assay_record *add(const char *status, const char *p99)
{
    struct assay_record *r = assay_test_record("model", "x", status);
    assay_record_absent(r, ASSAY_FIELD_latency_ns_p99, p99);
    assay_test_append(run, r);
    return r;
}

static void samples_are_one_reason(void **state)
{
    (void)state;
    static const char *const want[][2] = {
        {"needs 662 samples, has 20 to 200", "latency_ns_p99 (3 cases)"},
        {"needs 64 samples, has 20", "latency_ns_p90 (1 case)"},
        {"no RAPL zone", "energy_j, counters (2 cases)"},
        {"no images", "accuracy (1 case), nll (2 cases)"},
        {"core 2, has 3 more", "latency_ns_p99 (1 case)"},
    };
    run = calloc(1, sizeof *run);
    struct assay_record *a = add("ok", "needs 662 samples, has 100");
    struct assay_record *b = add("ok", "needs 662 samples, has 20");
    add("ok", "needs 662 samples, has 200");
    add("crashed", "needs 662 samples, has 7");
    assay_record_absent(a, ASSAY_FIELD_latency_ns_p90,
                        "needs 64 samples, has 20");
    assay_record_absent(a, ASSAY_FIELD_energy_j, "no RAPL zone");
    assay_record_absent(b, ASSAY_FIELD_energy_j, "no RAPL zone");
    assay_record_absent(a, ASSAY_FIELD_counters, "no RAPL zone");
    assay_record_absent(b, ASSAY_FIELD_counters, "no RAPL zone");
    assay_record_absent(a, ASSAY_FIELD_accuracy, "no images");
    assay_record_absent(a, ASSAY_FIELD_nll, "no images");
    assay_record_absent(b, ASSAY_FIELD_nll, "no images");
    assay_record_absent(b, ASSAY_FIELD_reason, "the case is ok");
    add("ok", "core 2, has 3 more");
    const struct assay_run_data *runs[] = {run};
    json_t *list = assay_absent_to_json(runs, 1);
    const size_t n = sizeof want / sizeof *want;
    assert_int_equal(json_array_size(list), n);
    for (size_t i = 0; i < n; i++) {
        bool found = false;
        for (size_t k = 0; k < n; k++) {
            const json_t *group = json_array_get(list, k);
            found =
                found ||
                (!strcmp(want[i][0],
                         json_string_value(json_object_get(group, "reason"))) &&
                 !strcmp(want[i][1],
                         json_string_value(json_object_get(group, "fields"))));
        }
        if (!found)
            fail_msg("no group '%s': %s", want[i][0], want[i][1]);
    }
    json_decref(list);
    assay_run_data_free(&run);
}

static void groups_are_numbered(void **state)
{
    (void)state;
    json_t *groups = json_object();
    assert_int_equal(assay_absent_count(groups, "a", "x, has 1"), 1);
    assert_int_equal(assay_absent_count(groups, "a", "y"), 2);
    assert_int_equal(assay_absent_count(groups, "b", "x, has 2"), 1);
    assert_int_equal(assay_absent_count(groups, "a", "x has 1"), 3);
    json_decref(groups);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_one_reason),
        cmocka_unit_test(groups_are_numbered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
