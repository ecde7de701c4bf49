/* SPDX-License-Identifier: Apache-2.0 */
#include "paired.h"

#include <stdio.h>
#include <string.h>

#include "stats.h"

static bool same_text(const struct assay_record *a,
                      const struct assay_record *b, enum assay_field field)
{
    return strcmp(assay_record_text_or(a, field, ""),
                  assay_record_text_or(b, field, "")) == 0;
}

static bool same_number(const struct assay_record *a,
                        const struct assay_record *b, enum assay_field field)
{
    const struct assay_value *x = &a->fields[field], *y = &b->fields[field];
    return x->present == y->present && x->integer == y->integer;
}

static bool is_model(const struct assay_record *record)
{
    return strcmp(assay_record_text_or(record, ASSAY_FIELD_kind, ""),
                  "model") == 0;
}

bool assay_paired_is_base(const char *variant)
{
    return strcmp(variant, ASSAY_BASE_VARIANT) == 0 ||
           strcmp(variant, ASSAY_BASE_ORIGINAL) == 0;
}

static bool has_base(const struct assay_record *record)
{
    const char *variant = assay_record_text_or(record, ASSAY_FIELD_variant, "");
    return is_model(record) && !assay_paired_is_base(variant) &&
           strcmp(variant, "file") != 0 && *variant;
}

static bool scored(const struct assay_record *record)
{
    return is_model(record) && record->n_predictions > 0 &&
           strcmp(assay_record_text_or(record, ASSAY_FIELD_status, ""), "ok") ==
               0;
}

const struct assay_record *assay_paired_base(const struct assay_run_data *data,
                                             const struct assay_record *record)
{
    const size_t n = data->n_records + data->n_hidden;
    for (size_t i = 0; has_base(record) && i < n; i++) {
        const struct assay_record *r = data->records[i];
        if (is_model(r) && same_text(r, record, ASSAY_FIELD_model) &&
            same_text(r, record, ASSAY_FIELD_target) &&
            same_number(r, record, ASSAY_FIELD_threads) &&
            same_number(r, record, ASSAY_FIELD_batch) &&
            assay_paired_is_base(
                assay_record_text_or(r, ASSAY_FIELD_variant, "")))
            return r;
    }
    return NULL;
}

const char *assay_paired_base_name(const struct assay_run_data *data,
                                   const struct assay_record *record)
{
    const size_t n = data->n_records + data->n_hidden;
    for (size_t i = 0; i < n; i++) {
        const struct assay_record *r = data->records[i];
        if (is_model(r) && same_text(r, record, ASSAY_FIELD_model) &&
            assay_paired_is_base(
                assay_record_text_or(r, ASSAY_FIELD_variant, "")))
            return assay_record_text_or(r, ASSAY_FIELD_variant, "");
    }
    return ASSAY_BASE_VARIANT;
}

/* A scored case of the model's `variant` (NULL: its base) on `target`, with the
 * same threads if that is the record's own target. The batch does not matter:
 * scoring has its own. */
static const struct assay_record *find_scored(const struct assay_run_data *data,
                                              const struct assay_record *record,
                                              const char *variant,
                                              const char *target)
{
    const bool own =
        strcmp(target, assay_record_text_or(record, ASSAY_FIELD_target, "")) ==
        0;
    for (size_t i = 0; i < data->n_records; i++) {
        const struct assay_record *r = data->records[i];
        if (scored(r) && same_text(r, record, ASSAY_FIELD_model) &&
            (variant ? strcmp(assay_record_text_or(r, ASSAY_FIELD_variant, ""),
                              variant) == 0
                     : assay_paired_is_base(
                           assay_record_text_or(r, ASSAY_FIELD_variant, ""))) &&
            strcmp(assay_record_text_or(r, ASSAY_FIELD_target, ""), target) ==
                0 &&
            (!own || same_number(r, record, ASSAY_FIELD_threads)))
            return r;
    }
    return NULL;
}

static void set_absent(struct assay_record *record, enum assay_field field,
                       const char *reason)
{
    const struct assay_value *value = &record->fields[field];
    if (!value->present && !value->text)
        assay_record_absent(record, field, reason);
}

