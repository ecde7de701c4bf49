/* SPDX-License-Identifier: Apache-2.0
 *
 * A report in words: what was measured, which points are on the front, what
 * was not measured and why. Plain text, to be escaped by who prints it.
 */
#ifndef ASSAY_REPORTS_SUMMARY_H
#define ASSAY_REPORTS_SUMMARY_H

#include "report.h"

/* An array of sentences; NULL: no memory. */
json_t *assay_summary(const struct assay_run_data *const *runs, size_t n,
                      const struct assay_report_options *options);

/* "cnn on cpu, batch 64 (92.70 %, 12.3 µs per image)", malloced. The run is
 * named too if there is more than one. NULL: no memory. */
char *assay_point_text(const struct assay_point *point, bool with_run,
                       const struct assay_report_options *options);

/* A value of an objective for people; 32 bytes hold it. */
void assay_objective_text(const struct assay_objective *objective, double value,
                          char *text, size_t size);

/* Whether the run ended with all of its cases; if not, how many are missing
 * (planned, and without a record). */
bool assay_run_complete(const struct assay_run_data *run, size_t *missing);

#endif
