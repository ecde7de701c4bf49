/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON as text for people and for strict parsers: a double has the fewest
 * digits that give it back exactly, objects and arrays down to `depth` levels
 * take a line for each member, and what lies deeper is on one line.
 */
#ifndef ASSAY_REPORTS_JSON_TEXT_H
#define ASSAY_REPORTS_JSON_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

/* With `in_html`, < > & and the line separators U+2028 and U+2029 are written
 * as \uXXXX, so that the text can stand in a <script> element. */
void assay_json_write(FILE *out, const json_t *json, int depth, bool in_html);

/* The shortest text that reads back as `real` (finite); at least 32 bytes. */
void assay_real_text(double real, char *text, size_t size);

#endif
