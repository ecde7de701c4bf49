/* SPDX-License-Identifier: Apache-2.0 */
#include "markdown_text.h"

#include <string.h>

#include "units.h"

void assay_markdown_text(FILE *out, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '<')
            fputs("&lt;", out);
        else if (c == '>')
            fputs("&gt;", out);
        else if (c == '&')
            fputs("&amp;", out);
        else if (strchr("\\`*_[]|~$#", c))
            fprintf(out, "\\%c", c);
        else
            putc(c < 0x20 || c == 0x7F ? ' ' : c, out);
    }
}

void assay_markdown_field(FILE *out, const struct assay_record *record,
                          enum assay_field which)
{
    char buffer[32];
    const char *text = assay_units_field(record, which, buffer, sizeof buffer);
    fputs(" ", out);
    assay_markdown_text(out, text ? text : "–");
    fputs(" |", out);
}
