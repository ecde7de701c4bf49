/* SPDX-License-Identifier: Apache-2.0
 *
 * assay targets: what this machine offers, and what is missing and why.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case.h"
#include "commands.h"
#include "counters.h"
#include "energy.h"
#include "isa.h"
#include "options.h"
#include "targets.h"

static const char help[] =
    "Usage: assay targets [--format table|json]\n\n"
    "Lists devices with driver, type, memory, ISA levels and subgroup size,\n"
    "counters and energy sources; and for what is missing the reason.\n";

enum { MOST_COUNTERS = 16 };

static void isa_text(unsigned isa, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < assay_isa_count && used < size; i++)
        if ((assay_isa_levels[i].bits & ~isa) == 0)
            used += (size_t)snprintf(text + used, size - used, "%s%s",
                                     used ? " " : "", assay_isa_levels[i].name);
}

static void print_device(const struct assay_device_info *info)
{
    char isa[160];
    printf("%-10s %s\n", info->target, info->name);
    printf("           driver %s; type %s; %.1f GiB; %u units", info->driver,
           info->type, (double)info->memory_bytes / (1 << 30), info->units);
    if (info->subgroup_size)
        printf("; subgroup %u", info->subgroup_size);
    printf("\n");
    if (info->api == ASSAY_API_CPU) {
        isa_text(info->isa, isa, sizeof isa);
        printf("           ISA levels: %s\n", isa);
    }
    if (!info->device_time)
        printf("           no device clock: device_ns is absent\n");
}

/* Whether energy can be read is found out by trying. */
static char *energy_reason(void)
{
    struct assay_energy energy;
    assay_energy_start(&energy);
    return energy.reason[0] ? strdup(energy.reason) : NULL;
}

static void print_table(const struct assay_targets *targets)
{
    const char *names[MOST_COUNTERS], *reason;
    for (size_t i = 0; i < targets->n; i++)
        print_device(&targets->infos[i]);
    for (int api = 0; api < ASSAY_APIS; api++)
        if (targets->notes[api])
            printf("%-10s missing: %s\n", assay_api_names[api],
                   targets->notes[api]);
    const size_t n = assay_counters_list(names, MOST_COUNTERS, &reason);
    printf("%-10s", "counters");
    for (size_t i = 0; i < n; i++)
        printf(" %s", names[i]);
    printf("%s%s\n", n ? "" : " missing: ", n ? "" : reason);
    char *energy = energy_reason();
    printf("%-10s %s%s\n", "energy", energy ? "missing: " : "RAPL (powercap)",
           energy ? energy : "");
    free(energy);
}

/* One array, as `list` has it; what is missing is an entry with a reason. */
static json_t *as_json(const struct assay_targets *targets)
{
    const char *names[MOST_COUNTERS], *reason;
    json_t *list = json_array();
    for (size_t i = 0; i < targets->n; i++) {
        json_t *device = assay_device_to_json(&targets->infos[i]);
        char isa[160];
        isa_text(targets->infos[i].isa, isa, sizeof isa);
        json_object_set_new(device, "isa_levels", json_string(isa));
        json_object_set_new(device, "available", json_true());
        json_object_set_new(device, "reason", json_null());
        json_array_append_new(list, device);
    }
    for (int api = 0; api < ASSAY_APIS; api++)
        if (targets->notes[api])
            json_array_append_new(
                list,
                json_pack("{s:s, s:s, s:n, s:n, s:n, s:b, s:s}", "target",
                          assay_api_names[api], "backend", assay_api_names[api],
                          "device", "driver", "type", "available", 0, "reason",
                          targets->notes[api]));
    const size_t n = assay_counters_list(names, MOST_COUNTERS, &reason);
    json_t *counters = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(counters, json_string(names[i]));
    json_array_append_new(list, json_pack("{s:s, s:o, s:b, s:s?}", "target",
                                          "counters", "counters", counters,
                                          "available", n > 0, "reason",
                                          n ? NULL : reason));
    char *energy = energy_reason();
    json_array_append_new(list, json_pack("{s:s, s:b, s:s?}", "target",
                                          "energy", "available", energy == NULL,
                                          "reason", energy));
    free(energy);
    return list;
}

int assay_command_targets(int argc, char **argv)
{
    struct assay_options o;
    const char *format = "table";
    struct assay_targets *targets = NULL;
    assay_options_begin(&o, argc, argv);
    while (assay_options_next(&o)) {
        if (assay_flag(&o, "help")) {
            fputs(help, stdout);
            return ASSAY_EXIT_OK;
        }
        if (!assay_option(&o, "format", &format))
            return assay_options_unknown(&o);
    }
    if (o.error)
        return ASSAY_EXIT_USAGE;
    if (strcmp(format, "table") != 0 && strcmp(format, "json") != 0)
        return assay_complain(&o, ASSAY_EXIT_USAGE,
                              "--format: '%s' is neither table nor json",
                              format);
    enum assay_status status = assay_targets_find(&targets);
    if (status != ASSAY_OK)
        return assay_complain_status(&o, status);
    if (strcmp(format, "json") == 0) {
        json_t *json = as_json(targets);
        json_dumpf(json, stdout, JSON_INDENT(1));
        putchar('\n');
        json_decref(json);
    } else {
        print_table(targets);
    }
    assay_targets_free(&targets);
    return ASSAY_EXIT_OK;
}
