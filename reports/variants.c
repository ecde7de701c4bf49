/* SPDX-License-Identifier: Apache-2.0 */
#include "variants.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "choices.h"
#include "harness/compare_limit.h"
#include "harness/paired.h"
#include "json.h"

const char *const assay_speed_names[ASSAY_SPEEDS] = {"faster", "slower", "same",
                                                     "inconclusive", "unknown"};

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

static bool runs_the_same(const struct assay_record *base,
                          const struct assay_record *variant)
{
    const char *rows = assay_record_get_text(base, ASSAY_FIELD_impl);
    struct assay_choices choices = {.sparse = 0};
    double flop[2], bytes[2];
    if (!rows ||
        strcmp(rows, assay_record_text_or(variant, ASSAY_FIELD_impl, "?")) !=
            0 ||
        !assay_record_number(base, ASSAY_FIELD_flop, &flop[0]) ||
        !assay_record_number(variant, ASSAY_FIELD_flop, &flop[1]) ||
        !assay_record_number(base, ASSAY_FIELD_weights_bytes, &bytes[0]) ||
        !assay_record_number(variant, ASSAY_FIELD_weights_bytes, &bytes[1]) ||
        flop[0] != flop[1] || bytes[0] != bytes[1])
        return false;
    if (assay_choices_read(variant, &choices))
        assay_choices_free(&choices);
    return choices.sparse == 0;
}

static bool same_text(const struct assay_record *a,
                      const struct assay_record *b, enum assay_field field)
{
    return strcmp(assay_record_text_or(a, field, "?"),
                  assay_record_text_or(b, field, "?")) == 0;
}

static bool same_number(const struct assay_record *a,
                        const struct assay_record *b, enum assay_field field)
{
    return a->fields[field].integer == b->fields[field].integer;
}

bool assay_variants_untold(const struct assay_record *a,
                           const struct assay_record *b)
{
    return same_text(a, b, ASSAY_FIELD_model) &&
           same_text(a, b, ASSAY_FIELD_target) &&
           same_number(a, b, ASSAY_FIELD_threads) &&
           same_number(a, b, ASSAY_FIELD_batch) &&
           (assay_compare_is_disturbed(a) || assay_compare_is_disturbed(b) ||
            (runs_the_same(a, b) && runs_the_same(b, a)));
}

static enum assay_speed judge(const struct assay_variant *v)
{
    static const enum assay_speed of_change[] = {
        [ASSAY_CHANGE_NONE] = ASSAY_SPEED_SAME,
        [ASSAY_CHANGE_FASTER] = ASSAY_SPEED_FASTER,
        [ASSAY_CHANGE_SLOWER] = ASSAY_SPEED_SLOWER,
        [ASSAY_CHANGE_OPEN] = ASSAY_SPEED_INCONCLUSIVE};
    if (v->same_kernels)
        return ASSAY_SPEED_SAME;
    if (!(v->low > 0))
        return ASSAY_SPEED_UNKNOWN;
    const enum assay_change change =
        assay_compare_interval(1 / v->high, 1 / v->low, v->limit);
    return v->disturbed && change != ASSAY_CHANGE_NONE
               ? ASSAY_SPEED_INCONCLUSIVE
               : of_change[change];
}

enum assay_status assay_variants_find(const struct assay_run_data *run,
                                      struct assay_variant **variants,
                                      size_t *n)
{
    size_t compared = 0;
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
        const bool same = runs_the_same(base, r);
        compared += known && !same;
        (*variants)[(*n)++] = (struct assay_variant){
            .variant = r,
            .base = base,
            .same_kernels = same,
            .disturbed = assay_compare_is_disturbed(base) ||
                         assay_compare_is_disturbed(r),
            .ratio = was[1] / is[1],
            .low = known ? was[0] / is[2] : 0,
            .high = known ? was[2] / is[0] : 0,
            .file = size_ratio(base, r, ASSAY_FIELD_model_bytes),
            .weights = size_ratio(base, r, ASSAY_FIELD_weights_bytes),
        };
    }
    const double limit = assay_compare_limit(compared, ASSAY_COMPARE_TOLERANCE,
                                             sqrt(2) * ASSAY_COMPARE_NOISE);
    for (size_t i = 0; i < *n; i++) {
        (*variants)[i].limit = limit;
        (*variants)[i].speed = judge(&(*variants)[i]);
    }
    return ASSAY_OK;
}

