/* SPDX-License-Identifier: Apache-2.0 */
#include "variant_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "markdown_text.h"
#include "units.h"

static int64_t batch_of(const struct assay_variant *v)
{
    const struct assay_value *batch = &v->variant->fields[ASSAY_FIELD_batch];
    return batch->present ? batch->integer : 1;
}

static void add_batch(struct assay_variant_table *t, int64_t batch)
{
    size_t at = t->n_batches;
    while (at > 0 && t->batches[at - 1] > batch)
        at--;
    if (at > 0 && t->batches[at - 1] == batch)
        return;
    memmove(&t->batches[at + 1], &t->batches[at],
            (t->n_batches++ - at) * sizeof *t->batches);
    t->batches[at] = batch;
}

/* The row of found[at]: what is of the same variant is taken from `found`. */
static void add_row(struct assay_variant_table *t, struct assay_variant *found,
                    size_t n, size_t at, size_t *used)
{
    struct assay_variant_row *row = &t->rows[t->n++];
    row->variants = &t->variants[*used];
    for (size_t i = at; i < n; i++) {
        if (!found[i].variant || !assay_variant_same(&found[i], &found[at]))
            continue;
        size_t place = row->n++;
        for (; place > 0 &&
               batch_of(&row->variants[place - 1]) > batch_of(&found[i]);
             place--)
            row->variants[place] = row->variants[place - 1];
        row->variants[place] = found[i];
        add_batch(t, batch_of(&found[i]));
    }
    for (size_t i = n; i-- > at;)
        if (found[i].variant && assay_variant_same(&found[i], &found[at]))
            found[i].variant = NULL;
    *used += row->n;
}

enum assay_status
assay_variant_table_make(const struct assay_run_data *run,
                         const struct assay_differences *differences,
                         struct assay_variant_table *table)
{
    struct assay_variant *found;
    size_t n, used = 0;
    *table = (struct assay_variant_table){.n = 0};
    enum assay_status status = assay_variants_find(run, &found, &n);
    if (status != ASSAY_OK)
        return status;
    table->variants = calloc(n + 1, sizeof *table->variants);
    table->rows = calloc(n + 1, sizeof *table->rows);
    table->batches = calloc(n + 1, sizeof *table->batches);
    if (!table->variants || !table->rows || !table->batches)
        status = assay_report_no_memory("variants");
    for (size_t i = 0; status == ASSAY_OK && i < n; i++)
        if (found[i].variant)
            add_row(table, found, n, i, &used);
    for (size_t i = 0; i < table->n; i++)
        table->rows[i].difference = assay_difference_of(
            differences, run, table->rows[i].variants[0].variant);
    free(found);
    if (status != ASSAY_OK)
        assay_variant_table_free(table);
    return status;
}

void assay_variant_table_free(struct assay_variant_table *table)
{
    free(table->variants);
    free(table->rows);
    free(table->batches);
    *table = (struct assay_variant_table){.n = 0};
}

/* " at batch 1, 16 and 64" of those with the verdict; nothing if all have it.
 */
static void at_batches(FILE *out, const struct assay_variant_row *row,
                       size_t first)
{
    size_t alike = 0, told = 0;
    for (size_t i = 0; i < row->n; i++)
        alike += assay_variant_same_verdict(&row->variants[i],
                                            &row->variants[first]);
    for (size_t i = 0; alike < row->n && i < row->n; i++) {
        if (!assay_variant_same_verdict(&row->variants[i],
                                        &row->variants[first]))
            continue;
        fprintf(out, "%s%lld",
                told == 0          ? " at batch "
                : told + 1 < alike ? ", "
                                   : " and ",
                (long long)batch_of(&row->variants[i]));
        told++;
    }
}

static void tell_times(FILE *out, const struct assay_variant_row *row)
{
    static const char *const words[ASSAY_SPEEDS] = {
        "faster", "slower", "as fast", "time inconclusive",
        "too few samples to time"};
    const char *before = "; ";
    const char *base =
        assay_record_get_text(row->variants[0].base, ASSAY_FIELD_variant);
    for (size_t i = 0; i < row->n; i++) {
        const struct assay_variant *v = &row->variants[i];
        bool told = false;
        for (size_t j = 0; j < i; j++)
            told = told || assay_variant_same_verdict(&row->variants[j], v);
        if (told)
            continue;
        fprintf(out, "%s%s%s", before,
                v->same_kernels ? "runs the same kernels as " : words[v->speed],
                v->same_kernels ? base : "");
        before = ", ";
        at_batches(out, row, i);
        assay_variant_reason(out, v);
    }
}

/* Whether less is needed (1), as much (0) or more (-1). */
static int compared(double ratio)
{
    return ratio > ASSAY_SIZE_MARGIN       ? 1
           : ratio < 1 / ASSAY_SIZE_MARGIN ? -1
                                           : 0;
}

