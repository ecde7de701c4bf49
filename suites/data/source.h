/* SPDX-License-Identifier: Apache-2.0
 *
 * A file of a data set that is read in order, and inflated on the way if its
 * name ends in .gz. A fault of its content is INVALID with file and byte; the
 * checksum of gzip is verified.
 */
#ifndef ASSAY_SUITES_SOURCE_H
#define ASSAY_SUITES_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/status.h"

struct assay_source;

/* The file NAME in the folder. */
enum assay_status assay_source_open(const char *folder, const char *name,
                                    struct assay_source **source);
/* NAME.gz, or else NAME; INVALID if there is neither. */
enum assay_status assay_source_find(const char *folder, const char *name,
                                    struct assay_source **source);
void assay_source_close(struct assay_source *source); /* NULL: nothing */

/* Read exactly `want` bytes of `what` (so the message calls them). */
enum assay_status assay_source_read(struct assay_source *source,
                                    const char *what, unsigned char *to,
                                    size_t want);
/* Nothing may follow what was read, neither inside the gzip stream nor after
 * it. */
enum assay_status assay_source_finish(struct assay_source *source);

/* An upper bound of the bytes that may still come, to be asked before memory is
 * allocated for what a header announces. */
uint64_t assay_source_room(const struct assay_source *source);

const char *assay_source_path(const struct assay_source *source);
uint64_t assay_source_offset(const struct assay_source *source);

#endif
