/* SPDX-License-Identifier: Apache-2.0 */
#include "absent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where the number begins with which "…, has 20" ends; NULL: it does not. */
static const char *last_number(const char *reason)
{
    static const char has[] = ", has ";
    const char *at = NULL;
    for (const char *next = reason; (next = strstr(next, has)); next++)
        at = next + strlen(has);
    return at && *at && strspn(at, "0123456789") == strlen(at) ? at : NULL;
}

size_t assay_absent_count(json_t *groups, const char *field, const char *reason)
{
    const char *number = last_number(reason);
    char *key =
        number ? strndup(reason, (size_t)(number - reason)) : strdup(reason);
    if (!key)
        return 0;
    json_t *group = json_object_get(groups, key);
    if (!group) {
        group = json_pack("{s:s, s:I, s:{}}", "reason", key, "number",
                          (json_int_t)json_object_size(groups) + 1, "fields");
        json_object_set_new(groups, key, group);
    }
    free(key);
    json_t *fields = json_object_get(group, "fields");
    json_object_set_new(
        fields, field,
        json_integer(json_integer_value(json_object_get(fields, field)) + 1));
    if (number) {
        const json_int_t value = strtoll(number, NULL, 10);
        const json_t *low = json_object_get(group, "low");
        const json_t *high = json_object_get(group, "high");
        if (!high || value > json_integer_value(high))
            json_object_set_new(group, "high", json_integer(value));
        if (!low || value < json_integer_value(low))
            json_object_set_new(group, "low", json_integer(value));
    }
    return (size_t)json_integer_value(json_object_get(group, "number"));
}

char *assay_absent_reason(const json_t *group)
{
    const char *reason = json_string_value(json_object_get(group, "reason"));
    const json_t *low = json_object_get(group, "low");
    const json_int_t from = json_integer_value(low);
    const json_int_t to = json_integer_value(json_object_get(group, "high"));
    char *text = NULL;
    int made;
    if (!low)
        return strdup(reason ? reason : "");
    made = from == to ? asprintf(&text, "%s%lld", reason, (long long)from)
                      : asprintf(&text, "%s%lld to %lld", reason,
                                 (long long)from, (long long)to);
    return made < 0 ? NULL : text;
}

static void cases(FILE *out, json_int_t n)
{
    fprintf(out, " (%lld case%s)", (long long)n, n == 1 ? "" : "s");
}

char *assay_absent_fields(const json_t *group)
{
    json_t *fields = json_object_get(group, "fields"), *count;
    json_int_t first = 0;
    bool alike = true;
    const char *field, *before = "";
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    json_object_foreach(fields, field, count)
    {
        first = first ? first : json_integer_value(count);
        alike = alike && json_integer_value(count) == first;
    }
    json_object_foreach(fields, field, count)
    {
        fprintf(out, "%s%s", before, field);
        if (!alike)
            cases(out, json_integer_value(count));
        before = ", ";
    }
    if (alike)
        cases(out, first);
    if (fclose(out)) {
        free(text);
        return NULL;
    }
    return text;
}

static json_t *groups_of(const struct assay_run_data *const *runs, size_t n)
{
    json_t *groups = json_object();
    for (size_t r = 0; r < n; r++)
        for (size_t i = 0; i < runs[r]->n_records; i++) {
            const struct assay_record *record = runs[r]->records[i];
            const char *status =
                assay_record_get_text(record, ASSAY_FIELD_status);
            for (size_t f = 0;
                 status && strcmp(status, "ok") == 0 && f < ASSAY_FIELDS; f++) {
                const struct assay_value *value = &record->fields[f];
                if (!value->present && value->text && f != ASSAY_FIELD_reason)
                    assay_absent_count(groups, assay_fields[f].name,
                                       value->text);
            }
        }
    return groups;
}

json_t *assay_absent_to_json(const struct assay_run_data *const *runs, size_t n)
{
    json_t *groups = groups_of(runs, n), *list = json_array(), *group;
    const char *key;
    bool ok = groups && list;
    json_object_foreach(groups, key, group)
    {
        char *reason = assay_absent_reason(group);
        char *fields = assay_absent_fields(group);
        ok = ok && reason && fields &&
             !json_array_append_new(list, json_pack("{s:s, s:s}", "reason",
                                                    reason, "fields", fields));
        free(reason);
        free(fields);
    }
    json_decref(groups);
    if (!ok) {
        json_decref(list);
        return NULL;
    }
    return list;
}
