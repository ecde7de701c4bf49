/* SPDX-License-Identifier: Apache-2.0
 *
 * The flags that `run` and `check` share.
 */
#ifndef ASSAY_HARNESS_RUN_OPTIONS_H
#define ASSAY_HARNESS_RUN_OPTIONS_H

#include "options.h"
#include "plan.h"

struct assay_run_options {
    struct assay_plan_request request; /* without targets */
    const char *suites[ASSAY_MOST_ARGUMENTS], *models[ASSAY_MOST_ARGUMENTS];
    int64_t threads[ASSAY_MOST_ARGUMENTS], batches[ASSAY_MOST_ARGUMENTS];
    const char *target;
    const char *store;
    const char *labels[ASSAY_MOST_ARGUMENTS];
    size_t n_labels;
    const char *commit; /* of the code under test */
    int64_t resume;     /* 0: a new run */
    bool quiet, help;
};

/* Read argv into *run. 0, or the exit code after a report. */
int assay_run_options_read(struct assay_run_options *run, int argc, char **argv,
                           struct assay_options *options);

#endif