static void tell_sizes(FILE *out, const struct assay_variant *v)
{
    static const char *const words[] = {"larger", "same", "smaller"};
    if (v->file > 0 && v->weights > 0 &&
        compared(v->file) == compared(v->weights))
        fprintf(out, "; %s file and memory", words[compared(v->file) + 1]);
    else if (v->file > 0)
        fprintf(out, "; %s file", words[compared(v->file) + 1]);
    if (v->weights > 0 &&
        (v->file <= 0 || compared(v->file) != compared(v->weights)))
        fprintf(out, "%s%s memory", v->file > 0 ? ", " : "; ",
                words[compared(v->weights) + 1]);
}

/* Where no difference is shown, how much may be lost all the same. */
static void tell_accuracy(FILE *out, const struct assay_difference *d)
{
    const int sign = d ? assay_difference_sign(d) : 0;
    if (!d)
        fputs("accuracy not compared", out);
    else if (sign)
        fputs(sign > 0 ? "more accurate" : "less accurate", out);
    else
        fputs("no difference in accuracy shown", out);
    if (d && !sign && d->low < 0)
        fprintf(out, ", a loss of up to %.2f pp possible", -100 * d->low);
}

char *assay_variant_verdict(const struct assay_variant_row *row)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    tell_accuracy(out, row->difference);
    tell_times(out, row);
    tell_sizes(out, &row->variants[0]);
    if (fclose(out)) {
        free(text);
        return NULL;
    }
    return text;
}

/* Columns: model, variant, target, threads, accuracy, p, then the batches, file
 * and memory; the verdict is the last. */
enum { COLUMN_ACCURACY = 4, COLUMN_P, COLUMN_BATCHES, CELL = 80 };

static size_t n_columns(const struct assay_variant_table *t)
{
    return COLUMN_BATCHES + t->n_batches + 2;
}

static void share(double ratio, char *text)
{
    snprintf(text, CELL, "–");
    if (ratio > 0)
        snprintf(text, CELL, "%.*f %%", ratio > 10 ? 1 : 0, 100 / ratio);
}

static void bytes(const struct assay_variant *v, enum assay_field field,
                  double ratio, bool compact, char *text)
{
    char percent[CELL], value[32];
    double n;
    share(ratio, percent);
    snprintf(text, CELL, "%s", percent);
    if (compact || !assay_record_number(v->variant, field, &n))
        return;
    assay_units_text("B", n, value, sizeof value);
    snprintf(text, CELL, "%s (%.30s)", value, percent);
}

static void cell(const struct assay_variant_table *t,
                 const struct assay_variant_row *row, size_t column,
                 bool compact, char text[CELL])
{
    static const enum assay_field fields[] = {
        ASSAY_FIELD_model, ASSAY_FIELD_variant, ASSAY_FIELD_target,
        ASSAY_FIELD_threads};
    const struct assay_variant *v = &row->variants[0];
    const size_t batch = column - COLUMN_BATCHES;
    snprintf(text, CELL, "–");
    if (column < COLUMN_ACCURACY) {
        char buffer[32];
        const char *value = assay_units_field(v->variant, fields[column],
                                              buffer, sizeof buffer);
        if (value)
            snprintf(text, CELL, "%.60s", value);
    } else if (column == COLUMN_ACCURACY && row->difference) {
        assay_difference_points(row->difference, text, CELL);
    } else if (column == COLUMN_P && row->difference) {
        assay_difference_p(row->difference, text, CELL);
    } else if (column >= COLUMN_BATCHES && batch < t->n_batches) {
        for (size_t i = row->n; i-- > 0;)
            if (batch_of(&row->variants[i]) == t->batches[batch])
                share(row->variants[i].ratio, text);
    } else if (column >= COLUMN_BATCHES) {
        const bool file = batch == t->n_batches;
        bytes(v, file ? ASSAY_FIELD_model_bytes : ASSAY_FIELD_weights_bytes,
              file ? v->file : v->weights, compact, text);
    }
}

static void title(const struct assay_variant_table *t, size_t column,
                  bool compact, char text[CELL])
{
    static const char *const titles[] = {
        "model",     "variant", "target", "threads", "accuracy (95 % interval)",
        "adjusted p"};
    const size_t batch = column - COLUMN_BATCHES;
    if (column < COLUMN_BATCHES)
        snprintf(text, CELL, "%s", titles[column]);
    else if (batch < t->n_batches)
        snprintf(text, CELL, "%s%lld", compact ? "b" : "time at batch ",
                 (long long)t->batches[batch]);
    else
        snprintf(text, CELL, "%s", batch == t->n_batches ? "file" : "memory");
}

