/* SPDX-License-Identifier: Apache-2.0
 *
 * Small text files, read whole.
 */
#ifndef ASSAY_SUITES_TEXT_H
#define ASSAY_SUITES_TEXT_H

#include <stddef.h>

#include "kernels/status.h"

/* Read a regular file of at most `limit` bytes as a new string, NUL-terminated
 * beyond its *size bytes (it may hold other NULs). A file that is missing, no
 * regular file or too long is INVALID with its path; a failed read is IO. */
enum assay_status assay_text_read(const char *path, size_t limit, char **text,
                                  size_t *size);

/* The two joined by a slash, as a new string; NULL: no memory. */
char *assay_text_join(const char *folder, const char *name);

#endif
