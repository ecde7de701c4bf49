/* SPDX-License-Identifier: Apache-2.0
 *
 * The page that page.py made of report.html, report.css, report.js and
 * Chart.js at build time, cut in two where the data belong.
 */
#ifndef ASSAY_REPORTS_HTML_H
#define ASSAY_REPORTS_HTML_H

#include <stddef.h>

struct assay_page {
    const unsigned char *head, *tail;
    size_t head_size, tail_size;
};
extern const struct assay_page assay_page;

#endif
