/* SPDX-License-Identifier: Apache-2.0
 *
 * Reports: writers of stored runs. A writer reads runs and records only; it
 * never touches a device. Every record of every run is written, in order,
 * unless the writer's own text says otherwise. An absent value is never
 * written as 0: it is empty, null, or a dash with its reason.
 *
 * Writers do not check the stream for errors; assay_report_write does. They
 * return NOMEM, or what their own text says.
 */
#ifndef ASSAY_REPORTS_REPORT_H
#define ASSAY_REPORTS_REPORT_H

#include <stdio.h>

#include "harness/store.h"
#include "reports/pareto.h"

struct assay_report_options {
    bool samples; /* json: every time and prediction; gbench: a row each */
    const struct assay_objective *const *objectives; /* of the front */
    size_t n_objectives;
};

typedef enum assay_status
assay_report_writer(const struct assay_run_data *const *runs, size_t n,
                    const struct assay_report_options *options, FILE *out);

/* json: one object: schema_version, runs, records (each with "run": id),
 *     variants (what each case is against its base, see variants.h),
 *     variant_rows (a row a variant and target, see variant_table.h), front
 *     (which records are on the front of their data set, see json.h).
 * csv: a line a record: run, the fields, "absent" (JSON of the reasons). The
 *     cell of an absent value is empty, that of an empty text "". A text that
 *     a spreadsheet would take for a formula (it begins with = + - @, a tab or
 *     a carriage return) has ' before it.
 * gbench: Google Benchmark's JSON. A case that was measured has a row of type
 *     iteration with the mean, and aggregates mean, median, stddev and cv if
 *     it has two samples or more; with `samples`, an iteration row for each
 *     sample instead, which is what compare.py needs for its U test. Google's
 *     own rows of failed cases have the time 0, and its readers either take
 *     that for a time or fail where there is none; so such cases stand apart,
 *     in "not_measured", with error_occurred and error_message or skipped and
 *     skip_message.
 * markdown, html: for people. Labels and names may hold anything; both escape.
 * summary: what was measured, the front, and what is missing, in sentences.
 * svg: accuracy against latency, drawn by gnuplot (UNSUPPORTED if it is not
 *     installed); of runs without models, the rates of the kernels; INVALID if
 *     the runs hold neither. */
assay_report_writer assay_report_json;
assay_report_writer assay_report_csv;
assay_report_writer assay_report_gbench;
assay_report_writer assay_report_markdown;
assay_report_writer assay_report_html;
assay_report_writer assay_report_svg;
assay_report_writer assay_report_summary;

struct assay_report_format {
    const char *name;
    const char *suffix; /* of files: ".html" */
    assay_report_writer *write;
    bool wants_samples; /* load the runs with samples */
};
extern const struct assay_report_format assay_report_formats[];
extern const size_t assay_report_format_count;

/* By name, or by the suffix of a file's name; INVALID lists those there are. */
enum assay_status
assay_report_format_find(const char *name,
                         const struct assay_report_format **format);
enum assay_status
assay_report_format_guess(const char *path,
                          const struct assay_report_format **format);

/* Write to a file (to a temporary one beside it first, which takes its place
 * once it is complete and on disk) or, if path is NULL or "-", to stdout. IO
 * names the file. */
enum assay_status assay_report_write(const struct assay_report_format *format,
                                     const struct assay_run_data *const *runs,
                                     size_t n,
                                     const struct assay_report_options *options,
                                     const char *path);

#endif
