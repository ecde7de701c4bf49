/* SPDX-License-Identifier: Apache-2.0 */
#include "accuracy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "differences.h"
#include "harness/paired.h"
#include "markdown_text.h"
#include "units.h"

static bool same(const struct assay_record *a, const struct assay_record *b,
                 enum assay_field field)
{
    return strcmp(assay_record_text_or(a, field, ""),
                  assay_record_text_or(b, field, "")) == 0;
}

static bool same_model(const struct assay_record *a,
                       const struct assay_record *b)
{
    return same(a, b, ASSAY_FIELD_model) && same(a, b, ASSAY_FIELD_variant);
}

static bool has_score(const struct assay_record *record)
{
    return strcmp(assay_record_text_or(record, ASSAY_FIELD_kind, ""),
                  "model") == 0 &&
           strcmp(assay_record_text_or(record, ASSAY_FIELD_status, ""), "ok") ==
               0 &&
           record->fields[ASSAY_FIELD_accuracy].present;
}

static bool same_score(const struct assay_record *a,
                       const struct assay_record *b)
{
    return same_model(a, b) && same(a, b, ASSAY_FIELD_target) &&
           same(a, b, ASSAY_FIELD_dataset_crc32) &&
           a->fields[ASSAY_FIELD_threads].integer ==
               b->fields[ASSAY_FIELD_threads].integer;
}

const struct assay_record *
assay_accuracy_told_by(const struct assay_run_data *run,
                       const struct assay_record *record)
{
    for (size_t i = 0; has_score(record) && i < run->n_records; i++)
        if (has_score(run->records[i]) && same_score(run->records[i], record))
            return run->records[i];
    return NULL;
}

bool assay_accuracy_is_told(const struct assay_run_data *run, size_t record)
{
    return assay_accuracy_told_by(run, run->records[record]) ==
           run->records[record];
}

/* Two decimals of a share's percents, rounded down: 0.99996 is not all. The
 * little more is for shares like 0.9941, which no double is. */
static double percent_down(double share)
{
    return floor(1e4 * share + 1e-6) / 100;
}

static bool say(json_t *sentences, const char *text)
{
    return !json_array_append_new(sentences, json_string(text));
}

static bool say_differences(json_t *sentences,
                            const struct assay_run_data *const *runs, size_t n)
{
    struct assay_differences all;
    size_t worse = 0, better = 0, other = 0;
    char *text = NULL;
    if (assay_differences_find(runs, n, &all) != ASSAY_OK)
        return false;
    for (size_t i = 0; i < all.n; i++) {
        worse += assay_difference_sign(&all.list[i]) < 0;
        better += assay_difference_sign(&all.list[i]) > 0;
        other += strcmp(all.list[i].base, ASSAY_BASE_VARIANT) != 0;
    }
    bool ok = true;
    if (all.n > 0)
        ok = asprintf(&text,
                      "Of %zu comparison%s of a variant's accuracy with its "
                      "%s's, %zu %s less accurate, %zu more, and of %zu no "
                      "difference is shown, which does not mean that there is "
                      "none: the intervals say how large it may be (McNemar's "
                      "exact test, p below %.2f after Holm's adjustment for "
                      "%zu tests).",
                      all.n, all.n == 1 ? "" : "s",
                      other ? "base" : ASSAY_BASE_VARIANT, worse,
                      worse == 1 ? "is" : "are", better, all.n - worse - better,
                      ASSAY_DIFFERENCE_SIGNIFICANT, all.n_tests) >= 0 &&
             say(sentences, text);
    if (all.n > 0)
        free(text);
    assay_differences_free(&all);
    return ok;
}

/* The same outputs as on the cpu, bit for bit. */
static bool is_equal_to_cpu(const struct assay_run_data *run,
                            const struct assay_record *record)
{
    for (size_t i = 0; i < run->n_records + run->n_hidden; i++) {
        const struct assay_record *r = run->records[i];
        if (strcmp(assay_record_text_or(r, ASSAY_FIELD_target, ""), "cpu") ==
                0 &&
            has_score(r) && same_model(r, record) &&
            same(r, record, ASSAY_FIELD_dataset_crc32) &&
            r->n_predictions == record->n_predictions)
            return same(r, record, ASSAY_FIELD_outputs_crc32);
    }
    return false;
}

