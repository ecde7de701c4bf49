/* SPDX-License-Identifier: Apache-2.0 */
#include "counters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef ASSAY_HAVE_PAPI
#include <papi.h>

/* The presets that say most about a kernel; a PMU has a handful of registers,
 * and PAPI refuses to add what does not fit beside the others. */
static const char *const wanted[] = {
    "PAPI_TOT_CYC", "PAPI_TOT_INS", "PAPI_L1_DCM",
    "PAPI_L2_DCM",  "PAPI_L3_TCM",  "PAPI_BR_MSP",
};
enum { WANTED = sizeof wanted / sizeof *wanted };

struct assay_counters {
    int set;
    const char *names[WANTED];
    size_t n;
};

/* "" once PAPI runs and has hardware counters; otherwise why not. */
static const char *why_none(void)
{
    static char reason[PAPI_HUGE_STR_LEN + 64];
    static bool started;
    if (started)
        return reason;
    started = true;
    const int version = PAPI_library_init(PAPI_VER_CURRENT);
    if (version != PAPI_VER_CURRENT) {
        snprintf(reason, sizeof reason, "PAPI did not start: %s",
                 version < 0 ? PAPI_strerror(version)
                             : "another version than it was built with");
        return reason;
    }
    const PAPI_hw_info_t *hardware = PAPI_get_hardware_info();
    if (PAPI_num_cmp_hwctrs(0) > 0)
        return reason;
    const PAPI_component_info_t *component = PAPI_get_component_info(0);
    const bool disabled = component && component->disabled;
    snprintf(reason, sizeof reason, "no hardware counters: %s",
             disabled                            ? component->disabled_reason
             : hardware && hardware->virtualized ? "no PMU on this virtual "
                                                   "machine"
                                                 : "PAPI finds no PMU");
    return reason;
}

/* An event set with every wanted preset that it takes. */
static size_t open_set(int *set, const char **names)
{
    size_t n = 0;
    *set = PAPI_NULL;
    if (PAPI_create_eventset(set) != PAPI_OK)
        return 0;
    for (size_t i = 0; i < WANTED; i++)
        if (PAPI_add_named_event(*set, wanted[i]) == PAPI_OK)
            names[n++] = wanted[i];
    return n;
}

static void close_set(int *set)
{
    PAPI_cleanup_eventset(*set);
    PAPI_destroy_eventset(set);
}

struct assay_counters *assay_counters_start(void)
{
    if (*why_none())
        return NULL;
    struct assay_counters *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->n = open_set(&c->set, c->names);
    if (c->n == 0 || PAPI_start(c->set) != PAPI_OK) {
        close_set(&c->set);
        free(c);
        return NULL;
    }
    return c;
}

void assay_counters_stop(struct assay_counters *c, double calls,
                         struct assay_record *record)
{
    if (!c) {
        const char *reason = why_none();
        assay_record_absent(record, ASSAY_FIELD_counters,
                            *reason ? reason
                                    : "no wanted preset could be counted");
        return;
    }
    long long values[WANTED];
    if (PAPI_stop(c->set, values) == PAPI_OK) {
        json_t *object = json_object();
        for (size_t i = 0; i < c->n; i++)
            json_object_set_new(object, c->names[i],
                                json_real((double)values[i] / calls));
        char *text = json_dumps(object, JSON_COMPACT);
        assay_record_text(record, ASSAY_FIELD_counters, text ? text : "{}");
        free(text);
        json_decref(object);
    } else {
        assay_record_absent(record, ASSAY_FIELD_counters,
                            "the counters did not stop");
    }
    close_set(&c->set);
    free(c);
}

size_t assay_counters_list(const char **names, size_t capacity,
                           const char **reason)
{
    *reason = why_none();
    if (**reason)
        return 0;
    int set;
    const char *found[WANTED];
    const size_t n = open_set(&set, found);
    close_set(&set);
    for (size_t i = 0; i < n && i < capacity; i++)
        names[i] = found[i];
    if (n == 0)
        *reason = "none of the wanted presets works on this processor";
    return n < capacity ? n : capacity;
}

#else

static const char reason_none[] = "built without PAPI";

struct assay_counters *assay_counters_start(void)
{
    return NULL;
}

void assay_counters_stop(struct assay_counters *counters, double calls,
                         struct assay_record *record)
{
    (void)counters;
    (void)calls;
    assay_record_absent(record, ASSAY_FIELD_counters, reason_none);
}

size_t assay_counters_list(const char **names, size_t capacity,
                           const char **reason)
{
    (void)names;
    (void)capacity;
    *reason = reason_none;
    return 0;
}

#endif
