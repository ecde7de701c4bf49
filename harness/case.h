/* SPDX-License-Identifier: Apache-2.0
 *
 * A case: what one record is about. The parent plans cases, sends each to a
 * worker as one JSON object, and makes the record itself if the worker does
 * not come back. A case owns its texts.
 */
#ifndef ASSAY_HARNESS_CASE_H
#define ASSAY_HARNESS_CASE_H

#include <jansson.h>

#include "backends/backend.h"
#include "record.h"

struct assay_case {
    char *name;
    bool is_model;
    struct assay_device_info device;
    int64_t threads;  /* of a CPU device */
    unsigned isa_off; /* levels not to be used */
    char *skip;       /* why it is not run at all, or NULL */
    double min_time;  /* seconds */
    int64_t repetitions;
    double timeout; /* seconds without a sign of life */
    uint64_t seed;
    bool check_only;
    /* kernels */
    struct assay_problem problem;
    char *symbol; /* of the row */
    /* models */
    char *model, *variant, *path;
    char *predictions;  /* path of the recipe's own, or NULL */
    char *data;         /* folder of the images, or NULL: the standard one */
    int64_t parameters; /* as the manifest has them; 0: not known */
    int64_t batch;
    int64_t images;         /* for accuracy; 0: none, */
    char *no_accuracy;      /* and why */
    int64_t accuracy_batch; /* images of one call while scoring */
};

void assay_case_clear(struct assay_case *c);

/* New reference; NULL: no memory. */
json_t *assay_case_to_json(const struct assay_case *c);

/* INVALID names the member at fault; then `c` is cleared. */
enum assay_status assay_case_from_json(const json_t *json,
                                       struct assay_case *c);

/* Devices as JSON, for the enumerating worker and `assay targets`. */
json_t *assay_device_to_json(const struct assay_device_info *info);
enum assay_status assay_device_from_json(const json_t *json,
                                         struct assay_device_info *info);

/* A record with all that the plan alone tells, and `status`; fields that this
 * kind of case has but that were not reached are absent with `reason` where
 * the status is not "ok". NULL: no memory. */
struct assay_record *assay_case_record(const struct assay_case *c,
                                       const char *status, const char *reason);

#endif