static bool say_agreement(json_t *sentences, const struct assay_run_data *run)
{
    size_t n = 0, equal = 0;
    double least = 2, share;
    const struct assay_record *which = NULL;
    for (size_t i = 0; i < run->n_records; i++) {
        const struct assay_record *r = run->records[i];
        if (!assay_accuracy_is_told(run, i) ||
            !assay_record_number(r, ASSAY_FIELD_agreement_targets, &share))
            continue;
        n++;
        equal += is_equal_to_cpu(run, r);
        if (share < least) {
            least = share;
            which = r;
        }
    }
    char *text = NULL;
    if (n == 0)
        return true;
    const int made =
        least >= 1
            ? asprintf(&text,
                       "Every image is classified as on cpu (%zu of models on "
                       "other targets, %zu of them with the same outputs bit "
                       "for bit).",
                       n, equal)
            : asprintf(&text,
                       "At least %.2f %% of the images are classified as on "
                       "cpu (%zu of models on other targets, %zu of them with "
                       "the same outputs bit for bit; the least: %s %s on %s).",
                       percent_down(least), n, equal,
                       assay_record_text_or(which, ASSAY_FIELD_model, ""),
                       assay_record_text_or(which, ASSAY_FIELD_variant, ""),
                       assay_record_text_or(which, ASSAY_FIELD_target, ""));
    const bool ok = made >= 0 && say(sentences, text);
    free(text);
    return ok;
}

bool assay_accuracy_say(json_t *sentences,
                        const struct assay_run_data *const *runs, size_t n)
{
    bool ok = say_differences(sentences, runs, n);
    for (size_t i = 0; ok && i < n; i++)
        ok = say_agreement(sentences, runs[i]);
    return ok;
}

static char *difference_text(const struct assay_differences *all,
                             const struct assay_run_data *run,
                             const struct assay_record *record)
{
    const struct assay_difference *d = assay_difference_of(all, run, record);
    return d ? assay_difference_text(d) : NULL;
}

json_t *assay_accuracy_to_json(const struct assay_run_data *const *runs,
                               size_t n)
{
    struct assay_differences all;
    if (assay_differences_find(runs, n, &all) != ASSAY_OK)
        return NULL;
    json_t *list = json_array();
    bool ok = list;
    for (size_t r = 0; r < n; r++)
        for (size_t i = 0; ok && i < runs[r]->n_records; i++) {
            if (!assay_accuracy_is_told(runs[r], i))
                continue;
            const struct assay_record *record = runs[r]->records[i];
            char *text = difference_text(&all, runs[r], record);
            ok = !json_array_append_new(
                list,
                json_pack("{s:I, s:s, s:s?}", "run",
                          (json_int_t)runs[r]->run.id, "case",
                          assay_record_text_or(record, ASSAY_FIELD_case, ""),
                          "text", text));
            free(text);
        }
    assay_differences_free(&all);
    if (!ok) {
        json_decref(list);
        return NULL;
    }
    return list;
}

/* Whether scores differ in nothing else that the table tells. */
static bool has_several_threads(const struct assay_run_data *run)
{
    for (size_t i = 0; i < run->n_records; i++)
        for (size_t j = 0; assay_accuracy_is_told(run, i) && j < i; j++) {
            const struct assay_record *a = run->records[i];
            const struct assay_record *b = run->records[j];
            if (assay_accuracy_is_told(run, j) && same_model(a, b) &&
                same(a, b, ASSAY_FIELD_target) &&
                a->fields[ASSAY_FIELD_threads].integer !=
                    b->fields[ASSAY_FIELD_threads].integer)
                return true;
        }
    return false;
}

static void print_scores(FILE *out, const struct assay_run_data *run)
{
    static const enum assay_field fields[] = {
        ASSAY_FIELD_model,        ASSAY_FIELD_variant,
        ASSAY_FIELD_target,       ASSAY_FIELD_threads,
        ASSAY_FIELD_images,       ASSAY_FIELD_accuracy,
        ASSAY_FIELD_accuracy_low, ASSAY_FIELD_accuracy_high,
        ASSAY_FIELD_macro_f1,     ASSAY_FIELD_ece,
        ASSAY_FIELD_nll,          ASSAY_FIELD_agreement_targets};
    const bool with_threads = has_several_threads(run);
    fprintf(out,
            "| model | variant | target |%s images | accuracy | from | to "
            "| macro F1 | ECE | NLL | as on cpu |\n"
            "|:--|:--|:--|%s--:|--:|--:|--:|--:|--:|--:|--:|\n",
            with_threads ? " threads |" : "", with_threads ? "--:|" : "");
    for (size_t i = 0; i < run->n_records; i++) {
        const struct assay_record *r = run->records[i];
        if (!assay_accuracy_is_told(run, i))
            continue;
        fputs("|", out);
        for (size_t k = 0; k < sizeof fields / sizeof *fields; k++)
            if (with_threads || fields[k] != ASSAY_FIELD_threads)
                assay_markdown_field(out, r, fields[k]);
        fputs("\n", out);
    }
}

/* Counts and shares of a row; what is not there, or no number, is a dash. */
static void print_class(FILE *out, json_t *row)
{
    static const char *const wholes[] = {"class", "images", "predicted"};
    static const char *const shares[] = {"precision", "recall", "f1"};
    char text[32];
    fputs("|", out);
    for (size_t i = 0; i < 3; i++) {
        const json_t *value = json_object_get(row, wholes[i]);
        if (json_is_integer(value))
            fprintf(out, " %lld |", (long long)json_integer_value(value));
        else
            fputs(" – |", out);
    }
    for (size_t i = 0; i < 3; i++) {
        const json_t *value = json_object_get(row, shares[i]);
        snprintf(text, sizeof text, "–");
        if (json_is_number(value))
            assay_units_text("share", json_number_value(value), text,
                             sizeof text);
        fprintf(out, " %s |", text);
    }
    fputs("\n", out);
}

