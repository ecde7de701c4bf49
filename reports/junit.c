/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/junit.h"

#include <string.h>

#include "harness/utf8.h"

static bool is_noncharacter(const char *text, size_t length)
{
    return length == 3 && (unsigned char)text[0] == 0xef &&
           (unsigned char)text[1] == 0xbf && (unsigned char)text[2] >= 0xbe;
}

static void escape(FILE *out, const char *text)
{
    while (*text) {
        const size_t length = assay_utf8_length(text);
        const unsigned char byte = (unsigned char)*text;
        if (length == 0 || (byte < 0x20 && !strchr("\t\n\r", byte)) ||
            is_noncharacter(text, length))
            fputs("\xef\xbf\xbd", out);
        else if (byte < 0x20)
            fprintf(out, "&#%u;", byte);
        else if (strchr("&<>\"'", byte))
            fprintf(out, "&#%u;", byte);
        else
            fwrite(text, 1, length, out);
        text += length ? length : 1;
    }
}

static bool is_error(const struct assay_compared *k)
{
    return k->outcome == ASSAY_OUTCOME_FAIL &&
           k->verdict == ASSAY_VERDICT_BROKEN;
}

static bool is_skipped(const struct assay_compared *k)
{
    return k->outcome == ASSAY_OUTCOME_UNSURE ||
           k->outcome == ASSAY_OUTCOME_SKIP;
}

static double seconds(const struct assay_compared *k)
{
    double ns;
    return k->now && assay_record_number(k->now, ASSAY_FIELD_latency_ns_median,
                                         &ns)
               ? ns * 1e-9
               : 0;
}

static void write_case(const struct assay_compared *k, FILE *out)
{
    const struct assay_record *record = k->now ? k->now : k->base;
    const char *target = assay_record_get_text(record, ASSAY_FIELD_target);
    const char *verdict = assay_verdict_names[k->verdict];
    fputs("    <testcase classname=\"assay.", out);
    escape(out, target ? target : "unknown");
    fputs("\" name=\"", out);
    escape(out, k->name);
    fprintf(out, "\" time=\"%.9f\"", seconds(k));
    if (k->outcome == ASSAY_OUTCOME_PASS) {
        fputs("/>\n", out);
        return;
    }
    const char *element = is_skipped(k) ? "skipped"
                          : is_error(k) ? "error"
                                        : "failure";
    fprintf(out, ">\n      <%s message=\"%s%s", element, verdict,
            k->why[0] ? ": " : "");
    escape(out, k->why);
    fputc('"', out);
    if (!is_skipped(k))
        fprintf(out, " type=\"%s\"", verdict);
    fputs("/>\n    </testcase>\n", out);
}

enum assay_status assay_junit_write(const struct assay_comparison *comparison,
                                    FILE *out)
{
    size_t failures = 0, errors = 0, skipped = 0;
    double time = 0;
    for (size_t i = 0; i < comparison->n_cases; i++) {
        const struct assay_compared *k = &comparison->cases[i];
        errors += is_error(k);
        failures += k->outcome == ASSAY_OUTCOME_FAIL && !is_error(k);
        skipped += is_skipped(k);
        time += seconds(k);
    }
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", out);
    for (int level = 0; level < 2; level++) {
        fprintf(out,
                "%s name=\"assay gate\" tests=\"%zu\" failures=\"%zu\" "
                "errors=\"%zu\" skipped=\"%zu\" time=\"%.9f\"",
                level ? "  <testsuite" : "<testsuites", comparison->n_cases,
                failures, errors, skipped, time);
        if (level && comparison->now->run.started) {
            fputs(" timestamp=\"", out);
            /* xs:dateTime as the schema has it: without a zone. */
            char stamp[20];
            snprintf(stamp, sizeof stamp, "%s", comparison->now->run.started);
            escape(out, stamp);
            fputc('"', out);
        }
        fputs(">\n", out);
    }
    for (size_t i = 0; i < comparison->n_cases; i++)
        write_case(&comparison->cases[i], out);
    fputs("  </testsuite>\n</testsuites>\n", out);
    return fflush(out) == 0 && !ferror(out)
               ? ASSAY_OK
               : assay_fail(ASSAY_IO, "the JUnit file could not be written");
}