static bool is_of_fp32(const struct assay_variant_table *t)
{
    for (size_t i = 0; i < t->n; i++)
        if (!assay_variants_of_fp32(t->rows[i].variants, t->rows[i].n))
            return false;
    return true;
}

static void put_heading(FILE *out, const struct assay_variant_table *t,
                        const struct assay_run_data *run)
{
    fprintf(out, "Variants against %s, run %lld",
            is_of_fp32(t) ? "fp32" : "their bases", (long long)run->run.id);
}

static void explain(FILE *out, const struct assay_variant_table *t,
                    const char *line)
{
    const bool of_fp32 = is_of_fp32(t);
    fprintf(out,
            "Accuracy: the variant's less its %s's, in percentage points of "
            "the same images; p of McNemar's exact test, adjusted (Holm) over "
            "all such tests of the report.%sTimes%s, file and memory "
            "(constants): what the variant takes, in percent of what %s "
            "takes; below 100 %% is less. A time counts as faster or slower "
            "from %.1f %% on.%s",
            of_fp32 ? "fp32" : "base", line,
            t->n_batches ? " at each batch size" : "",
            of_fp32 ? "fp32" : "the base", 100 * (t->variants[0].limit - 1),
            line);
}

static size_t width_of(const char *text)
{
    size_t width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

static void pad(FILE *out, const char *text, size_t width, bool left)
{
    const int space = (int)(width - width_of(text));
    if (left)
        fprintf(out, "%s%*s  ", text, space, "");
    else
        fprintf(out, "%*s%s  ", space, "", text);
}

enum assay_status
assay_variant_table_text(FILE *out, const struct assay_run_data *run,
                         const struct assay_differences *differences)
{
    struct assay_variant_table t;
    char text[CELL];
    enum assay_status status = assay_variant_table_make(run, differences, &t);
    if (status != ASSAY_OK || t.n == 0)
        goto end;
    const size_t columns = n_columns(&t);
    size_t *widths = calloc(columns, sizeof *widths);
    if (!widths) {
        status = assay_report_no_memory("variants");
        goto end;
    }
    fputs("\n", out);
    put_heading(out, &t, run);
    fputs(". ", out);
    explain(out, &t, "\n");
    for (size_t k = 0; k < columns; k++) {
        title(&t, k, true, text);
        widths[k] = width_of(text);
        for (size_t i = 0; i < t.n; i++) {
            cell(&t, &t.rows[i], k, true, text);
            widths[k] = width_of(text) > widths[k] ? width_of(text) : widths[k];
        }
    }
    for (size_t k = 0; k < columns; k++) {
        title(&t, k, true, text);
        pad(out, text, widths[k], k <= COLUMN_ACCURACY);
    }
    fputs("verdict\n", out);
    for (size_t i = 0; i < t.n; i++) {
        char *verdict = assay_variant_verdict(&t.rows[i]);
        for (size_t k = 0; k < columns; k++) {
            cell(&t, &t.rows[i], k, true, text);
            pad(out, text, widths[k], k <= COLUMN_ACCURACY);
        }
        fprintf(out, "%s\n", verdict ? verdict : "");
        free(verdict);
    }
    free(widths);
end:
    assay_variant_table_free(&t);
    return status;
}

enum assay_status
assay_variant_table_markdown(FILE *out, const struct assay_run_data *run,
                             const struct assay_differences *differences)
{
    struct assay_variant_table t;
    char text[CELL];
    const enum assay_status status =
        assay_variant_table_make(run, differences, &t);
    if (status != ASSAY_OK || t.n == 0) {
        assay_variant_table_free(&t);
        return status;
    }
    fputs("\n## ", out);
    put_heading(out, &t, run);
    fputs("\n\n", out);
    explain(out, &t, " ");
    fputs("\n\n|", out);
    for (size_t k = 0; k < n_columns(&t); k++) {
        title(&t, k, false, text);
        fprintf(out, " %s |", text);
    }
    fputs(" verdict |\n|", out);
    for (size_t k = 0; k < n_columns(&t); k++)
        fputs(k < 3 ? ":--|" : "--:|", out);
    fputs(":--|\n", out);
    for (size_t i = 0; i < t.n; i++) {
        char *verdict = assay_variant_verdict(&t.rows[i]);
        fputs("|", out);
        for (size_t k = 0; k < n_columns(&t); k++) {
            cell(&t, &t.rows[i], k, false, text);
            fputs(" ", out);
            assay_markdown_text(out, text);
            fputs(" |", out);
        }
        fputs(" ", out);
        assay_markdown_text(out, verdict ? verdict : "");
        fputs(" |\n", out);
        free(verdict);
    }
    assay_variant_table_free(&t);
    return ASSAY_OK;
}
