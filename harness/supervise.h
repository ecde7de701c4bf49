/* SPDX-License-Identifier: Apache-2.0
 *
 * Worker processes as the parent sees them. The parent loads no driver; a
 * worker (`assay worker`) answers requests, one JSON object a line on its
 * standard input, with one JSON object a line on descriptor 3. What drivers
 * print goes to stderr. A worker is in a process group of its own, so that a
 * Ctrl-C reaches the parent alone, and dies with the parent.
 */
#ifndef ASSAY_HARNESS_SUPERVISE_H
#define ASSAY_HARNESS_SUPERVISE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "kernels/status.h"

struct assay_worker {
    pid_t pid; /* 0: none running */
    int to, from;
    char *pending; /* bytes read that are not a whole line yet */
    size_t n_pending;
};

enum assay_answer {
    ASSAY_ANSWERED,
    ASSAY_CRASHED,   /* it died; reason says of what */
    ASSAY_TIMED_OUT, /* it gave no sign of life; it has been killed */
};

/* Send a request and wait for its answer, starting the worker if none runs.
 * Lines with the member "alive" are signs of life, each of which starts the
 * timeout again. On ASSAY_ANSWERED *answer is a new reference; otherwise
 * `reason` is filled and the worker is gone. */
enum assay_answer assay_worker_ask(struct assay_worker *worker,
                                   const json_t *request, double timeout,
                                   json_t **answer, char *reason,
                                   size_t reason_size);

/* End the worker: it may finish by itself, then is killed. */
void assay_worker_stop(struct assay_worker *worker);

#endif
