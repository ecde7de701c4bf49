/* SPDX-License-Identifier: Apache-2.0
 *
 * Which cases of stored runs a report is about.
 */
#ifndef ASSAY_HARNESS_SELECT_H
#define ASSAY_HARNESS_SELECT_H

#include "store.h"

/* What a case must be, by all that is given. */
struct assay_selection {
    const char *target; /* "cpu,opencl", as of `assay run`; or NULL */
    const char *filter; /* extended regular expression on names, or NULL */
    /* Batch sizes of models; a case without a batch size passes. 0: all. */
    const int64_t *batches;
    size_t n_batches;
};

/* The records that are not selected follow the others, as hidden ones (see
 * struct assay_run_data): with their run they are still compared with. INVALID
 * if the filter is no expression, a word of the target is no target's name, or
 * nothing is left of records that there are. */
enum assay_status assay_select(const struct assay_selection *selection,
                               struct assay_run_data *const *runs, size_t n);

#endif
