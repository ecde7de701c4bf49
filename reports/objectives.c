/* SPDX-License-Identifier: Apache-2.0 */
#include "objectives.h"

#include <string.h>

static bool with_interval(const struct assay_record *record,
                          enum assay_field value_field,
                          enum assay_field low_field,
                          enum assay_field high_field, double *value,
                          double *low, double *high)
{
    if (!assay_record_number(record, value_field, value))
        return false;
    if (!assay_record_number(record, low_field, low) || *low > *value)
        *low = *value;
    if (!assay_record_number(record, high_field, high) || *high < *value)
        *high = *value;
    return true;
}

static bool get_accuracy(const struct assay_record *record, double *value,
                         double *low, double *high)
{
    return with_interval(record, ASSAY_FIELD_accuracy, ASSAY_FIELD_accuracy_low,
                         ASSAY_FIELD_accuracy_high, value, low, high);
}

static double per_image(const struct assay_record *record)
{
    double batch;
    return assay_record_number(record, ASSAY_FIELD_batch, &batch) && batch > 0
               ? 1 / batch
               : 1;
}

static bool get_latency(const struct assay_record *record, double *value,
                        double *low, double *high)
{
    if (!with_interval(record, ASSAY_FIELD_latency_ns_median,
                       ASSAY_FIELD_latency_ns_low, ASSAY_FIELD_latency_ns_high,
                       value, low, high))
        return false;
    double share = per_image(record);
    *value *= share;
    *low *= share;
    *high *= share;
    return true;
}

static bool get_memory(const struct assay_record *record, double *value,
                       double *low, double *high)
{
    double device;
    const char *class = assay_record_get_text(record, ASSAY_FIELD_device_class);
    const char *backend = assay_record_get_text(record, ASSAY_FIELD_backend);
    if (!class && backend && strcmp(backend, "cpu") == 0)
        class = backend;
    if (!assay_record_number(record, ASSAY_FIELD_host_peak_bytes, value))
        return false;
    /* Buffers of the class cpu are part of the host's peak; of a device whose
     * class is not known, they may be. */
    if (!(class && strcmp(class, "cpu") == 0) &&
        assay_record_number(record, ASSAY_FIELD_device_peak_bytes, &device)) {
        if (!class)
            return false;
        *value += device;
    }
    *low = *high = *value;
    return true;
}

static bool get_size(const struct assay_record *record, double *value,
                     double *low, double *high)
{
    if (!assay_record_number(record, ASSAY_FIELD_model_bytes, value))
        return false;
    *low = *high = *value;
    return true;
}

static bool get_energy(const struct assay_record *record, double *value,
                       double *low, double *high)
{
    if (!assay_record_number(record, ASSAY_FIELD_energy_j, value))
        return false;
    *value *= per_image(record);
    *low = *high = *value;
    return true;
}

const struct assay_objective assay_objectives[] = {
    {ASSAY_OBJECTIVE_ACCURACY, "accuracy", "Accuracy", true, get_accuracy},
    {ASSAY_OBJECTIVE_LATENCY, "latency", "Time per image", false, get_latency},
    {ASSAY_OBJECTIVE_OTHER, "memory", "Peak memory", false, get_memory},
    {ASSAY_OBJECTIVE_OTHER, "size", "Size of the model's file", false,
     get_size},
    {ASSAY_OBJECTIVE_OTHER, "energy", "Energy per image", false, get_energy},
};
const size_t assay_objective_count =
    sizeof assay_objectives / sizeof *assay_objectives;

static const struct assay_objective *find(const char *name, size_t length)
{
    for (size_t i = 0; i < assay_objective_count; i++)
        if (strlen(assay_objectives[i].name) == length &&
            !strncmp(assay_objectives[i].name, name, length))
            return &assay_objectives[i];
    return NULL;
}

enum assay_status assay_objectives_parse(const char *text,
                                         const struct assay_objective **chosen,
                                         size_t *n)
{
    size_t count = 0;
    for (const char *at = text;; at++) {
        size_t length = strcspn(at, ",");
        const struct assay_objective *objective = find(at, length);
        if (!objective)
            return assay_fail(ASSAY_INVALID,
                              "no objective \"%.*s\"; there are accuracy, "
                              "latency, memory, size and energy",
                              (int)length, at);
        for (size_t i = 0; i < count; i++)
            if (chosen[i] == objective)
                return assay_fail(ASSAY_INVALID, "objective %s is named twice",
                                  objective->name);
        if (count == ASSAY_OBJECTIVES_MAX)
            return assay_fail(ASSAY_INVALID, "at most %d objectives",
                              ASSAY_OBJECTIVES_MAX);
        chosen[count++] = objective;
        at += length;
        if (!*at)
            break;
    }
    *n = count;
    return ASSAY_OK;
}