static bool is_open(const struct assay_record *record, enum assay_field field)
{
    return !record->fields[field].present && !record->fields[field].text;
}

/* The images that both were scored on, and NULL; or 0 and why there are none.
 */
static size_t common(const struct assay_record *a, const struct assay_record *b,
                     const char **why)
{
    const size_t n = a->n_predictions < b->n_predictions ? a->n_predictions
                                                         : b->n_predictions;
    *why = "the two were scored on different images";
    if (!same_text(a, b, ASSAY_FIELD_dataset_crc32))
        return 0;
    /* Of one image, two answers are the same class if both are right, and both
     * right or both wrong if they are the same class. */
    for (size_t i = 0; i < n; i++) {
        const unsigned x = a->predictions[i], y = b->predictions[i];
        if (x != y && ((x & y & 1) || x / 2 == y / 2))
            return 0;
    }
    *why = NULL;
    return n;
}

bool assay_paired_count(const struct assay_record *record,
                        const struct assay_record *other,
                        struct assay_paired *paired, const char **why)
{
    const size_t n = common(record, other, why);
    if (n == 0 && !*why)
        *why = "not both were scored";
    *paired = (struct assay_paired){.images = (int64_t)n};
    for (size_t i = 0; i < n; i++) {
        const int right = record->predictions[i] & 1;
        const int was = other->predictions[i] & 1;
        paired->better += right && !was;
        paired->worse += was && !right;
        paired->changed += record->predictions[i] != other->predictions[i];
    }
    if (n > 0)
        paired->p = assay_mcnemar(paired->better, paired->worse);
    return n > 0;
}

static void set_mcnemar(const struct assay_run_data *data,
                        struct assay_record *record)
{
    static const enum assay_field fields[] = {
        ASSAY_FIELD_mcnemar_b, ASSAY_FIELD_mcnemar_c, ASSAY_FIELD_mcnemar_p};
    char reason[300];
    const char *why = reason;
    const char *target = assay_record_text_or(record, ASSAY_FIELD_target, "");
    const struct assay_record *base = find_scored(data, record, NULL, target);
    struct assay_paired paired = {0};
    if (!base)
        snprintf(reason, sizeof reason,
                 "%.100s/%.10s was not scored on %.100s in this run",
                 assay_record_text_or(record, ASSAY_FIELD_model, ""),
                 assay_paired_base_name(data, record), target);
    if (!base || !assay_paired_count(record, base, &paired, &why))
        for (size_t i = 0; i < 3; i++)
            set_absent(record, fields[i], why);
    if (paired.images == 0 || !is_open(record, ASSAY_FIELD_mcnemar_b) ||
        !is_open(record, ASSAY_FIELD_mcnemar_c) ||
        !is_open(record, ASSAY_FIELD_mcnemar_p))
        return;
    assay_record_int(record, ASSAY_FIELD_mcnemar_b, paired.better);
    assay_record_int(record, ASSAY_FIELD_mcnemar_c, paired.worse);
    assay_record_real(record, ASSAY_FIELD_mcnemar_p, paired.p);
}

static void set_agreement(const struct assay_run_data *data,
                          struct assay_record *record)
{
    const struct assay_record *cpu = find_scored(
        data, record, assay_record_text_or(record, ASSAY_FIELD_variant, ""),
        "cpu");
    const char *why = "no case of this model was scored on cpu in this run";
    const size_t n = cpu ? common(record, cpu, &why) : 0;
    size_t same = 0;
    for (size_t i = 0; i < n; i++)
        same += record->predictions[i] == cpu->predictions[i];
    if (n == 0)
        set_absent(record, ASSAY_FIELD_agreement_targets, why);
    else if (is_open(record, ASSAY_FIELD_agreement_targets))
        assay_record_real(record, ASSAY_FIELD_agreement_targets,
                          (double)same / (double)n);
}

void assay_paired_set(struct assay_run_data *data)
{
    for (size_t i = 0; i < data->n_records; i++) {
        struct assay_record *record = data->records[i];
        if (!scored(record))
            continue;
        if (has_base(record))
            set_mcnemar(data, record);
        if (strcmp(assay_record_text_or(record, ASSAY_FIELD_target, ""),
                   "cpu") != 0)
            set_agreement(data, record);
    }
}
