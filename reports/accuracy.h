/* SPDX-License-Identifier: Apache-2.0
 *
 * Accuracy, reported: a model's score at one target serves all of its batch
 * sizes, so each is told once.
 */
#ifndef ASSAY_REPORTS_ACCURACY_H
#define ASSAY_REPORTS_ACCURACY_H

#include <jansson.h>
#include <stdio.h>

#include "harness/store.h"

/* Whether the record has an accuracy and no earlier one of the run tells the
 * same model's at the same target and threads. */
bool assay_accuracy_is_told(const struct assay_run_data *run, size_t record);

/* "differs from mlp/fp32: 62 images better, 31 worse, p = 0.002", or "no
 * difference from mlp/fp32 shown: …" where p is 0.05 or more; malloced. NULL:
 * no McNemar test of this record, or no memory. */
char *assay_accuracy_difference(const struct assay_record *record);

/* Sentences about the run's variants that differ from their fp32, those where
 * no difference is shown, and agreement between targets, added if there is
 * something to say. False: no memory. */
bool assay_accuracy_say(json_t *sentences, const struct assay_run_data *run);

/* [{"run", "case", "text"}, …] of all runs: the records to be told, and
 * assay_accuracy_difference (null: none). New reference; NULL: no memory. */
json_t *assay_accuracy_to_json(const struct assay_run_data *const *runs,
                               size_t n);

/* A section of Markdown: a table of all scores, then for each model figures by
 * class and the confusion matrix (once where targets have the same). */
void assay_accuracy_markdown(FILE *out, const struct assay_run_data *run);

#endif
