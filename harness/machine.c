/* SPDX-License-Identifier: Apache-2.0 */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <sqlite3.h>

#include "backends/backend.h"
#include "isa.h"

/* The first line of a small file without its line break, or NULL. */
static char *first_line(const char *path)
{
    char *line = NULL;
    size_t size = 0;
    FILE *f = fopen(path, "r");
    const ssize_t n = f ? getline(&line, &size, f) : -1;
    if (f)
        fclose(f);
    if (n < 0) {
        free(line);
        return NULL;
    }
    line[strcspn(line, "\n")] = '\0';
    return line;
}

static json_t *text_of(const char *path)
{
    char *line = first_line(path);
    json_t *json = line ? json_string(line) : json_null();
    free(line);
    return json ? json : json_null();
}

/* The value of "key : value" or KEY="value" in a file of such lines. */
static json_t *value_of(const char *path, const char *key, char separator)
{
    char line[400];
    json_t *json = NULL;
    FILE *f = fopen(path, "r");
    while (f && !json && fgets(line, sizeof line, f)) {
        const size_t n = strlen(key);
        char *value = strchr(line, separator);
        if (strncmp(line, key, n) != 0 || !value)
            continue;
        value += 1 + strspn(value + 1, " \t\"");
        value[strcspn(value, "\"\n")] = '\0';
        json = json_string(value);
    }
    if (f)
        fclose(f);
    return json ? json : json_null();
}

static json_t *caches(void)
{
    json_t *list = json_array();
    for (int i = 0; i < 8; i++) {
        static const char *const facts[] = {"level", "type", "size"};
        char path[120];
        json_t *cache = json_object();
        for (size_t j = 0; j < sizeof facts / sizeof *facts; j++) {
            snprintf(path, sizeof path,
                     "/sys/devices/system/cpu/cpu0/cache/index%d/%s", i,
                     facts[j]);
            json_object_set_new(cache, facts[j], text_of(path));
        }
        if (json_is_null(json_object_get(cache, "level"))) {
            json_decref(cache);
            break;
        }
        json_array_append_new(list, cache);
    }
    return list;
}

static json_t *isa_levels(void)
{
    json_t *list = json_array();
    const unsigned isa = assay_cpu_isa();
    for (size_t i = 0; i < assay_isa_count; i++)
        if ((assay_isa_levels[i].bits & ~isa) == 0)
            json_array_append_new(list, json_string(assay_isa_levels[i].name));
    return list;
}

static json_t *versions(void)
{
    json_t *v = json_object();
    json_object_set_new(v, "assay", json_string(ASSAY_VERSION));
    json_object_set_new(v, "compiler", json_string(__VERSION__));
    json_object_set_new(v, "sqlite", json_string(sqlite3_libversion()));
#ifdef NDEBUG
    json_object_set_new(v, "assertions", json_false());
#else
    json_object_set_new(v, "assertions", json_true());
#endif
    return v;
}

static json_t *is_virtual(void)
{
    json_t *flags = value_of("/proc/cpuinfo", "flags", ':');
    const char *text = json_string_value(flags);
    json_t *json =
        text ? json_boolean(strstr(text, " hypervisor") != NULL) : json_null();
    json_decref(flags);
    return json;
}

static json_t *load(void)
{
    double average[3];
    json_t *list = json_array();
    const int n = getloadavg(average, 3);
    for (int i = 0; i < n; i++)
        json_array_append_new(list, json_real(average[i]));
    return list;
}

json_t *assay_machine(void)
{
    struct utsname system;
    json_t *m = json_object();
    if (uname(&system) == 0) {
        json_object_set_new(m, "host", json_string(system.nodename));
        json_object_set_new(m, "kernel", json_string(system.release));
        json_object_set_new(m, "architecture", json_string(system.machine));
    }
    json_object_set_new(m, "cpu", value_of("/proc/cpuinfo", "model name", ':'));
    json_object_set_new(m, "cpu_family",
                        value_of("/proc/cpuinfo", "cpu family", ':'));
    json_object_set_new(m, "cpu_model",
                        value_of("/proc/cpuinfo", "model\t", ':'));
    json_object_set_new(m, "mhz", value_of("/proc/cpuinfo", "cpu MHz", ':'));
    json_object_set_new(m, "cores",
                        json_integer(sysconf(_SC_NPROCESSORS_ONLN)));
    json_object_set_new(m, "isa", isa_levels());
    json_object_set_new(m, "caches", caches());
    json_object_set_new(m, "memory_bytes",
                        json_integer((json_int_t)sysconf(_SC_PHYS_PAGES) *
                                     sysconf(_SC_PAGESIZE)));
    json_object_set_new(m, "virtual", is_virtual());
    json_object_set_new(
        m, "governor",
        text_of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"));
    json_object_set_new(m, "aslr",
                        text_of("/proc/sys/kernel/randomize_va_space"));
    json_object_set_new(m, "load", load());
    json_object_set_new(m, "os",
                        value_of("/etc/os-release", "PRETTY_NAME", '='));
    json_object_set_new(m, "versions", versions());
    return m;
}
