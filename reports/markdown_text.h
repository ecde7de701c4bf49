/* SPDX-License-Identifier: Apache-2.0
 *
 * Pieces of Markdown that the parts of that report share.
 */
#ifndef ASSAY_REPORTS_MARKDOWN_TEXT_H
#define ASSAY_REPORTS_MARKDOWN_TEXT_H

#include <stdio.h>

#include "harness/record.h"

/* Text from outside must stay text: in a table cell, and in the HTML that
 * Markdown may become. */
void assay_markdown_text(FILE *out, const char *text);

/* " VALUE |" of a field; a dash if it is absent. */
void assay_markdown_field(FILE *out, const struct assay_record *record,
                          enum assay_field field);

#endif
