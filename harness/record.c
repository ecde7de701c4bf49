/* SPDX-License-Identifier: Apache-2.0 */
#include "record.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

static const char no_memory[] = "out of memory";

#define TEXT ASSAY_KIND_TEXT
#define INT ASSAY_KIND_INT
#define REAL ASSAY_KIND_REAL
#define JSON ASSAY_KIND_JSON
const struct assay_field_info assay_fields[ASSAY_FIELDS] = {
#define ASSAY_FIELD(name, kind, unit, text) {#name, kind, unit, text},
#include "record.def"
#undef ASSAY_FIELD
};
#undef TEXT
#undef INT
#undef REAL
#undef JSON

struct assay_record *assay_record_create(void)
{
    return calloc(1, sizeof(struct assay_record));
}

void assay_record_destroy(struct assay_record **record)
{
    if (!*record)
        return;
    for (size_t i = 0; i < ASSAY_FIELDS; i++)
        free((*record)->fields[i].text);
    free((*record)->samples);
    free((*record)->predictions);
    free(*record);
    *record = NULL;
}

static struct assay_value *cleared(struct assay_record *record,
                                   enum assay_field field)
{
    struct assay_value *value = &record->fields[field];
    free(value->text);
    *value = (struct assay_value){.present = false};
    return value;
}

void assay_record_absent(struct assay_record *record, enum assay_field field,
                         const char *reason)
{
    /* The reason may be this field's own text, which is freed here. */
    char *copy = reason ? assay_utf8(reason) : NULL;
    cleared(record, field)->text = copy;
}

void assay_record_text(struct assay_record *record, enum assay_field field,
                       const char *text)
{
    assert(assay_fields[field].kind == ASSAY_KIND_TEXT);
    if (!text) {
        assay_record_absent(record, field, NULL);
        return;
    }
    char *copy = assay_utf8(text);
    if (!copy) {
        assay_record_absent(record, field, no_memory);
        return;
    }
    struct assay_value *value = cleared(record, field);
    value->present = true;
    value->text = copy;
}

void assay_record_int(struct assay_record *record, enum assay_field field,
                      int64_t integer)
{
    assert(assay_fields[field].kind == ASSAY_KIND_INT);
    struct assay_value *value = cleared(record, field);
    value->present = true;
    value->integer = integer;
}

void assay_record_real(struct assay_record *record, enum assay_field field,
                       double real)
{
    assert(assay_fields[field].kind == ASSAY_KIND_REAL);
    if (!isfinite(real)) {
        assay_record_absent(record, field,
                            isnan(real) ? "not a number was found"
                                        : "an infinite value was found");
        return;
    }
    struct assay_value *value = cleared(record, field);
    value->present = true;
    value->real = real;
}

void assay_record_json(struct assay_record *record, enum assay_field field,
                       const json_t *json)
{
    assert(assay_fields[field].kind == ASSAY_KIND_JSON);
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    if (!text) {
        assay_record_absent(record, field, no_memory);
        return;
    }
    struct assay_value *value = cleared(record, field);
    value->present = true;
    value->text = text;
}

void assay_record_samples(struct assay_record *record,
                          const uint64_t *nanoseconds, size_t n)
{
    uint64_t *copy = n ? malloc(n * sizeof *copy) : NULL;
    if (copy)
        memcpy(copy, nanoseconds, n * sizeof *copy);
    free(record->samples);
    record->samples = copy;
    record->n_samples = copy ? n : 0;
}

void assay_record_predictions(struct assay_record *record,
                              const uint16_t *predictions, size_t n)
{
    uint16_t *copy = n ? malloc(n * sizeof *copy) : NULL;
    if (copy)
        memcpy(copy, predictions, n * sizeof *copy);
    free(record->predictions);
    record->predictions = copy;
    record->n_predictions = copy ? n : 0;
}