static void print_classes(FILE *out, const struct assay_record *record)
{
    json_t *list = assay_record_get_json(record, ASSAY_FIELD_per_class);
    if (json_array_size(list) > 0)
        fputs("\n| class | images | predicted | precision | recall | F1 |\n"
              "|--:|--:|--:|--:|--:|--:|\n",
              out);
    for (size_t i = 0; i < json_array_size(list); i++)
        print_class(out, json_array_get(list, i));
    json_decref(list);
}

static void print_confusion(FILE *out, const struct assay_record *record)
{
    json_t *matrix = assay_record_get_json(record, ASSAY_FIELD_confusion);
    const size_t n = json_array_size(matrix);
    const char *why = record->fields[ASSAY_FIELD_confusion].text;
    if (!matrix && why && !record->fields[ASSAY_FIELD_confusion].present) {
        fputs("\nNo confusion matrix: ", out);
        assay_markdown_text(out, why);
        fputs(".\n", out);
    }
    if (n > 0)
        fputs("\nRows: the label; columns: the class that was predicted.\n\n"
              "|  |",
              out);
    for (size_t i = 0; i < n; i++)
        fprintf(out, " %zu |", i);
    if (n > 0)
        fputs("\n|--:|", out);
    for (size_t i = 0; i < n; i++)
        fputs("--:|", out);
    for (size_t i = 0; i < n; i++) {
        const json_t *row = json_array_get(matrix, i);
        fprintf(out, "\n| **%zu** |", i);
        for (size_t j = 0; j < n; j++)
            fprintf(out, " %lld |",
                    (long long)json_integer_value(json_array_get(row, j)));
    }
    if (n > 0)
        fputs("\n", out);
    json_decref(matrix);
}

/* Targets of the model with the same matrix as `first`; the first names it. */
static bool is_same_matrix(const struct assay_run_data *run, size_t first,
                           size_t other)
{
    const struct assay_record *a = run->records[first];
    const struct assay_record *b = run->records[other];
    return assay_accuracy_is_told(run, other) && same_model(a, b) &&
           a->fields[ASSAY_FIELD_per_class].present &&
           b->fields[ASSAY_FIELD_per_class].present &&
           strcmp(a->fields[ASSAY_FIELD_per_class].text,
                  b->fields[ASSAY_FIELD_per_class].text) == 0 &&
           (!a->fields[ASSAY_FIELD_confusion].present ||
            !b->fields[ASSAY_FIELD_confusion].present ||
            strcmp(a->fields[ASSAY_FIELD_confusion].text,
                   b->fields[ASSAY_FIELD_confusion].text) == 0);
}

/* Targets with this matrix, each once, whatever its threads. */
static void print_targets(FILE *out, const struct assay_run_data *run,
                          size_t first)
{
    for (size_t i = first; i < run->n_records; i++) {
        bool told = i != first && !is_same_matrix(run, first, i);
        for (size_t j = first; !told && j < i; j++)
            told = same(run->records[j], run->records[i], ASSAY_FIELD_target) &&
                   (j == first || is_same_matrix(run, first, j));
        if (told)
            continue;
        fputs(i == first ? "" : ", ", out);
        assay_markdown_text(
            out, assay_record_text_or(run->records[i], ASSAY_FIELD_target, ""));
    }
}

static void print_details(FILE *out, const struct assay_run_data *run,
                          size_t at)
{
    const struct assay_record *r = run->records[at];
    for (size_t i = 0; i < at; i++)
        if (is_same_matrix(run, i, at) && assay_accuracy_is_told(run, i))
            return;
    fputs("\n<details><summary>", out);
    assay_markdown_text(out, assay_record_text_or(r, ASSAY_FIELD_model, ""));
    fputs(" ", out);
    assay_markdown_text(out, assay_record_text_or(r, ASSAY_FIELD_variant, ""));
    fputs(" on ", out);
    print_targets(out, run, at);
    fputs(": by class</summary>\n", out);
    print_classes(out, r);
    print_confusion(out, r);
    fputs("\n</details>\n", out);
}

void assay_accuracy_markdown(FILE *out, const struct assay_run_data *run)
{
    bool begun = false;
    for (size_t i = 0; !begun && i < run->n_records; i++)
        begun = assay_accuracy_is_told(run, i);
    if (!begun)
        return;
    fprintf(out,
            "\n## Accuracy, run %lld\n\n"
            "From, to: Wilson's 95 %% interval. ECE: 15 bins of the top "
            "class's confidence. NLL: mean, in nats.\n\n",
            (long long)run->run.id);
    print_scores(out, run);
    for (size_t i = 0; i < run->n_records; i++)
        if (assay_accuracy_is_told(run, i))
            print_details(out, run, i);
}
