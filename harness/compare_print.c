/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "compare.h"
#include "execute.h"

/* A stored text may hold what a terminal would obey, or a Markdown table would
 * take for a column. */
static void put_text(FILE *out, const char *text, int width, bool markdown)
{
    int n = 0;
    for (; *text; text++) {
        const unsigned char byte = (unsigned char)*text;
        if (markdown && strchr("|\\`*_<[", byte))
            fputc('\\', out);
        fputc(byte < 0x20 || byte == 0x7f ? '?' : byte, out);
        n += (byte & 0xc0) != 0x80;
    }
    for (; n < width; n++)
        fputc(' ', out);
}

static const char *colour_of(const struct assay_compared *k, bool colour)
{
    if (!colour)
        return "";
    switch (k->verdict) {
    case ASSAY_VERDICT_SLOWER:
    case ASSAY_VERDICT_LESS_ACCURATE:
    case ASSAY_VERDICT_BROKEN:
    case ASSAY_VERDICT_STOPPED:
    case ASSAY_VERDICT_MISSING:
        return "\033[31m";
    case ASSAY_VERDICT_FASTER:
        return "\033[32m";
    case ASSAY_VERDICT_INCONCLUSIVE:
        return "\033[33m";
    default:
        return "";
    }
}

struct cells {
    char before[40], after[40], ratio[16], interval[40], p[16];
};

static void time_cell(const struct assay_record *record, char *text,
                      size_t size)
{
    double ns;
    snprintf(text, size, "-");
    if (record &&
        assay_record_number(record, ASSAY_FIELD_latency_ns_median, &ns))
        assay_format_ns(ns, text, size);
}

/* Three decimals, or what is as wide. */
static void put_ratio(double ratio, char *text, size_t size)
{
    snprintf(text, size, ratio < 99.9995 ? "%.3f" : "%.2g", ratio);
}

static void fill_cells(const struct assay_compared *k, struct cells *cells)
{
    time_cell(k->base, cells->before, sizeof cells->before);
    time_cell(k->now, cells->after, sizeof cells->after);
    strcpy(cells->ratio, "-");
    strcpy(cells->interval, "-");
    strcpy(cells->p, "-");
    if (!k->timed)
        return;
    char low[16], high[16];
    put_ratio(k->timing.ratio, cells->ratio, sizeof cells->ratio);
    put_ratio(k->timing.low, low, sizeof low);
    put_ratio(k->timing.high, high, sizeof high);
    snprintf(cells->interval, sizeof cells->interval, "%s-%s", low, high);
    snprintf(cells->p, sizeof cells->p, "%.1e", k->q);
}

static int name_width(const struct assay_comparison *c)
{
    size_t width = 4;
    for (size_t i = 0; i < c->n_cases; i++)
        if (strlen(c->cases[i].name) > width)
            width = strlen(c->cases[i].name);
    return width < 60 ? (int)width : 60;
}

/* Over how many timed cases the interval is the range of several runs. */
static size_t count_ranged(const struct assay_comparison *c, size_t *timed)
{
    size_t ranged = 0;
    *timed = 0;
    for (size_t i = 0; i < c->n_cases; i++) {
        *timed += c->cases[i].timed;
        ranged += c->cases[i].timed && c->cases[i].ranged;
    }
    return ranged;
}

static const char *interval_heading(const struct assay_comparison *c)
{
    size_t timed;
    const size_t ranged = count_ranged(c, &timed);
    return ranged == 0       ? "95 % interval"
           : ranged == timed ? "range of runs"
                             : "interval";
}

static void print_table(const struct assay_comparison *c, bool colour,
                        FILE *out)
{
    const int width = name_width(c);
    fprintf(out, "%-*s %11s %11s %6s %13s %8s  %s\n", width, "case", "base",
            "new", "ratio", interval_heading(c), "p", "verdict");
    for (size_t i = 0; i < c->n_cases; i++) {
        const struct assay_compared *k = &c->cases[i];
        const char *begin = colour_of(k, colour);
        struct cells cells;
        fill_cells(k, &cells);
        put_text(out, k->name, width, false);
        fprintf(out, " %11s %11s %6s %13s %8s  %s%s%s%s", cells.before,
                cells.after, cells.ratio, cells.interval, cells.p, begin,
                assay_verdict_names[k->verdict], *begin ? "\033[0m" : "",
                k->peer ? " (peer, not judged)" : "");
        if (k->why[0]) {
            fputs(": ", out);
            put_text(out, k->why, 0, false);
        }
        fputc('\n', out);
    }
}