enum assay_status assay_variants_limit(const struct assay_run_data *run,
                                       double *limit)
{
    struct assay_variant *variants;
    size_t n, cases = 0;
    const enum assay_status status = assay_variants_find(run, &variants, &n);
    if (status != ASSAY_OK)
        return status;
    for (size_t i = 0; i < run->n_records; i++) {
        const char *kind =
            assay_record_get_text(run->records[i], ASSAY_FIELD_kind);
        double time[3];
        cases += kind && strcmp(kind, "model") == 0 &&
                 measured(run->records[i], time);
    }
    *limit = n > 0 ? variants[0].limit
                   : assay_compare_limit(cases, ASSAY_COMPARE_TOLERANCE,
                                         sqrt(2) * ASSAY_COMPARE_NOISE);
    free(variants);
    return ASSAY_OK;
}

bool assay_variants_of_fp32(const struct assay_variant *variants, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(assay_record_text_or(variants[i].base, ASSAY_FIELD_variant,
                                        "?"),
                   ASSAY_BASE_VARIANT) != 0)
            return false;
    return true;
}

/* "1.31x"; always of the larger over the smaller. */
static void times(FILE *out, double ratio)
{
    const double x = ratio < 1 ? 1 / ratio : ratio;
    fprintf(out, "%.*fx", x < 2 ? 2 : x < 100 ? 1 : 0, x);
}

/* "cnn int8" */
static void name(FILE *out, const struct assay_record *record)
{
    fprintf(out, "%s %s", assay_record_text_or(record, ASSAY_FIELD_model, "?"),
            assay_record_text_or(record, ASSAY_FIELD_variant, "?"));
}

/* " on cpu with 2 threads" */
static void place(FILE *out, const struct assay_record *record)
{
    double threads;
    fprintf(out, " on %s",
            assay_record_text_or(record, ASSAY_FIELD_target, "?"));
    if (assay_record_number(record, ASSAY_FIELD_threads, &threads))
        fprintf(out, " with %.0f thread%s", threads, threads == 1 ? "" : "s");
}

static int compared(double ratio)
{
    return ratio > ASSAY_SIZE_MARGIN                    ? 1
           : ratio > 0 && ratio < 1 / ASSAY_SIZE_MARGIN ? -1
                                                        : 0;
}

/* "3.9x smaller" */
static void one_size(FILE *out, double ratio)
{
    const int more = compared(ratio);
    if (more == 0) {
        fputs("of the same size", out);
        return;
    }
    times(out, ratio);
    fputs(more > 0 ? " smaller" : " larger", out);
}

/* "; file 3.9x smaller, memory of the same size" */
static void sizes(FILE *out, const struct assay_variant *v)
{
    const bool both = v->file > 0 && v->weights > 0;
    if (v->file <= 0 && v->weights <= 0)
        return;
    if (both && compared(v->file) == compared(v->weights) &&
        fabs(log(v->file / v->weights)) < 0.1) {
        fputs("; file and memory ", out);
        one_size(out, v->file);
        return;
    }
    fputs(v->file > 0 ? "; file " : "; memory ", out);
    one_size(out, v->file > 0 ? v->file : v->weights);
    if (both) {
        fputs(", memory ", out);
        one_size(out, v->weights);
    }
}

/* Its batch size, and how much faster or slower it is. */
static void one_batch(FILE *out, const struct assay_variant *v,
                      const char *before)
{
    double batch = 1;
    assay_record_number(v->variant, ASSAY_FIELD_batch, &batch);
    fprintf(out, "%s%.0f", before, batch);
    if (v->speed == ASSAY_SPEED_INCONCLUSIVE)
        fprintf(out, " (%.2fx to %.2fx as fast)", v->low, v->high);
    if (v->speed != ASSAY_SPEED_FASTER && v->speed != ASSAY_SPEED_SLOWER)
        return;
    fputs(" (", out);
    times(out, v->ratio);
    fputs(")", out);
}

void assay_variant_reason(FILE *out, const struct assay_variant *v)
{
    char *why =
        v->speed == ASSAY_SPEED_FASTER ? NULL : assay_choices_text(v->variant);
    if (v->disturbed && v->speed == ASSAY_SPEED_INCONCLUSIVE)
        fputs(" (interrupted by other programs)", out);
    if (!why)
        return;
    if (v->same_kernels)
        fputs(": its zeros save no time on this target", out);
    fprintf(out, " (%s%s)", why,
            strstr(why, "sparse in") == NULL ? ""
            : v->speed == ASSAY_SPEED_SLOWER ? ", yet is slower as a whole"
            : v->speed == ASSAY_SPEED_SAME   ? ", yet is no faster as a whole"
                                             : "");
    free(why);
}

/* One sentence without a full stop about variants that differ in their batch
 * sizes only. */
