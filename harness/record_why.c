/* SPDX-License-Identifier: Apache-2.0 */
#include "record_why.h"

#include <stdio.h>
#include <string.h>

#include "paired.h"

static bool is(const struct assay_record *record, enum assay_field field,
               const char *text)
{
    const char *value = assay_record_get_text(record, field);
    return value && strcmp(value, text) == 0;
}

static const char *of_kernel(enum assay_field field)
{
    static const enum assay_field of_models[] = {
        ASSAY_FIELD_choices,       ASSAY_FIELD_model,
        ASSAY_FIELD_batch,         ASSAY_FIELD_model_bytes,
        ASSAY_FIELD_model_sha256,  ASSAY_FIELD_confidences,
        ASSAY_FIELD_parameters,    ASSAY_FIELD_accuracy,
        ASSAY_FIELD_accuracy_low,  ASSAY_FIELD_accuracy_high,
        ASSAY_FIELD_agreement,     ASSAY_FIELD_images,
        ASSAY_FIELD_dataset,       ASSAY_FIELD_dataset_crc32,
        ASSAY_FIELD_outputs_crc32, ASSAY_FIELD_nll,
        ASSAY_FIELD_ece,           ASSAY_FIELD_macro_f1,
        ASSAY_FIELD_per_class,     ASSAY_FIELD_confusion,
        ASSAY_FIELD_mcnemar_b,     ASSAY_FIELD_mcnemar_c,
        ASSAY_FIELD_mcnemar_p,     ASSAY_FIELD_agreement_targets};
    for (size_t i = 0; i < sizeof of_models / sizeof *of_models; i++)
        if (of_models[i] == field)
            return ASSAY_OF_MODELS;
    return field == ASSAY_FIELD_library ? "a row of Assay's own" : NULL;
}

static const char *of_mcnemar(const struct assay_record *record)
{
    const char *variant = assay_record_get_text(record, ASSAY_FIELD_variant);
    if (variant && assay_paired_is_base(variant))
        return "it is what variants are compared with";
    if (!is(record, ASSAY_FIELD_variant, "file"))
        return NULL;
    return "a file of one's own is no variant of another model";
}

static const char *of_model(const struct assay_record *record,
                            enum assay_field field)
{
    switch (field) {
    case ASSAY_FIELD_op:
        return ASSAY_OF_KERNELS ": a model has many operators";
    case ASSAY_FIELD_library:
        return ASSAY_OF_KERNELS ": models run on Assay's own rows";
    case ASSAY_FIELD_gflops_executed:
        return ASSAY_OF_KERNELS ": what rows leave out is not summed up";
    case ASSAY_FIELD_gbytes_per_s:
        return ASSAY_OF_KERNELS ": traffic between layers is not known";
    case ASSAY_FIELD_mcnemar_b:
    case ASSAY_FIELD_mcnemar_c:
    case ASSAY_FIELD_mcnemar_p:
        return of_mcnemar(record);
    case ASSAY_FIELD_agreement_targets:
        return is(record, ASSAY_FIELD_target, "cpu")
                   ? "it is the target that others are compared with"
                   : NULL;
    default:
        return NULL;
    }
}

/* What holds of scores where the model was not scored. */
static bool needs_score(enum assay_field field)
{
    return field == ASSAY_FIELD_accuracy_low ||
           field == ASSAY_FIELD_accuracy_high ||
           field == ASSAY_FIELD_agreement || field == ASSAY_FIELD_images ||
           field == ASSAY_FIELD_dataset || field == ASSAY_FIELD_dataset_crc32 ||
           field == ASSAY_FIELD_outputs_crc32 ||
           field == ASSAY_FIELD_confidences || field == ASSAY_FIELD_mcnemar_b ||
           field == ASSAY_FIELD_mcnemar_c || field == ASSAY_FIELD_mcnemar_p ||
           field == ASSAY_FIELD_agreement_targets;
}

static const char *reason_of(const struct assay_record *record,
                             enum assay_field field)
{
    const struct assay_value *accuracy = &record->fields[ASSAY_FIELD_accuracy];
    const char *status = assay_record_get_text(record, ASSAY_FIELD_status);
    const bool ok = is(record, ASSAY_FIELD_status, "ok");
    const char *why = NULL;
    if (is(record, ASSAY_FIELD_kind, "kernel"))
        why = of_kernel(field);
    else if (is(record, ASSAY_FIELD_kind, "model"))
        why = of_model(record, field);
    if (why)
        return why;
    if (field == ASSAY_FIELD_threads && !is(record, ASSAY_FIELD_backend, "cpu"))
        return "of cpu targets only";
    if (!ok && status)
        return status;
    if (field == ASSAY_FIELD_reason)
        return "the case is ok";
    if (field == ASSAY_FIELD_choices)
        return "no layer with zeros in a quarter of its weights";
    if (needs_score(field) && !accuracy->present && accuracy->text)
        return accuracy->text;
    return "not recorded";
}

void assay_record_explain(struct assay_record *record)
{
    for (size_t i = 0; i < ASSAY_FIELDS; i++) {
        const struct assay_value *value = &record->fields[i];
        char reason[300];
        if (value->present || value->text)
            continue;
        /* A copy: the reason may be another field's. */
        snprintf(reason, sizeof reason, "%s",
                 reason_of(record, (enum assay_field)i));
        assay_record_absent(record, (enum assay_field)i, reason);
    }
}
