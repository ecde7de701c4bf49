/* SPDX-License-Identifier: Apache-2.0
 *
 * The variants of a run against their base in one table: a row for each variant
 * and target (and number of threads), with all that is known of what it costs
 * and what it gains.
 */
#ifndef ASSAY_REPORTS_VARIANT_TABLE_H
#define ASSAY_REPORTS_VARIANT_TABLE_H

#include <jansson.h>

#include "differences.h"
#include "variants.h"

struct assay_variant_row {
    struct assay_variant *variants; /* by batch size, ascending */
    size_t n;
    const struct assay_difference *difference; /* NULL: not tested */
};

struct assay_variant_table {
    struct assay_variant *variants; /* of all rows */
    struct assay_variant_row *rows; /* in the order of the run */
    size_t n;
    int64_t *batches; /* of any row, ascending */
    size_t n_batches;
};

/* `differences` are those of the report and outlive the table. NOMEM. */
enum assay_status
assay_variant_table_make(const struct assay_run_data *run,
                         const struct assay_differences *differences,
                         struct assay_variant_table *table);
void assay_variant_table_free(struct assay_variant_table *table);

/* "no difference in accuracy shown, a loss of up to 0.23 pp possible; faster at
 * batch 1, slower at batch 64 (runs sparse in 2 of 5 layers with zeros, yet is
 * slower as a whole); smaller file, same memory", malloced. NULL: no memory. */
char *assay_variant_verdict(const struct assay_variant_row *row);

/* Written with columns of spaces, and as a section of Markdown; nothing if the
 * run has no variants. Times, file and memory are shares of what the base takes.
 * NOMEM. */
enum assay_status
assay_variant_table_text(FILE *out, const struct assay_run_data *run,
                         const struct assay_differences *differences);
enum assay_status
assay_variant_table_markdown(FILE *out, const struct assay_run_data *run,
                             const struct assay_differences *differences);

/* [{"run", "case" (of its smallest batch), "model", "variant", "target",
 * "threads", "accuracy_change", "accuracy_change_low", "accuracy_change_high"
 * (shares, variant less base), "better", "worse", "images", "p", "p_adjusted"
 * (null with "accuracy_reason", if not tested), "times": [{"batch", "share",
 * "speed", "same_kernels"}, …], "file_share", "memory_share" (null: not known),
 * "verdict"}, …] of all runs. New reference; NULL: no memory. */
json_t *assay_variant_rows_to_json(const struct assay_run_data *const *runs,
                                   size_t n);

#endif
