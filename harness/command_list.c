/* SPDX-License-Identifier: Apache-2.0
 *
 * assay list: kernels, models, suites or counters.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "commands.h"
#include "counters.h"
#include "options.h"
#include "suites/assets.h"
#include "suites/suite.h"
#include "suites/zoo.h"
#include "targets.h"

static const char help[] =
    "Usage: assay list kernels|models|suites|counters [--format table|json]\n";

/* Rows of a table; all values are texts, numbers or true/false. */
/* What a cell shows, and how wide it is. */
static int cell(const json_t *v, char *text, size_t size)
{
    text[0] = '\0';
    if (json_is_string(v))
        return snprintf(text, size, "%s", json_string_value(v));
    if (json_is_integer(v))
        return snprintf(text, size, "%lld", (long long)json_integer_value(v));
    if (json_is_real(v))
        return snprintf(text, size, "%.4f", json_real_value(v));
    if (json_is_boolean(v))
        return snprintf(text, size, "%s", json_is_true(v) ? "yes" : "no");
    return 0;
}

static void print(const json_t *list, const char *const *columns, bool as_json)
{
    size_t i;
    json_t *row;
    if (as_json) {
        json_dumpf(list, stdout, JSON_INDENT(1));
        putchar('\n');
        return;
    }
    int widths[16] = {0};
    char text[512];
    json_array_foreach((json_t *)list, i, row)
    {
        for (size_t j = 0; columns[j] && j < 16; j++) {
            const int width =
                cell(json_object_get(row, columns[j]), text, sizeof text);
            widths[j] = width > widths[j] ? width : widths[j];
        }
    }
    json_array_foreach((json_t *)list, i, row)
    {
        int blanks = 0;
        for (size_t j = 0; columns[j] && j < 16; j++) {
            const int width =
                cell(json_object_get(row, columns[j]), text, sizeof text);
            if (width > 0)
                printf("%*s%s", blanks, "", text);
            blanks = (width > 0 ? 0 : blanks) + widths[j] - width + 2;
        }
        putchar('\n');
    }
}

/* The first device of the row's API and class, or any of its API. */
static const struct assay_device_info *
device_for(const struct assay_targets *targets, const struct assay_row *row)
{
    const struct assay_device_info *found = NULL;
    for (size_t i = 0; i < targets->n; i++) {
        const struct assay_device_info *info = &targets->infos[i];
        if (info->api != row->api)
            continue;
        if (row->device_class == ASSAY_CLASS_ANY ||
            row->device_class == info->device_class)
            return info;
        found = info;
    }
    return found;
}

static enum assay_status list_kernels(json_t *list)
{
    struct assay_targets *targets = NULL;
    enum assay_status status = assay_targets_find(&targets);
    if (status != ASSAY_OK)
        return status;
    for (size_t i = 0; i < assay_row_count; i++) {
        const struct assay_row *row = &assay_rows[i];
        const struct assay_device_info *device = device_for(targets, row);
        const char *reason = NULL;
        bool available = false;
        if (device)
            available = assay_row_available(row, device->isa,
                                            device->device_class, &reason);
        else if (assay_row_available(row, ~0u, row->device_class, &reason))
            reason = targets->notes[row->api] ? targets->notes[row->api]
                                              : "no such device";
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:s?}", "op",
                            assay_op_info(row->op)->name, "dtype",
                            assay_dtype_names[row->dtype], "backend",
                            assay_api_names[row->api], "variant", row->variant,
                            "symbol", row->symbol, "available", (int)available,
                            "reason", reason));
    }
    assay_targets_free(&targets);
    return ASSAY_OK;
}

static enum assay_status list_models(json_t *list)
{
    struct assay_zoo *zoo = NULL;
    enum assay_status status = assay_zoo_load(&zoo);
    if (status != ASSAY_OK)
        return status;
    for (size_t i = 0; i < zoo->n_models; i++) {
        const struct assay_zoo_model *m = &zoo->models[i];
        json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:I, s:I, s:f, s:f, s:s}", "model", m->base,
                      "variant", m->variant, "parameters",
                      (json_int_t)m->parameters, "macs", (json_int_t)m->macs,
                      "validation_accuracy", m->validation_accuracy,
                      "test_accuracy", m->test_accuracy, "path", m->path));
    }
    assay_zoo_free(&zoo);
    return ASSAY_OK;
}

static enum assay_status list_suites(json_t *list)
{
    char **names = assay_suites_names();
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; names && names[i] && status == ASSAY_OK; i++) {
        struct assay_suite *suite = NULL;
        status = assay_suite_load(names[i], &suite);
        if (status == ASSAY_OK)
            json_array_append_new(
                list,
                json_pack("{s:s, s:I, s:I, s:s}", "name", suite->name,
                          "kernels", (json_int_t)suite->n_problems, "models",
                          (json_int_t)suite->n_models, "description",
                          suite->description ? suite->description : ""));
        assay_suite_free(&suite);
    }
    assay_names_free(names);
    return status;
}

static enum assay_status list_counters(json_t *list)
{
    const char *names[16], *reason;
    const size_t n = assay_counters_list(names, 16, &reason);
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:b, s:n}", "counter", names[i],
                                        "available", 1, "reason"));
    if (n == 0)
        json_array_append_new(list,
                              json_pack("{s:s, s:b, s:s}", "counter", "PAPI",
                                        "available", 0, "reason", reason));
    return ASSAY_OK;
}

static const struct {
    const char *name;
    enum assay_status (*list)(json_t *list);
    const char *columns[8];
} lists[] = {
    {"kernels",
     list_kernels,
     {"op", "dtype", "backend", "variant", "available", "reason", NULL}},
    {"models",
     list_models,
     {"model", "variant", "parameters", "macs", "validation_accuracy",
      "test_accuracy", NULL}},
    {"suites", list_suites, {"name", "kernels", "models", "description", NULL}},
    {"counters", list_counters, {"counter", "available", "reason", NULL}},
};

int assay_command_list(int argc, char **argv)
{
    struct assay_options o;
    const char *format = "table", *what = NULL;
    assay_options_begin(&o, argc, argv);
    while (assay_options_next(&o)) {
        if (assay_flag(&o, "help")) {
            fputs(help, stdout);
            return ASSAY_EXIT_OK;
        }
        if (!assay_option(&o, "format", &format) &&
            (what || !assay_positional(&o, &what)))
            return assay_options_unknown(&o);
    }
    if (o.error)
        return ASSAY_EXIT_USAGE;
    if (strcmp(format, "table") != 0 && strcmp(format, "json") != 0)
        return assay_complain(&o, ASSAY_EXIT_USAGE,
                              "--format: '%s' is neither table nor json",
                              format);
    for (size_t i = 0; what && i < sizeof lists / sizeof *lists; i++) {
        if (strcmp(lists[i].name, what) != 0)
            continue;
        json_t *list = json_array();
        enum assay_status status = lists[i].list(list);
        if (status == ASSAY_OK)
            print(list, lists[i].columns, strcmp(format, "json") == 0);
        json_decref(list);
        return status == ASSAY_OK ? ASSAY_EXIT_OK
                                  : assay_complain_status(&o, status);
    }
    return assay_complain(&o, ASSAY_EXIT_USAGE,
                          "name one of kernels, models, suites, counters");
}