static void print_markdown(const struct assay_comparison *c, FILE *out)
{
    fprintf(out,
            "| Case | Base | New | Ratio | %s | p | Verdict |\n"
            "|---|--:|--:|--:|--:|--:|---|\n",
            interval_heading(c));
    for (size_t i = 0; i < c->n_cases; i++) {
        const struct assay_compared *k = &c->cases[i];
        struct cells cells;
        fill_cells(k, &cells);
        fputs("| ", out);
        put_text(out, k->name, 0, true);
        fprintf(out, " | %s | %s | %s | %s | %s | %s%s", cells.before,
                cells.after, cells.ratio, cells.interval, cells.p,
                assay_verdict_names[k->verdict],
                k->peer ? " (peer, not judged)" : "");
        if (k->why[0]) {
            fputs(": ", out);
            put_text(out, k->why, 0, true);
        }
        fputs(" |\n", out);
    }
    fputc('\n', out);
}

static bool changes_accuracy(const struct assay_compared *k)
{
    return k->accurate && (k->paired.changed > 0 || k->accuracy_change < 0 ||
                           k->accuracy_change > 0);
}

static double accuracy_of(const struct assay_record *record)
{
    double share = 0;
    assay_record_number(record, ASSAY_FIELD_accuracy, &share);
    return 100 * share;
}

/* Of each case that classifies some image otherwise: accuracy before and after,
 * and image by image. */
static void print_accuracy(const struct assay_comparison *c, bool markdown,
                           FILE *out)
{
    const int width = markdown ? 0 : name_width(c);
    const char *row = markdown ? " | %.2f %% | %.2f %%" : " %9.2f %% %9.2f %%";
    const char *counts = markdown ? " | %lld | %lld | %lld | %.2g |\n"
                                  : " %7lld %7lld %7lld %8.2g\n";
    size_t changed = 0, all = 0;
    for (size_t i = 0; i < c->n_cases; i++) {
        const struct assay_compared *k = &c->cases[i];
        all += k->accurate;
        if (!changes_accuracy(k))
            continue;
        if (changed++ == 0)
            fprintf(out,
                    markdown ? "| Accuracy | Base | New | Images | Better | "
                               "Worse | p |\n|---|--:|--:|--:|--:|--:|--:|\n"
                             : "\n%-*s %11s %11s %7s %7s %7s %8s\n",
                    width, "accuracy", "base", "new", "images", "better",
                    "worse", "p");
        fputs(markdown ? "| " : "", out);
        put_text(out, k->name, width, markdown);
        fprintf(out, row, accuracy_of(k->base), accuracy_of(k->now));
        if (k->paired.images)
            fprintf(out, counts, (long long)k->paired.images,
                    (long long)k->paired.better, (long long)k->paired.worse,
                    k->paired.p);
        else
            fputs(markdown ? " | – | – | – | – |\n"
                           : "       -       -       -        -\n",
                  out);
    }
    if (all > changed)
        fprintf(out, "%s%zu of %zu cases with an accuracy: as before\n",
                markdown && changed ? "\n" : "", all - changed, all);
    if (changed)
        fputc('\n', out);
}

static void print_runs(const struct assay_run_data *merged,
                       const struct assay_run_group *group, FILE *out)
{
    if (!group || group->n < 2) {
        fprintf(out, "run %lld", (long long)merged->run.id);
        return;
    }
    for (size_t i = 0; i < group->n; i++)
        fprintf(out, "%s%lld", i ? "," : "runs ",
                (long long)group->runs[i]->run.id);
}

static void print_summary(const struct assay_comparison *c, bool markdown,
                          FILE *out)
{
    bool first = true;
    print_runs(c->now, c->new_group, out);
    fputs(" against ", out);
    print_runs(c->base, c->base_group, out);
    fputc(':', out);
    for (int i = 0; i < ASSAY_VERDICTS; i++) {
        if (!c->counts[i])
            continue;
        fprintf(out, "%s %zu %s", first ? "" : ",", c->counts[i],
                assay_verdict_names[i]);
        first = false;
    }
    fprintf(out,
            "%s; limit %.1f %% (tolerance %.3g %%, noise from run to run "
            "%.3g %%",
            first ? " no cases" : "", 100 * (c->limit - 1), 100 * c->tolerance,
            100 * c->noise);
    if (c->spread >= 0)
        fprintf(out, ", the cases' ratios spread by %.2g %%", 100 * c->spread);
    fputs(")\n", out);
    size_t timed;
    const size_t ranged = count_ranged(c, &timed);
    if (ranged && ranged < timed)
        fprintf(out,
                "%zu of %zu intervals are the range of the runs, the others "
                "95 %% of one run's samples\n",
                ranged, timed);
    if (c->machine[0]) {
        fputs("the machines differ: ", out);
        put_text(out, c->machine, 0, markdown);
        fputc('\n', out);
    }
}

static json_t *number_of(const struct assay_record *record,
                         enum assay_field field)
{
    double value;
    return record && assay_record_number(record, field, &value)
               ? json_real(value)
               : json_null();
}

static json_t *text_of(const struct assay_record *record,
                       enum assay_field field)
{
    const char *text = record ? assay_record_get_text(record, field) : NULL;
    return text ? json_string(text) : json_null();
}

