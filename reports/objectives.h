/* SPDX-License-Identifier: Apache-2.0
 *
 * What a front is about, as values of a record. Pure functions, any thread.
 */
#ifndef ASSAY_REPORTS_OBJECTIVES_H
#define ASSAY_REPORTS_OBJECTIVES_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/record.h"

#define ASSAY_OBJECTIVES_MAX 3

/* What needs more than its interval to be told apart. */
enum assay_objective_kind {
    ASSAY_OBJECTIVE_ACCURACY,
    ASSAY_OBJECTIVE_LATENCY,
    ASSAY_OBJECTIVE_OTHER
};

struct assay_objective {
    enum assay_objective_kind kind;
    const char *name;  /* as --objective names it */
    const char *title; /* "Time per image" */
    bool maximise;
    /* False if the record lacks it; low and high are the value where there is
     * no interval. */
    bool (*get)(const struct assay_record *record, double *value, double *low,
                double *high);
};

/* accuracy (share), latency (ns per image: of a batch, its time divided by its
 * size, which no single image is answered in), memory (peak bytes of the host
 * and of a device's buffers, but for devices of the class cpu, whose buffers
 * are among the host's), size (bytes of the model's file), energy (J per
 * image). */
extern const struct assay_objective assay_objectives[];
extern const size_t assay_objective_count;

/* "accuracy,latency": at most ASSAY_OBJECTIVES_MAX names, each once; INVALID
 * lists those there are. */
enum assay_status assay_objectives_parse(const char *text,
                                         const struct assay_objective **chosen,
                                         size_t *n);

#endif