static void sentence(FILE *out, const struct assay_variant *v, size_t n)
{
    static const char *const verbs[ASSAY_SPEEDS] = {
        " is faster than ", " is slower than ", " is as fast as ", " against ",
        " against "};
    name(out, v->variant);
    fputs(v->same_kernels ? " runs the same kernels as " : verbs[v->speed],
          out);
    name(out, v->base);
    if (v->speed == ASSAY_SPEED_SAME && !v->same_kernels)
        fputs(" within noise", out);
    place(out, v->variant);
    for (size_t i = 0; i < n; i++)
        one_batch(out, &v[i],
                  i == 0      ? " at batch "
                  : i + 1 < n ? ", "
                              : " and ");
    assay_variant_reason(out, v);
    if (v->speed == ASSAY_SPEED_UNKNOWN)
        fputs(": too few samples to tell", out);
    if (v->speed == ASSAY_SPEED_INCONCLUSIVE)
        fprintf(out, ": inconclusive at a limit of %.1f %%",
                100 * (v->limit - 1));
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
    return same_text(a->variant, b->variant, ASSAY_FIELD_target) &&
           same_number(a->variant, b->variant, ASSAY_FIELD_threads);
}

bool assay_variant_same(const struct assay_variant *a,
                        const struct assay_variant *b)
{
    return same_place(a, b) &&
           same_text(a->variant, b->variant, ASSAY_FIELD_model) &&
           same_text(a->variant, b->variant, ASSAY_FIELD_variant);
}

bool assay_variant_same_verdict(const struct assay_variant *a,
                                const struct assay_variant *b)
{
    return assay_variant_same(a, b) && a->speed == b->speed &&
           a->same_kernels == b->same_kernels && a->disturbed == b->disturbed;
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
    size_t count[ASSAY_SPEEDS] = {0}, size, same = 0;
    char *text = NULL;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return false;
    for (size_t i = 0; i < n; i++) {
        count[v[i].speed]++;
        same += v[i].same_kernels;
    }
    fprintf(out,
            "Of %zu comparison%s of a variant's time with its %s's, %zu %s "
            "faster, %zu slower and %zu the same (%zu of them on the same "
            "kernels)",
            n, n == 1 ? "" : "s",
            assay_variants_of_fp32(v, n) ? ASSAY_BASE_VARIANT : "base",
            count[ASSAY_SPEED_FASTER],
            count[ASSAY_SPEED_FASTER] == 1 ? "is" : "are",
            count[ASSAY_SPEED_SLOWER], count[ASSAY_SPEED_SAME], same);
    if (count[ASSAY_SPEED_INCONCLUSIVE])
        fprintf(out, "; %zu inconclusive", count[ASSAY_SPEED_INCONCLUSIVE]);
    if (count[ASSAY_SPEED_UNKNOWN])
        fprintf(out, "; %zu ha%s too few samples to tell",
                count[ASSAY_SPEED_UNKNOWN],
                count[ASSAY_SPEED_UNKNOWN] == 1 ? "s" : "ve");
    fprintf(out,
            "; a difference counts from %.1f %% on (as in assay compare: "
            "tolerance %.0f %%, noise from run to run %.0f %%)",
            100 * (v->limit - 1), 100 * ASSAY_COMPARE_TOLERANCE,
            100 * ASSAY_COMPARE_NOISE);
    if (fclose(out)) {
        free(text);
        return false;
    }
    return add(sentences, text);
}

/* Each variant that is slower, its batch sizes together. */
static bool say_slower(json_t *sentences, const struct assay_variant *v,
                       size_t n)
{
    bool ok = true;
    bool *done = calloc(n, sizeof *done);
    struct assay_variant *group = calloc(n, sizeof *group);
    ok = done && group;
    for (size_t i = 0; ok && i < n; i++) {
        size_t members = 0;
        if (done[i] || v[i].speed != ASSAY_SPEED_SLOWER)
            continue;
        for (size_t j = i; j < n; j++)
            if (!done[j] && assay_variant_same_verdict(&v[i], &v[j])) {
                group[members++] = v[j];
                done[j] = true;
            }
        ok = add(sentences, text_about(group, members));
    }
    free(group);
    free(done);
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
             say_slower(sentences, variants, n);
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
            ok =
                text &&
                !json_array_append_new(
                    list,
                    json_pack(
                        "{s:I, s:s, s:s, s:s, s:b, s:f, s:f, s:o, s:o, "
                        "s:o, s:o, s:s}",
                        "run", (json_int_t)runs[r]->run.id, "case",
                        assay_record_text_or(v->variant, ASSAY_FIELD_case, "?"),
                        "base",
                        assay_record_text_or(v->base, ASSAY_FIELD_case, "?"),
                        "speed", assay_speed_names[v->speed], "same_kernels",
                        v->same_kernels, "limit", v->limit, "ratio", v->ratio,
                        "ratio_low", known(v->low), "ratio_high",
                        known(v->high), "file_ratio", known(v->file),
                        "weights_ratio", known(v->weights), "text", text));
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
