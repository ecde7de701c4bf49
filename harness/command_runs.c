/* SPDX-License-Identifier: Apache-2.0
 *
 * assay runs: what the store holds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "options.h"
#include "reports/json.h"
#include "reports/json_text.h"
#include "store.h"

static const char help[] =
    "Usage: assay runs [--format table|json] [--store FILE]\n"
    "\n"
    "Lists the stored runs, the oldest first: when they began, the suite, how\n"
    "many of the planned cases have a record, with which status, and labels.\n"
    "A run that did not end is 'cut off' (or still going on).\n";

/* labels as K=V, without what would disturb a terminal. */
static void print_labels(const json_t *labels)
{
    json_t *object = (json_t *)(uintptr_t)labels;
    const char *key, *separator = "";
    json_t *value;
    json_object_foreach(object, key, value)
    {
        char *text = NULL;
        if (asprintf(&text, "%s%s=%s", separator, key,
                     json_is_string(value) ? json_string_value(value) : "…") <
            0)
            return;
        for (char *at = text; *at; at++)
            if ((unsigned char)*at < 0x20 || *at == 0x7F)
                *at = ' ';
        fputs(text, stdout);
        free(text);
        separator = " ";
    }
}

static void print_row(const json_t *run)
{
    const char *finished = json_string_value(json_object_get(run, "finished"));
    const char *started = json_string_value(json_object_get(run, "started"));
    const char *suite = json_string_value(json_object_get(run, "suite"));
    json_t *counts = json_object_get(run, "statuses");
    char statuses[300] = "", cases[40];
    const char *name;
    json_t *n;
    json_int_t total = 0;
    json_object_foreach(counts, name, n)
    {
        size_t used = strlen(statuses);
        snprintf(statuses + used, sizeof statuses - used, "%s%lld %s",
                 used ? ", " : "", (long long)json_integer_value(n), name);
        total += json_integer_value(n);
    }
    size_t planned = json_array_size(json_object_get(run, "plan"));
    snprintf(cases, sizeof cases, "%lld/%zu", (long long)total, planned);
    printf("%5lld  %-20s  %-20s  %-14s %9s  %s",
           (long long)json_integer_value(json_object_get(run, "id")),
           started ? started : "-", finished ? finished : "cut off",
           suite ? suite : "-", cases, *statuses ? statuses : "-");
    if (json_object_size(json_object_get(run, "labels"))) {
        fputs("  ", stdout);
        print_labels(json_object_get(run, "labels"));
    }
    putchar('\n');
}

static enum assay_status collect(struct assay_store *store, json_t **list)
{
    struct assay_run *runs = NULL;
    size_t n = 0;
    json_t *array = json_array();
    enum assay_status status = assay_store_runs(store, &runs, &n);
    for (size_t i = 0; status == ASSAY_OK && i < n; i++) {
        json_t *counts = NULL, *run = assay_run_to_json(&runs[i]);
        status = assay_store_counts(store, runs[i].id, &counts);
        if (status == ASSAY_OK &&
            (json_object_set_new(run, "statuses", counts) ||
             json_array_append(array, run)))
            status = assay_fail(ASSAY_NOMEM, "out of memory");
        json_decref(run);
    }
    assay_runs_free(&runs, n);
    if (status == ASSAY_OK)
        *list = array;
    else
        json_decref(array);
    return status;
}

static void print(const json_t *list, bool as_json)
{
    if (as_json) {
        assay_json_write(stdout, list, 2, false);
        return;
    }
    if (!json_array_size(list)) {
        fputs("no runs yet; assay run makes one\n", stderr);
        return;
    }
    printf("%5s  %-20s  %-20s  %-14s %9s  %s\n", "run", "started", "finished",
           "suite", "cases", "statuses");
    for (size_t i = 0; i < json_array_size(list); i++)
        print_row(json_array_get(list, i));
}

int assay_command_runs(int argc, char **argv)
{
    struct assay_options options;
    const char *path = assay_store_default(), *format = "table";
    assay_options_begin(&options, argc, argv);
    while (assay_options_next(&options)) {
        if (assay_option(&options, "store", &path) ||
            assay_option(&options, "format", &format))
            continue;
        if (assay_flag(&options, "help")) {
            fputs(help, stdout);
            return ASSAY_EXIT_OK;
        }
        if (!options.error)
            return assay_options_unknown(&options);
    }
    if (options.error)
        return ASSAY_EXIT_USAGE;
    bool as_json = !strcmp(format, "json");
    if (!as_json && strcmp(format, "table") != 0)
        return assay_complain(&options, ASSAY_EXIT_USAGE,
                              "no format '%s'; the formats are table, json",
                              format);
    struct assay_store *store = NULL;
    json_t *list = NULL;
    enum assay_status status = assay_store_open(path, false, &store);
    if (status == ASSAY_OK)
        status = collect(store, &list);
    if (status == ASSAY_OK)
        print(list, as_json);
    json_decref(list);
    assay_store_close(&store);
    return status == ASSAY_OK ? ASSAY_EXIT_OK
                              : assay_complain_status(&options, status);
}
