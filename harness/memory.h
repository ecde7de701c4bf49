/* SPDX-License-Identifier: Apache-2.0
 *
 * Peak resident memory of this process, from /proc.
 */
#ifndef ASSAY_HARNESS_MEMORY_H
#define ASSAY_HARNESS_MEMORY_H

#include "record.h"

/* Begin a new peak; false where the kernel does not offer that, and the peak
 * then is that of the whole process. */
bool assay_memory_reset(void);

/* Set host_peak_bytes, or its absence. */
void assay_memory_record(struct assay_record *record);

#endif
