/* SPDX-License-Identifier: Apache-2.0 */
#include "variants.h"

#include <stdlib.h>
#include <string.h>

#include "harness/paired.h"
#include "json.h"
#include "markdown_text.h"

/* Sizes that differ by less are the same. */
#define SIZE_MARGIN 1.01

static const char *const speeds[ASSAY_SPEEDS] = {"faster", "slower", "same",
                                                 "unknown"};

static bool positive(const struct assay_record *record, enum assay_field field,
                     double *value)
{
    return assay_record_number(record, field, value) && *value > 0;
}

/* Median, and the interval around it, or 0, 0. */
static bool measured(const struct assay_record *record, double time[3])
{
    const char *status = assay_record_get_text(record, ASSAY_FIELD_status);
    if (!status || strcmp(status, "ok") != 0 ||
        !positive(record, ASSAY_FIELD_latency_ns_median, &time[1]))
        return false;
    if (!positive(record, ASSAY_FIELD_latency_ns_low, &time[0]) ||
        !positive(record, ASSAY_FIELD_latency_ns_high, &time[2]))
        time[0] = time[2] = 0;
    return true;
}

static double size_ratio(const struct assay_record *base,
                         const struct assay_record *variant,
                         enum assay_field field)
{
    double x, y;
    return positive(base, field, &x) && positive(variant, field, &y) ? x / y
                                                                     : 0;
}

enum assay_status assay_variants_find(const struct assay_run_data *run,
                                      struct assay_variant **variants,
                                      size_t *n)
{
    *n = 0;
    *variants = calloc(run->n_records + 1, sizeof **variants);
    if (!*variants)
        return assay_report_no_memory("variants");
    for (size_t i = 0; i < run->n_records; i++) {
        const struct assay_record *r = run->records[i];
        const struct assay_record *base = assay_paired_base(run, r);
        double was[3], is[3];
        if (!base || !measured(base, was) || !measured(r, is))
            continue;
        const bool known = was[0] > 0 && is[0] > 0;
        (*variants)[(*n)++] = (struct assay_variant){
            .variant = r,
            .base = base,
            .speed = !known           ? ASSAY_SPEED_UNKNOWN
                     : is[2] < was[0] ? ASSAY_SPEED_FASTER
                     : is[0] > was[2] ? ASSAY_SPEED_SLOWER
                                      : ASSAY_SPEED_SAME,
            .ratio = was[1] / is[1],
            .low = known ? was[0] / is[2] : 0,
            .high = known ? was[2] / is[0] : 0,
            .file = size_ratio(base, r, ASSAY_FIELD_model_bytes),
            .weights = size_ratio(base, r, ASSAY_FIELD_weights_bytes),
        };
    }
    return ASSAY_OK;
}

static const char *text_of(const struct assay_record *record,
                           enum assay_field field)
{
    const char *text = assay_record_get_text(record, field);
    return text ? text : "?";
}

/* "1.3x"; always of the larger over the smaller. */
static void times(FILE *out, double ratio)
{
    const double x = ratio < 1 ? 1 / ratio : ratio;
    fprintf(out, "%.*fx", x < 1.1 ? 2 : x < 100 ? 1 : 0, x);
}

/* "cnn int8" */
static void name(FILE *out, const struct assay_record *record)
{
    fprintf(out, "%s %s", text_of(record, ASSAY_FIELD_model),
            text_of(record, ASSAY_FIELD_variant));
}

/* " on cpu with 2 threads" */
static void place(FILE *out, const struct assay_record *record)
{
    double threads;
    fprintf(out, " on %s", text_of(record, ASSAY_FIELD_target));
    if (assay_record_number(record, ASSAY_FIELD_threads, &threads))
        fprintf(out, " with %.0f thread%s", threads, threads == 1 ? "" : "s");
}

static int compared(double ratio)
{
    return ratio > SIZE_MARGIN                    ? 1
           : ratio > 0 && ratio < 1 / SIZE_MARGIN ? -1
                                                  : 0;
}

