/* SPDX-License-Identifier: Apache-2.0
 *
 * Values for people: "12.3 µs", "1.5 MiB", "92.70 %", "8.4 k/s".
 */
#ifndef ASSAY_REPORTS_UNITS_H
#define ASSAY_REPORTS_UNITS_H

#include "harness/record.h"

/* By the unit as record.def names it; any other unit is appended as it is.
 * 32 bytes hold every result. */
void assay_units_text(const char *unit, double value, char *text, size_t size);

/* A field of a record: its text, its value with unit, or NULL if it is absent.
 * The result is the record's own or lies in `buffer`. */
const char *assay_units_field(const struct assay_record *record,
                              enum assay_field field, char *buffer,
                              size_t size);

#endif
