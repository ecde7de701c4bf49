/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs and records as JSON values, for the writers that need them.
 */
#ifndef ASSAY_REPORTS_JSON_H
#define ASSAY_REPORTS_JSON_H

#include "report.h"

/* id, started, finished, suite, commit, and labels, machine, command and plan
 * as values (as texts, should they not be JSON). New reference; NULL: no
 * memory. */
json_t *assay_run_to_json(const struct assay_run *run);

/* The whole: {"schema_version", "runs", "records", "variants", "variant_rows"};
 * the last two as variants.h and variant_table.h have them. */
json_t *assay_runs_to_json(const struct assay_run_data *const *runs, size_t n,
                           bool with_samples);

/* {"objectives": names, "sets": [{"name", "dataset_crc32", "images" (of the
 * points that are compared)}, …], "points": [{"record", "set", "front",
 * "subset", "noise_of", "beaten_by"}, …]}: what pareto.h finds, a front for
 * each data set. A record is its place among those of assay_runs_to_json, a set
 * its place in the list; null: none, or not told. New reference; NULL: no
 * memory. */
json_t *assay_front_to_json(const struct assay_run_data *const *runs, size_t n,
                            const struct assay_report_options *options);

/* "PATH: out of memory" for a writer that got NULL from a JSON function. */
enum assay_status assay_report_no_memory(const char *format);

#endif