static void one_size(FILE *out, double ratio, const char *where)
{
    const int more = compared(ratio);
    fprintf(out, "%s%s",
            more > 0   ? "smaller"
            : more < 0 ? "larger"
                       : "of the same size",
            where);
    if (more) {
        fputs(" (", out);
        times(out, ratio);
        fputs(")", out);
    }
}

/* " and smaller (3.9x)"; file and memory apart where they say different
 * things. */
static void sizes(FILE *out, const struct assay_variant *v)
{
    const int file = compared(v->file), weights = compared(v->weights);
    if (v->file <= 0 && v->weights <= 0)
        return;
    fputs(v->speed == ASSAY_SPEED_UNKNOWN ? "; it is " : " and ", out);
    if (v->file <= 0 || v->weights <= 0 || (!file && !weights) ||
        (file == weights && v->file / v->weights < 1.1 &&
         v->weights / v->file < 1.1)) {
        one_size(out, v->file > 0 ? v->file : v->weights, "");
    } else if (file == weights) {
        fprintf(out, "%s (file ", file > 0 ? "smaller" : "larger");
        times(out, v->file);
        fputs(", memory ", out);
        times(out, v->weights);
        fputs(")", out);
    } else {
        one_size(out, v->file, " as a file");
        fputs(", ", out);
        one_size(out, v->weights, " in memory");
    }
}

/* One sentence without a full stop about variants that differ in their batch
 * sizes only. */
static void sentence(FILE *out, const struct assay_variant *v, size_t n)
{
    static const char *const verbs[ASSAY_SPEEDS] = {
        " is faster than ", " is slower than ", " is as fast as ", " against "};
    name(out, v->variant);
    fputs(verbs[v->speed], out);
    name(out, v->base);
    if (v->speed == ASSAY_SPEED_SAME)
        fputs(" within noise", out);
    place(out, v->variant);
    for (size_t i = 0; i < n; i++) {
        double batch = 1;
        assay_record_number(v[i].variant, ASSAY_FIELD_batch, &batch);
        fprintf(out, "%s%.0f",
                i == 0      ? " at batch "
                : i + 1 < n ? ", "
                            : " and ",
                batch);
        if (v[i].speed != ASSAY_SPEED_FASTER &&
            v[i].speed != ASSAY_SPEED_SLOWER)
            continue;
        fputs(" (", out);
        times(out, v[i].ratio);
        fputs(")", out);
    }
    if (v->speed == ASSAY_SPEED_UNKNOWN)
        fputs(": too few samples to tell", out);
    sizes(out, v);
}

static char *text_about(const struct assay_variant *v, size_t n)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    sentence(out, v, n);
    if (fclose(out)) {
        free(text);
        return NULL;
    }
    return text;
}

char *assay_variant_text(const struct assay_variant *variant)
{
    return text_about(variant, 1);
}

static bool same_place(const struct assay_variant *a,
                       const struct assay_variant *b)
{
    const struct assay_value *x = a->variant->fields, *y = b->variant->fields;
    return strcmp(text_of(a->variant, ASSAY_FIELD_target),
                  text_of(b->variant, ASSAY_FIELD_target)) == 0 &&
           x[ASSAY_FIELD_threads].integer == y[ASSAY_FIELD_threads].integer;
}

static bool same_variant(const struct assay_variant *a,
                         const struct assay_variant *b)
{
    return same_place(a, b) &&
           strcmp(text_of(a->variant, ASSAY_FIELD_model),
                  text_of(b->variant, ASSAY_FIELD_model)) == 0 &&
           strcmp(text_of(a->variant, ASSAY_FIELD_variant),
                  text_of(b->variant, ASSAY_FIELD_variant)) == 0;
}

static bool add(json_t *sentences, char *text)
{
    char *whole = NULL;
    const bool made = text && asprintf(&whole, "%s.", text) >= 0;
    const bool ok =
        made && !json_array_append_new(sentences, json_string(whole));
    if (made)
        free(whole);
    free(text);
    return ok;
}

