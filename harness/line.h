/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON a line over a pipe, as a worker and its parent speak it.
 */
#ifndef ASSAY_HARNESS_LINE_H
#define ASSAY_HARNESS_LINE_H

#include <jansson.h>
#include <stdbool.h>

/* Write `json` (NULL: fails) and a line break, all of it; false if the other
 * side is gone or there is no memory. */
bool assay_line_write(int descriptor, const json_t *json);

#endif
