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

/* The record of the run that tells the score of a model at its target and
 * threads; NULL: none has it. */
const struct assay_record *
assay_accuracy_told_by(const struct assay_run_data *run,
                       const struct assay_record *record);

/* A sentence about how many variants differ from their base, and one about
 * agreement between targets, added if there is something to say. False: no
 * memory. */
bool assay_accuracy_say(json_t *sentences,
                        const struct assay_run_data *const *runs, size_t n);

/* [{"run", "case", "text"}, …] of all runs: the records to be told, and
 * assay_difference_text (null: not tested). New reference; NULL: no memory. */
json_t *assay_accuracy_to_json(const struct assay_run_data *const *runs,
                               size_t n);

/* A section of Markdown: a table of all scores, then for each model figures by
 * class and the confusion matrix (once where targets have the same). */
void assay_accuracy_markdown(FILE *out, const struct assay_run_data *run);

#endif
