/* SPDX-License-Identifier: Apache-2.0
 *
 * What measured cases lack, by reason: reasons that differ only in the number
 * of samples that a case has are one.
 */
#ifndef ASSAY_REPORTS_ABSENT_H
#define ASSAY_REPORTS_ABSENT_H

#include <jansson.h>

#include "harness/store.h"

/* Reasons with numbers, as they come; a JSON object without members is empty.
 * Counts one more value of the field that is absent for the reason, and returns
 * the number, from 1, of the reason's group; 0: no memory. */
size_t assay_absent_count(json_t *groups, const char *field,
                          const char *reason);

/* "needs 662 samples, has 20 to 655", malloced, of a member of the groups. */
char *assay_absent_reason(const json_t *group);

/* "latency_ns_p99 (57 cases)", "op, library (180 cases)" or "accuracy (2
 * cases), nll (3 cases)", malloced. */
char *assay_absent_fields(const json_t *group);

/* [{"reason", "fields"}, …] of all cases that are ok, in the texts above. New
 * reference; NULL: no memory. */
json_t *assay_absent_to_json(const struct assay_run_data *const *runs,
                             size_t n);

#endif