const char *assay_record_get_text(const struct assay_record *record,
                                  enum assay_field field)
{
    assert(assay_fields[field].kind == ASSAY_KIND_TEXT);
    const struct assay_value *value = &record->fields[field];
    return value->present ? value->text : NULL;
}

const char *assay_record_text_or(const struct assay_record *record,
                                 enum assay_field field, const char *other)
{
    const char *text = assay_record_get_text(record, field);
    return text ? text : other;
}

json_t *assay_record_get_json(const struct assay_record *record,
                              enum assay_field field)
{
    assert(assay_fields[field].kind == ASSAY_KIND_JSON);
    const struct assay_value *value = &record->fields[field];
    return value->present ? json_loads(value->text, 0, NULL) : NULL;
}

bool assay_record_number(const struct assay_record *record,
                         enum assay_field field, double *number)
{
    const struct assay_value *value = &record->fields[field];
    const enum assay_kind kind = assay_fields[field].kind;
    if (!value->present || kind == ASSAY_KIND_TEXT || kind == ASSAY_KIND_JSON)
        return false;
    *number = kind == ASSAY_KIND_INT ? (double)value->integer : value->real;
    return true;
}

static json_t *value_to_json(const struct assay_value *value,
                             enum assay_kind kind)
{
    if (!value->present)
        return json_null();
    switch (kind) {
    case ASSAY_KIND_TEXT:
        return json_string(value->text);
    case ASSAY_KIND_INT:
        return json_integer(value->integer);
    case ASSAY_KIND_REAL:
        return json_real(value->real);
    case ASSAY_KIND_JSON:
        return json_loads(value->text, 0, NULL);
    }
    return NULL;
}

static json_t *samples_to_json(const struct assay_record *record)
{
    json_t *array = json_array();
    for (size_t i = 0; array && i < record->n_samples; i++)
        if (json_array_append_new(
                array, json_integer((json_int_t)record->samples[i]))) {
            json_decref(array);
            array = NULL;
        }
    return array;
}

static json_t *predictions_to_json(const struct assay_record *record)
{
    json_t *array = json_array();
    for (size_t i = 0; array && i < record->n_predictions; i++)
        if (json_array_append_new(array,
                                  json_integer(record->predictions[i]))) {
            json_decref(array);
            array = NULL;
        }
    return array;
}

json_t *assay_record_to_json(const struct assay_record *record,
                             bool with_samples)
{
    json_t *json = json_object(), *absent = json_object();
    bool ok = json && absent;
    for (size_t i = 0; ok && i < ASSAY_FIELDS; i++) {
        const struct assay_value *value = &record->fields[i];
        const struct assay_field_info *info = &assay_fields[i];
        ok = !json_object_set_new(json, info->name,
                                  value_to_json(value, info->kind));
        if (ok && !value->present && value->text)
            ok = !json_object_set_new(absent, info->name,
                                      json_string(value->text));
    }
    ok = ok && !json_object_set(json, "absent", absent);
    if (ok && with_samples)
        ok = !json_object_set_new(json, "samples_ns", samples_to_json(record));
    if (ok && with_samples && record->n_predictions)
        ok = !json_object_set_new(json, "predictions",
                                  predictions_to_json(record));
    json_decref(absent);
    if (!ok) {
        json_decref(json);
        return NULL;
    }
    return json;
}

static enum assay_status wrong_type(const char *name, const char *expected)
{
    return assay_fail(ASSAY_INVALID, "record: member \"%s\" is not %s", name,
                      expected);
}

/* A text of JSON may hold U+0000, which a C string cannot. */
static bool is_text(const json_t *json)
{
    return json_is_string(json) &&
           strlen(json_string_value(json)) == json_string_length(json);
}

