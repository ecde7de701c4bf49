/* SPDX-License-Identifier: Apache-2.0
 *
 * A run that looks like a real one, for the tests of reports: four models on
 * three targets with batch 1 and 64, kernels, and cases that were skipped or
 * crashed; with texts in it that try to break every format.
 */
#ifndef ASSAY_TESTS_REPORT_RUNS_H
#define ASSAY_TESTS_REPORT_RUNS_H

#include "harness/store.h"
#include "reports/report.h"

#define HOSTILE                                                                \
    "</script><img src=x onerror=alert(1)>|`*_\"'\\,;\n=1+1\xE2\x80\xA8\xFF"

/* The caller frees it with assay_run_data_free. */
struct assay_run_data *assay_test_run(int64_t id);

/* A record with only these; NULL and negative values are left out. */
struct assay_record *assay_test_record(const char *kind, const char *name,
                                       const char *status);
void assay_test_append(struct assay_run_data *data,
                       struct assay_record *record);

/* What a report says of the runs; the caller frees it. `size` may be NULL. A
 * failure ends the test. */
char *assay_test_written(assay_report_writer *write,
                         const struct assay_run_data *const *runs, size_t n,
                         const struct assay_report_options *options,
                         size_t *size);

#endif