static json_t *case_to_json(const struct assay_compared *k)
{
    static const char *const outcomes[] = {"pass", "fail", "inconclusive",
                                           "not judged"};
    json_t *json = json_object();
    json_object_set_new(json, "case", json_string(k->name));
    json_object_set_new(json, "verdict",
                        json_string(assay_verdict_names[k->verdict]));
    json_object_set_new(json, "outcome", json_string(outcomes[k->outcome]));
    json_object_set_new(json, "reason",
                        k->why[0] ? json_string(k->why) : json_null());
    json_object_set_new(json, "peer", json_boolean(k->peer));
    json_object_set_new(json, "disturbed", json_boolean(k->disturbed));
    json_object_set_new(json, "ranged", json_boolean(k->ranged));
    json_object_set_new(json, "base_status",
                        text_of(k->base, ASSAY_FIELD_status));
    json_object_set_new(json, "new_status",
                        text_of(k->now, ASSAY_FIELD_status));
    json_object_set_new(json, "base_model_sha256",
                        text_of(k->base, ASSAY_FIELD_model_sha256));
    json_object_set_new(json, "new_model_sha256",
                        text_of(k->now, ASSAY_FIELD_model_sha256));
    json_object_set_new(json, "other_file", json_boolean(k->other_file));
    json_object_set_new(json, "base_accuracy",
                        number_of(k->base, ASSAY_FIELD_accuracy));
    json_object_set_new(json, "new_accuracy",
                        number_of(k->now, ASSAY_FIELD_accuracy));
    json_object_set_new(json, "base_latency_ns_median",
                        number_of(k->base, ASSAY_FIELD_latency_ns_median));
    json_object_set_new(json, "new_latency_ns_median",
                        number_of(k->now, ASSAY_FIELD_latency_ns_median));
    const struct assay_timing *t = &k->timing;
    const struct {
        const char *name;
        bool present;
        double value;
    } reals[] = {
        {"ratio", k->timed, t->ratio},
        {"ratio_low", k->timed, t->low},
        {"ratio_high", k->timed, t->high},
        {"ratio_lower_decile", k->timed, t->tail},
        {"p", k->timed, t->p},
        {"p_adjusted", k->timed, k->q},
        {"accuracy_change", k->accurate, k->accuracy_change},
        {"accuracy_p", k->accurate && k->accuracy_p >= 0, k->accuracy_p},
    };
    const struct assay_paired *pairs = &k->paired;
    const struct {
        const char *name;
        int64_t value;
    } counts[] = {{"images", pairs->images},
                  {"images_better", pairs->better},
                  {"images_worse", pairs->worse}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        json_object_set_new(json, counts[i].name,
                            pairs->images ? json_integer(counts[i].value)
                                          : json_null());
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++)
        json_object_set_new(json, reals[i].name,
                            reals[i].present ? json_real(reals[i].value)
                                             : json_null());
    return json;
}

static json_t *runs_to_json(const struct assay_run_data *merged,
                            const struct assay_run_group *group)
{
    json_t *ids = json_array();
    if (!group)
        json_array_append_new(ids, json_integer(merged->run.id));
    for (size_t i = 0; group && i < group->n; i++)
        json_array_append_new(ids, json_integer(group->runs[i]->run.id));
    return ids;
}

static enum assay_status print_json(const struct assay_comparison *c, FILE *out)
{
    json_t *cases = json_array();
    for (size_t i = 0; i < c->n_cases; i++)
        json_array_append_new(cases, case_to_json(&c->cases[i]));
    json_t *json =
        json_pack("{s:i, s:I, s:I, s:o, s:o, s:f, s:f, s:f, s:s, s:o}",
                  "schema_version", 1, "base", (json_int_t)c->base->run.id,
                  "new", (json_int_t)c->now->run.id, "base_runs",
                  runs_to_json(c->base, c->base_group), "new_runs",
                  runs_to_json(c->now, c->new_group), "tolerance", c->tolerance,
                  "noise", c->noise, "limit", c->limit, "machine_difference",
                  c->machine, "cases", cases);
    if (!json)
        return assay_fail(ASSAY_NOMEM, "no memory for the comparison");
    if (c->spread >= 0)
        json_object_set_new(json, "spread", json_real(c->spread));
    json_dumpf(json, out, JSON_INDENT(1));
    fputc('\n', out);
    json_decref(json);
    return ASSAY_OK;
}

enum assay_status assay_comparison_print(const struct assay_comparison *c,
                                         enum assay_compare_format format,
                                         bool colour, FILE *out)
{
    if (format == ASSAY_COMPARE_JSON) {
        const enum assay_status status = print_json(c, out);
        if (status != ASSAY_OK)
            return status;
    } else if (format == ASSAY_COMPARE_MARKDOWN) {
        print_markdown(c, out);
        print_accuracy(c, true, out);
        print_summary(c, true, out);
    } else {
        print_table(c, colour, out);
        print_accuracy(c, false, out);
        print_summary(c, false, out);
    }
    return fflush(out) == 0 && !ferror(out)
               ? ASSAY_OK
               : assay_fail(ASSAY_IO, "the comparison could not be written");
}