static bool say_count(json_t *sentences, const struct assay_variant *v,
                      size_t n)
{
    size_t count[ASSAY_SPEEDS] = {0};
    char unknown[60] = "";
    char *text = NULL;
    for (size_t i = 0; i < n; i++)
        count[v[i].speed]++;
    if (count[ASSAY_SPEED_UNKNOWN])
        snprintf(unknown, sizeof unknown, "; %zu ha%s too few samples to tell",
                 count[ASSAY_SPEED_UNKNOWN],
                 count[ASSAY_SPEED_UNKNOWN] == 1 ? "s" : "ve");
    if (asprintf(&text,
                 "Of %zu comparison%s of a variant with its fp32, %zu %s "
                 "faster, %zu slower, and %zu as fast within noise%s",
                 n, n == 1 ? "" : "s", count[ASSAY_SPEED_FASTER],
                 count[ASSAY_SPEED_FASTER] == 1 ? "is" : "are",
                 count[ASSAY_SPEED_SLOWER], count[ASSAY_SPEED_SAME],
                 unknown) < 0)
        return false;
    return add(sentences, text);
}

/* Each variant that is not faster, its batch sizes of one verdict together. */
static bool say_not_faster(json_t *sentences, const struct assay_variant *v,
                           size_t n)
{
    bool ok = true;
    bool *done = calloc(n, sizeof *done);
    struct assay_variant *group = calloc(n, sizeof *group);
    ok = done && group;
    for (size_t i = 0; ok && i < n; i++) {
        size_t members = 0;
        if (done[i] || v[i].speed == ASSAY_SPEED_FASTER)
            continue;
        for (size_t j = i; j < n; j++)
            if (!done[j] && v[j].speed == v[i].speed &&
                same_variant(&v[i], &v[j])) {
                group[members++] = v[j];
                done[j] = true;
            }
        ok = add(sentences, text_about(group, members));
    }
    free(group);
    free(done);
    return ok;
}

/* The faster cases of the variant of v[at], as " at batch 1 (1.3x) …" or, if
 * these are all that it has, their least and largest ratio. */
static void faster_cases(FILE *out, const struct assay_variant *v, size_t n,
                         size_t at)
{
    double least = v[at].ratio, most = least, batch = 1;
    size_t all = 0, faster = 0;
    for (size_t i = 0; i < n; i++) {
        if (!same_variant(&v[i], &v[at]))
            continue;
        all++;
        if (v[i].speed != ASSAY_SPEED_FASTER)
            continue;
        faster++;
        least = v[i].ratio < least ? v[i].ratio : least;
        most = v[i].ratio > most ? v[i].ratio : most;
    }
    for (size_t i = 0, told = 0; faster < all && i < n; i++) {
        if (v[i].speed != ASSAY_SPEED_FASTER || !same_variant(&v[i], &v[at]))
            continue;
        assay_record_number(v[i].variant, ASSAY_FIELD_batch, &batch);
        fprintf(out, "%s%.0f", told++ ? " and " : " at batch ", batch);
    }
    fputs(" (", out);
    times(out, least);
    if (most > least) {
        fputs(" to ", out);
        times(out, most);
    }
    if (compared(v[at].file) > 0) {
        fputs("; ", out);
        times(out, v[at].file);
        fputs(" smaller", out);
    }
    fputs(")", out);
}

static void list_faster(FILE *out, const struct assay_variant *v, size_t n,
                        size_t first)
{
    bool any = false;
    for (size_t i = first; i < n; i++) {
        bool told =
            v[i].speed != ASSAY_SPEED_FASTER || !same_place(&v[i], &v[first]);
        for (size_t j = first; !told && j < i; j++)
            told =
                v[j].speed == ASSAY_SPEED_FASTER && same_variant(&v[j], &v[i]);
        if (told)
            continue;
        if (!any) {
            fputs("Faster than fp32", out);
            place(out, v[i].variant);
        }
        fputs(any ? ", " : ": ", out);
        any = true;
        name(out, v[i].variant);
        faster_cases(out, v, n, i);
    }
}

static bool say_faster(json_t *sentences, const struct assay_variant *v,
                       size_t n)
{
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++) {
        bool seen = false;
        for (size_t j = 0; j < i; j++)
            seen = seen || same_place(&v[j], &v[i]);
        if (seen)
            continue;
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);
        if (!out)
            return false;
        list_faster(out, v, n, i);
        ok = !fclose(out);
        if (ok && *text)
            ok = add(sentences, text);
        else
            free(text);
    }
    return ok;
}

