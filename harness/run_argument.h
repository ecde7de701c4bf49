/* SPDX-License-Identifier: Apache-2.0
 *
 * A run as the command line names it: "12" in the standard store, "ci.db" (its
 * newest) or "ci.db:12" in another, "" for the standard store's newest.
 */
#ifndef ASSAY_HARNESS_RUN_ARGUMENT_H
#define ASSAY_HARNESS_RUN_ARGUMENT_H

#include "store.h"

/* Load the run with its samples; `store` is the standard store's path. *path
 * (may be NULL) gets the path that was used, as a new string. */
enum assay_status assay_run_argument_load(const char *text, const char *store,
                                          struct assay_run_data **data,
                                          char **path);

#endif
