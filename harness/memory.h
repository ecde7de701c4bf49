/* SPDX-License-Identifier: Apache-2.0
 *
 * Resident memory that a piece of work adds to this process, from /proc.
 *
 * host_peak_bytes of a model is what the model adds to a process of its own,
 * which has opened the device and done nothing else: the largest resident set
 * (VmHWM, begun anew through /proc/self/clear_refs) from before the file is
 * read until a second pass at the case's batch has ended, less the resident set
 * before. Within lie the file, its lowering, packing and compilation (what a
 * driver loads for that included), the trial of dense and sparse kernels
 * (choose.h), the input and output, and on a device that is the processor its
 * buffers. Outside are the accuracy's pass and its images, the check against
 * the reference, the samples, and all of other cases. The kernel counts pages
 * in batches, so small models are right to some hundred KiB.
 */
#ifndef ASSAY_HARNESS_MEMORY_H
#define ASSAY_HARNESS_MEMORY_H

#include "record.h"

struct assay_memory {
    int64_t resident; /* bytes at the beginning; 0: not known */
    const char *why;  /* nothing can be said, static; or NULL */
};

/* Give free heap back to the system and begin a new peak. Of the whole process:
 * no other thread should allocate until the end. */
void assay_memory_begin(struct assay_memory *memory);

/* Set host_peak_bytes, or its absence: what the peak since the beginning is
 * above the resident set then. */
void assay_memory_end(const struct assay_memory *memory,
                      struct assay_record *record);

#endif
