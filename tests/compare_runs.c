/* SPDX-License-Identifier: Apache-2.0 */
#include "compare_runs.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report_runs.h"

const struct assay_compare_options assay_test_options = {.tolerance = 0.05,
                                                         .noise = 0.02};

struct assay_run_data *assay_test_empty_run(int64_t id)
{
    struct assay_run_data *run = calloc(1, sizeof *run);
    run->run.id = id;
    return run;
}

struct assay_record *assay_test_case(struct assay_run_data *run,
                                     const char *name, const char *status)
{
    struct assay_record *record = assay_record_create();
    assay_record_text(record, ASSAY_FIELD_case, name);
    assay_record_text(record, ASSAY_FIELD_status, status);
    assay_record_text(record, ASSAY_FIELD_target, "cpu");
    assay_test_append(run, record);
    return record;
}

struct assay_comparison *assay_test_compare(const struct assay_run_data *base,
                                            const struct assay_run_data *now)
{
    struct assay_comparison *c = NULL;
    assert_int_equal(assay_compare(base, now, &assay_test_options, &c),
                     ASSAY_OK);
    return c;
}

const struct assay_compared *assay_test_find(const struct assay_comparison *c,
                                             const char *name)
{
    for (size_t i = 0; i < c->n_cases; i++)
        if (strcmp(c->cases[i].name, name) == 0)
            return &c->cases[i];
    fail_msg("no case %s", name);
    return NULL;
}

void assay_test_expect(const struct assay_comparison *c, const char *name,
                       enum assay_verdict verdict, enum assay_outcome outcome)
{
    const struct assay_compared *k = assay_test_find(c, name);
    if (k->verdict != verdict || k->outcome != outcome)
        fail_msg("%s: %s (%s), outcome %d", name,
                 assay_verdict_names[k->verdict], k->why, k->outcome);
}

double assay_test_uniform(struct assay_random *random)
{
    return (double)(assay_random_next(random) >> 11) * 0x1p-53;
}

double assay_test_normal(struct assay_random *random)
{
    return sqrt(-2 * log(1 - assay_test_uniform(random))) *
           cos(6.283185307179586 * assay_test_uniform(random));
}
