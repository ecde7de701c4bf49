/* SPDX-License-Identifier: Apache-2.0 */
#include "units.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Three significant digits, without an exponent where that is readable. */
static void digits(double value, const char *unit, char *text, size_t size)
{
    double x = fabs(value);
    int decimals = x >= 100 ? 0 : x >= 10 ? 1 : x >= 1 ? 2 : 3;
    const char *space = *unit ? " " : "";
    if (x != 0 && (x < 0.01 || x >= 1e7))
        snprintf(text, size, "%.2e%s%s", value, space, unit);
    else
        snprintf(text, size, "%.*f%s%s", decimals, value, space, unit);
}

static void scaled(double value, double step, const char *const *names, int n,
                   char *text, size_t size)
{
    int i = 0;
    for (; i + 1 < n && fabs(value) >= step; i++)
        value /= step;
    digits(value, names[i], text, size);
}

void assay_units_text(const char *unit, double value, char *text, size_t size)
{
    static const char *const times[] = {"ns", "µs", "ms", "s"};
    static const char *const bytes[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    static const char *const rates[] = {"/s", "k/s", "M/s", "G/s"};
    static const char *const work[] = {"FLOP", "kFLOP", "MFLOP", "GFLOP"};
    if (!strcmp(unit, "ns"))
        scaled(value, 1000, times, 4, text, size);
    else if (!strcmp(unit, "B") && value < 1024)
        snprintf(text, size, "%.0f B", value);
    else if (!strcmp(unit, "B"))
        scaled(value, 1024, bytes, 5, text, size);
    else if (!strcmp(unit, "1/s"))
        scaled(value, 1000, rates, 4, text, size);
    else if (!strcmp(unit, "FLOP"))
        scaled(value, 1000, work, 4, text, size);
    else if (!strcmp(unit, "share"))
        snprintf(text, size, "%.2f %%", 100 * value);
    else
        digits(value, unit, text, size);
}

const char *assay_units_field(const struct assay_record *record,
                              enum assay_field field, char *buffer, size_t size)
{
    const struct assay_value *value = &record->fields[field];
    const struct assay_field_info *info = &assay_fields[field];
    double number;
    if (!value->present)
        return NULL;
    if (info->kind == ASSAY_KIND_TEXT || info->kind == ASSAY_KIND_JSON)
        return value->text;
    if (info->kind == ASSAY_KIND_INT && !*info->unit) {
        snprintf(buffer, size, "%" PRId64, value->integer);
        return buffer;
    }
    if (!assay_record_number(record, field, &number))
        return NULL;
    assay_units_text(info->unit, number, buffer, size);
    return buffer;
}
