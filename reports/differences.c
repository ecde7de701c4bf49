/* SPDX-License-Identifier: Apache-2.0 */
#include "differences.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accuracy.h"
#include "harness/paired.h"
#include "harness/stats.h"
#include "json.h"

static bool same(const struct assay_record *a, const struct assay_record *b,
                 enum assay_field field)
{
    return strcmp(assay_record_text_or(a, field, ""),
                  assay_record_text_or(b, field, "")) == 0;
}

/* Images that the record and its base were both scored on. */
static int64_t images_of(const struct assay_run_data *run,
                         const struct assay_record *record)
{
    const struct assay_record *base = assay_paired_base(run, record);
    double own = 0, others;
    assay_record_number(record, ASSAY_FIELD_images, &own);
    if (base && assay_record_number(base, ASSAY_FIELD_images, &others) &&
        others < own)
        own = others;
    return (int64_t)own;
}

static bool read_difference(const struct assay_run_data *run,
                            const struct assay_record *record,
                            struct assay_difference *d)
{
    double better, worse;
    *d = (struct assay_difference){.record = record,
                                   .base = assay_paired_base_name(run, record),
                                   .images = images_of(run, record)};
    if (!assay_record_number(record, ASSAY_FIELD_mcnemar_b, &better) ||
        !assay_record_number(record, ASSAY_FIELD_mcnemar_c, &worse) ||
        !assay_record_number(record, ASSAY_FIELD_mcnemar_p, &d->p))
        return false;
    d->better = (int64_t)better;
    d->worse = (int64_t)worse;
    if (!assay_paired_interval(d->better, d->worse, d->images, &d->low,
                               &d->high))
        return false;
    d->change = (better - worse) / (double)d->images;
    return true;
}

static bool same_test(const struct assay_difference *a,
                      const struct assay_difference *b)
{
    return a->better == b->better && a->worse == b->worse &&
           a->images == b->images &&
           same(a->record, b->record, ASSAY_FIELD_model) &&
           same(a->record, b->record, ASSAY_FIELD_variant) &&
           same(a->record, b->record, ASSAY_FIELD_dataset_crc32);
}

/* The first of those that are one test. */
static size_t first_of_test(const struct assay_differences *d, size_t at)
{
    size_t first = 0;
    while (!same_test(&d->list[first], &d->list[at]))
        first++;
    return first;
}

static enum assay_status adjust(struct assay_differences *d)
{
    double *p = malloc((d->n + 1) * sizeof *p);
    if (!p)
        return assay_report_no_memory("accuracy");
    for (size_t i = 0; i < d->n; i++)
        if (first_of_test(d, i) == i)
            p[d->n_tests++] = d->list[i].p;
    assay_adjust_holm(p, d->n_tests, p);
    for (size_t i = 0, test = 0; i < d->n; i++) {
        const size_t first = first_of_test(d, i);
        d->list[i].adjusted = first == i ? p[test++] : d->list[first].adjusted;
    }
    free(p);
    return ASSAY_OK;
}

enum assay_status
assay_differences_find(const struct assay_run_data *const *runs, size_t n,
                       struct assay_differences *differences)
{
    size_t most = 1;
    for (size_t r = 0; r < n; r++)
        most += runs[r]->n_records;
    *differences = (struct assay_differences){
        .list = calloc(most, sizeof *differences->list)};
    if (!differences->list)
        return assay_report_no_memory("accuracy");
    for (size_t r = 0; r < n; r++)
        for (size_t i = 0; i < runs[r]->n_records; i++)
            if (assay_accuracy_is_told(runs[r], i))
                differences->n +=
                    read_difference(runs[r], runs[r]->records[i],
                                    &differences->list[differences->n]);
    const enum assay_status status = adjust(differences);
    if (status != ASSAY_OK)
        assay_differences_free(differences);
    return status;
}

void assay_differences_free(struct assay_differences *differences)
{
    free(differences->list);
    *differences = (struct assay_differences){.n = 0};
}

const struct assay_difference *
assay_difference_of(const struct assay_differences *differences,
                    const struct assay_run_data *run,
                    const struct assay_record *record)
{
    const struct assay_record *told = assay_accuracy_told_by(run, record);
    for (size_t i = 0; told && i < differences->n; i++)
        if (differences->list[i].record == told)
            return &differences->list[i];
    return NULL;
}

int assay_difference_sign(const struct assay_difference *difference)
{
    return difference->adjusted >= ASSAY_DIFFERENCE_SIGNIFICANT ? 0
           : difference->better > difference->worse             ? 1
                                                                : -1;
}

/* Two decimals, and no "-0.00". */
static double points(double share)
{
    const double value = 100 * share;
    return value > -0.005 && value < 0.005 ? 0 : value;
}

void assay_difference_points(const struct assay_difference *difference,
                             char *text, size_t size)
{
    snprintf(text, size, "%+.2f pp (%+.2f to %+.2f)",
             points(difference->change), points(difference->low),
             points(difference->high));
}

void assay_difference_p(const struct assay_difference *difference, char *text,
                        size_t size)
{
    const double p = difference->adjusted;
    int digits = p < 0.001 ? 4 : p < 0.1 ? 3 : 2;
    if (p < 1e-4) {
        snprintf(text, size, "< 0.0001");
        return;
    }
    do
        snprintf(text, size, "%.*f", digits, p);
    while (p < ASSAY_DIFFERENCE_SIGNIFICANT &&
           !(strtod(text, NULL) < ASSAY_DIFFERENCE_SIGNIFICANT) &&
           ++digits < 10);
}

char *assay_difference_text(const struct assay_difference *difference)
{
    const char *model =
        assay_record_text_or(difference->record, ASSAY_FIELD_model, "");
    const int sign = assay_difference_sign(difference);
    char *text = NULL, change[48], p[16];
    assay_difference_points(difference, change, sizeof change);
    assay_difference_p(difference, p, sizeof p);
    const char *equals = *p == '<' ? "" : "= ";
    const int made =
        sign ? asprintf(&text, "%s accurate than %s/%s: %s, adjusted p %s%s",
                        sign > 0 ? "more" : "less", model, difference->base,
                        change, equals, p)
             : asprintf(&text,
                        "no difference from %s/%s shown: between %+.2f and "
                        "%+.2f pp, adjusted p %s%s",
                        model, difference->base, points(difference->low),
                        points(difference->high), equals, p);
    return made < 0 ? NULL : text;
}
