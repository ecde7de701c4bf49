/* SPDX-License-Identifier: Apache-2.0
 *
 * Texts from outside (a driver's device name, a file's, a database's) may hold
 * any byte, but JSON, HTML and SQLite want UTF-8. Pure functions, any thread.
 */
#ifndef ASSAY_HARNESS_UTF8_H
#define ASSAY_HARNESS_UTF8_H

#include <stddef.h>

/* The bytes of the well-formed character that `text` begins with (RFC 3629: no
 * overlong form, no surrogate, at most U+10FFFF), or 0. `text` ends with '\0',
 * of which the result is 1. */
size_t assay_utf8_length(const char *text);

/* A copy in which U+FFFD stands for every byte that belongs to no well-formed
 * character. The caller frees it; NULL: no memory. */
char *assay_utf8(const char *text);

#endif
