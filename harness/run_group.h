/* SPDX-License-Identifier: Apache-2.0
 *
 * One side of a comparison: one run, or several of the same code, measured in
 * turn with the other side's (A B A B A B). What differs between them is what
 * unchanged code differs by, neighbours of a shared machine included, which no
 * statistic within one run can see.
 */
#ifndef ASSAY_HARNESS_RUN_GROUP_H
#define ASSAY_HARNESS_RUN_GROUP_H

#include "store.h"

/* From so many runs on, a group tells a range. */
#define ASSAY_RUN_GROUP_RANGE 3

struct assay_run_group {
    struct assay_run_data **runs;
    size_t n;
    /* The runs as one: of each case the record with the least median, or the
     * first that is not ok, so that a failure shows. What is in it belongs to
     * the runs; `run` is that of the first. */
    struct assay_run_data merged;
};

/* Load the runs that `text` names, separated by commas, each as run_argument.h
 * has it. INVALID if one is named twice. */
enum assay_status assay_run_group_load(const char *text, const char *store,
                                       struct assay_run_group *group);

/* Make `merged` of runs and n. */
enum assay_status assay_run_group_merge(struct assay_run_group *group);

void assay_run_group_free(struct assay_run_group *group);

/* Least and largest of the runs' medians of a case; false below
 * ASSAY_RUN_GROUP_RANGE runs that have it. */
bool assay_run_group_range(const struct assay_run_group *group,
                           const char *name, double *least, double *most);

#endif