bool assay_variants_say(json_t *sentences, const struct assay_run_data *run)
{
    struct assay_variant *variants;
    size_t n;
    if (assay_variants_find(run, &variants, &n) != ASSAY_OK)
        return false;
    bool ok = true;
    if (n > 0)
        ok = say_count(sentences, variants, n) &&
             say_faster(sentences, variants, n) &&
             say_not_faster(sentences, variants, n);
    free(variants);
    return ok;
}

static json_t *known(double ratio)
{
    return ratio > 0 ? json_real(ratio) : json_null();
}

json_t *assay_variants_to_json(const struct assay_run_data *const *runs,
                               size_t n)
{
    json_t *list = json_array();
    bool ok = list;
    for (size_t r = 0; ok && r < n; r++) {
        struct assay_variant *variants = NULL;
        size_t count = 0;
        ok = assay_variants_find(runs[r], &variants, &count) == ASSAY_OK;
        for (size_t i = 0; ok && i < count; i++) {
            const struct assay_variant *v = &variants[i];
            char *text = assay_variant_text(v);
            ok = text &&
                 !json_array_append_new(
                     list,
                     json_pack("{s:I, s:s, s:s, s:s, s:f, s:o, s:o, s:o, s:o, "
                               "s:s}",
                               "run", (json_int_t)runs[r]->run.id, "case",
                               text_of(v->variant, ASSAY_FIELD_case), "base",
                               text_of(v->base, ASSAY_FIELD_case), "speed",
                               speeds[v->speed], "ratio", v->ratio, "ratio_low",
                               known(v->low), "ratio_high", known(v->high),
                               "file_ratio", known(v->file), "weights_ratio",
                               known(v->weights), "text", text));
            free(text);
        }
        free(variants);
    }
    if (!ok) {
        json_decref(list);
        return NULL;
    }
    return list;
}

static void markdown_ratio(FILE *out, double ratio)
{
    if (ratio > 0)
        fprintf(out, " %.3g |", ratio);
    else
        fputs(" – |", out);
}

enum assay_status assay_variants_markdown(FILE *out,
                                          const struct assay_run_data *run)
{
    static const enum assay_field fields[] = {
        ASSAY_FIELD_model, ASSAY_FIELD_variant, ASSAY_FIELD_target,
        ASSAY_FIELD_batch, ASSAY_FIELD_threads};
    static const char *const words[ASSAY_SPEEDS] = {
        "faster", "slower", "as fast within noise", "too few samples to tell"};
    struct assay_variant *variants;
    size_t n;
    const enum assay_status status = assay_variants_find(run, &variants, &n);
    if (status != ASSAY_OK)
        return status;
    if (n > 0)
        fprintf(out,
                "\n## Variants against fp32, run %lld\n\n"
                "What fp32 takes over what the variant takes: above 1, the "
                "variant is faster or smaller. In brackets: from the ends of "
                "both 95 %% intervals; where these overlap, it is as fast "
                "within noise. Fewer than 6 samples have no interval.\n\n"
                "| model | variant | target | batch | threads | speed | time "
                "| file | in memory |\n"
                "|:--|:--|:--|--:|--:|:--|--:|--:|--:|\n",
                (long long)run->run.id);
    for (size_t i = 0; i < n; i++) {
        const struct assay_variant *v = &variants[i];
        fputs("|", out);
        for (size_t k = 0; k < sizeof fields / sizeof *fields; k++)
            assay_markdown_field(out, v->variant, fields[k]);
        fprintf(out, " %s | %.3g", words[v->speed], v->ratio);
        if (v->speed != ASSAY_SPEED_UNKNOWN)
            fprintf(out, " (%.3g to %.3g)", v->low, v->high);
        fputs(" |", out);
        markdown_ratio(out, v->file);
        markdown_ratio(out, v->weights);
        fputs("\n", out);
    }
    free(variants);
    return ASSAY_OK;
}
