/* SPDX-License-Identifier: Apache-2.0
 *
 * Carrying out a plan: each case in a worker, each record handed on as soon as
 * it is there.
 */
#ifndef ASSAY_HARNESS_EXECUTE_H
#define ASSAY_HARNESS_EXECUTE_H

#include "plan.h"

struct assay_execution {
    const struct assay_plan *plan;
    bool quiet;
    /* Whether a case is to be left out (it has its record); may be NULL. */
    bool (*done)(const struct assay_case *c, void *user);
    /* Takes note of a record; a failure ends the execution. */
    enum assay_status (*add)(const struct assay_record *record, void *user);
    void *user;
    /* Results */
    size_t finished, wrong, failed, skipped;
    bool interrupted; /* by SIGINT or SIGTERM, after the record in hand */
};

enum assay_status assay_execute(struct assay_execution *execution);

/* A time as a person reads it: "12.3 us". */
void assay_format_ns(double ns, char *text, size_t size);

#endif
