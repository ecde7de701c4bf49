/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside a worker: what lives from one case to the next, and the two kinds of
 * case. One thread.
 */
#ifndef ASSAY_HARNESS_WORKER_H
#define ASSAY_HARNESS_WORKER_H

#include "case.h"
#include "score.h"
#include "suites/data/dataset.h"
#include "suites/model/model.h"

/* What scoring a model found; valid for one path, device and set of images. */
struct assay_score {
    char *key; /* NULL: nothing */
    struct assay_scores scores;
    int64_t agreed;           /* with the recipe's own predictions */
    const char *no_agreement; /* why there are none to compare with, or NULL */
};

struct assay_worker_state {
    struct assay_device *device;
    char *device_key; /* what it was opened with */
    struct assay_model *model;
    char *model_path;
    struct assay_dataset *dataset;
    char *dataset_folder; /* "" for the standard one */
    struct assay_score score;
    int reply; /* descriptor of the replies */
};

/* Tell the parent that the case in hand goes on. */
void assay_worker_alive(struct assay_worker_state *state);

/* Carry out a case on the open device: prepare, check, measure, check again.
 * The record comes with the status "ok"; a function that fails has set the
 * fields it reached, and a wrong result is told by *wrong with the reason in
 * assay_message(). */
enum assay_status assay_kernel_case(struct assay_worker_state *state,
                                    const struct assay_case *c,
                                    struct assay_record *record, bool *wrong);
enum assay_status assay_model_case(struct assay_worker_state *state,
                                   const struct assay_case *c,
                                   struct assay_record *record, bool *wrong);

/* Set host_peak_bytes of a model case, or its absence; see memory.h, which says
 * why the process must be a new one. */
enum assay_status assay_memory_case(struct assay_worker_state *state,
                                    const struct assay_case *c,
                                    struct assay_record *record);

#endif
