/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "compare.h"

struct differences {
    char *text;
    size_t size;
};

static void add(struct differences *d, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add(struct differences *d, const char *format, ...)
{
    const size_t length = strlen(d->text);
    va_list args;
    va_start(args, format);
    snprintf(d->text + length, d->size - length, "%s", length ? "; " : "");
    const size_t from = strlen(d->text);
    vsnprintf(d->text + from, d->size - from, format, args);
    va_end(args);
}

/* A fact as text; what is unknown is no difference. */
static bool fact(const json_t *object, const char *name, char *text,
                 size_t size)
{
    const json_t *value = json_object_get(object, name);
    if (json_is_string(value))
        snprintf(text, size, "%s", json_string_value(value));
    else if (json_is_integer(value))
        snprintf(text, size, "%lld", (long long)json_integer_value(value));
    else if (json_is_boolean(value))
        snprintf(text, size, "%s", json_is_true(value) ? "on" : "off");
    else
        return false;
    return true;
}

static void compare_fact(struct differences *d, const char *where,
                         const char *name, const json_t *base,
                         const json_t *now)
{
    char before[160], after[160];
    if (fact(base, name, before, sizeof before) &&
        fact(now, name, after, sizeof after) && strcmp(before, after) != 0)
        add(d, "%s%s was '%s', is '%s'", where, name, before, after);
}

static const json_t *device_of(const json_t *machine, const char *target)
{
    const json_t *devices = json_object_get(machine, "devices");
    for (size_t i = 0; i < json_array_size(devices); i++) {
        const json_t *device = json_array_get(devices, i);
        const json_t *name = json_object_get(device, "target");
        if (json_is_string(name) &&
            strcmp(json_string_value(name), target) == 0)
            return device;
    }
    return NULL;
}

void assay_compare_machines(const char *base, const char *now, char *text,
                            size_t size)
{
    struct differences d = {text, size};
    json_t *before = base ? json_loads(base, 0, NULL) : NULL;
    json_t *after = now ? json_loads(now, 0, NULL) : NULL;
    text[0] = '\0';
    compare_fact(&d, "", "cpu", before, after);
    compare_fact(&d, "", "cores", before, after);
    compare_fact(&d, "", "assertions", json_object_get(before, "versions"),
                 json_object_get(after, "versions"));
    const json_t *devices = json_object_get(before, "devices");
    for (size_t i = 0; i < json_array_size(devices); i++) {
        const json_t *device = json_array_get(devices, i);
        const char *target =
            json_string_value(json_object_get(device, "target"));
        if (!target)
            continue;
        char where[64];
        snprintf(where, sizeof where, "%.40s: ", target);
        const json_t *other = device_of(after, target);
        compare_fact(&d, where, "device", device, other);
        compare_fact(&d, where, "driver", device, other);
    }
    json_decref(before);
    json_decref(after);
}