static enum assay_status value_from_json(struct assay_record *record,
                                         enum assay_field field,
                                         const json_t *json)
{
    const struct assay_field_info *info = &assay_fields[field];
    switch (info->kind) {
    case ASSAY_KIND_TEXT:
        if (!is_text(json))
            return wrong_type(info->name, "a text");
        assay_record_text(record, field, json_string_value(json));
        break;
    case ASSAY_KIND_INT:
        if (!json_is_integer(json))
            return wrong_type(info->name, "an integer");
        assay_record_int(record, field, json_integer_value(json));
        break;
    case ASSAY_KIND_REAL:
        if (!json_is_number(json))
            return wrong_type(info->name, "a number");
        assay_record_real(record, field, json_number_value(json));
        break;
    case ASSAY_KIND_JSON:
        if (!json_is_array(json) && !json_is_object(json))
            return wrong_type(info->name, "an array or object");
        assay_record_json(record, field, json);
        break;
    }
    return ASSAY_OK;
}

static enum assay_status samples_from_json(struct assay_record *record,
                                           const json_t *json)
{
    if (!json_is_array(json))
        return wrong_type("samples_ns", "an array");
    size_t n = json_array_size(json);
    uint64_t *samples = calloc(n + 1, sizeof *samples);
    if (!samples)
        return assay_fail(ASSAY_NOMEM, "record: %zu samples: %s", n, no_memory);
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(json, i);
        if (!json_is_integer(item) || json_integer_value(item) < 0) {
            free(samples);
            return wrong_type("samples_ns", "an array of times in ns");
        }
        samples[i] = (uint64_t)json_integer_value(item);
    }
    record->samples = samples;
    record->n_samples = n;
    return ASSAY_OK;
}

static enum assay_status predictions_from_json(struct assay_record *record,
                                               const json_t *json)
{
    const size_t n = json_array_size(json);
    if (!json_is_array(json) || n > ASSAY_MOST_IMAGES)
        return wrong_type("predictions", "an array of at most 10^6 numbers");
    record->predictions = calloc(n + 1, sizeof *record->predictions);
    if (!record->predictions)
        return assay_fail(ASSAY_NOMEM, "record: %zu predictions: %s", n,
                          no_memory);
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(json, i);
        const json_int_t value = json_integer_value(item);
        if (!json_is_integer(item) || value < 0 ||
            value >= 2 * ASSAY_MOST_CLASSES)
            return wrong_type("predictions", "an array of doubled classes");
        record->predictions[i] = (uint16_t)value;
    }
    record->n_predictions = n;
    return ASSAY_OK;
}

static enum assay_status fill(struct assay_record *record, const json_t *json)
{
    const json_t *absent = json_object_get(json, "absent");
    if (absent && !json_is_object(absent))
        return wrong_type("absent", "an object");
    for (size_t i = 0; i < ASSAY_FIELDS; i++) {
        const char *name = assay_fields[i].name;
        const json_t *member = json_object_get(json, name);
        if (member && !json_is_null(member)) {
            enum assay_status status =
                value_from_json(record, (enum assay_field)i, member);
            if (status != ASSAY_OK)
                return status;
            continue;
        }
        const json_t *reason = json_object_get(absent, name);
        if (reason && !is_text(reason))
            return wrong_type("absent", "an object of texts");
        assay_record_absent(record, (enum assay_field)i,
                            reason ? json_string_value(reason) : NULL);
    }
    const json_t *samples = json_object_get(json, "samples_ns");
    const json_t *predictions = json_object_get(json, "predictions");
    enum assay_status status =
        samples ? samples_from_json(record, samples) : ASSAY_OK;
    return status == ASSAY_OK && predictions
               ? predictions_from_json(record, predictions)
               : status;
}

enum assay_status assay_record_from_json(const json_t *json,
                                         struct assay_record **record)
{
    if (!json_is_object(json))
        return assay_fail(ASSAY_INVALID, "record: not a JSON object");
    struct assay_record *r = assay_record_create();
    if (!r)
        return assay_fail(ASSAY_NOMEM, "record: %s", no_memory);
    enum assay_status status = fill(r, json);
    if (status != ASSAY_OK)
        assay_record_destroy(&r);
    else
        *record = r;
    return status;
}
