/* SPDX-License-Identifier: Apache-2.0
 *
 * The null device, for tests of what stands above a backend. It takes any row
 * of any backend, sets the output to zero instead of computing it, and fails on
 * demand. Faults are global and not thread-safe.
 */
#ifndef ASSAY_BACKENDS_NULL_H
#define ASSAY_BACKENDS_NULL_H

#include "backends/backend.h"

enum assay_null_slot {
    ASSAY_NULL_OPEN,
    ASSAY_NULL_BUF_CREATE,
    ASSAY_NULL_BUF_WRITE,
    ASSAY_NULL_BUF_READ,
    ASSAY_NULL_KERNEL_CREATE,
    ASSAY_NULL_RUN,
    ASSAY_NULL_FINISH,
    ASSAY_NULL_SLOTS
};

/* Let the slot return `status` once `after` further calls have succeeded, and
 * from then on. ASSAY_OK takes the fault away. */
void assay_null_fault(enum assay_null_slot slot, enum assay_status status,
                      unsigned after);

#endif
