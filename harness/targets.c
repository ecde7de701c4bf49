/* SPDX-License-Identifier: Apache-2.0 */
#include "targets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case.h"
#include "supervise.h"

/* A driver may compile things when it is first loaded. */
#define ENUMERATE_TIMEOUT 60.0

static enum assay_status add(struct assay_targets *targets,
                             const json_t *devices)
{
    size_t i;
    json_t *device;
    json_array_foreach((json_t *)devices, i, device)
    {
        struct assay_device_info *grown =
            realloc(targets->infos, (targets->n + 1) * sizeof *grown);
        if (!grown)
            return assay_fail(ASSAY_NOMEM, "no memory for the targets");
        targets->infos = grown;
        enum assay_status status =
            assay_device_from_json(device, &grown[targets->n]);
        if (status != ASSAY_OK)
            return status;
        targets->n++;
    }
    return ASSAY_OK;
}

static enum assay_status find(struct assay_targets *targets, int api)
{
    struct assay_worker worker = {0};
    char reason[300];
    json_t *answer = NULL;
    json_t *request = json_pack("{s:s}", "enumerate", assay_api_names[api]);
    enum assay_status status = ASSAY_OK;
    if (assay_worker_ask(&worker, request, ENUMERATE_TIMEOUT, &answer, reason,
                         sizeof reason) == ASSAY_ANSWERED) {
        const char *note = json_string_value(json_object_get(answer, "note"));
        status = add(targets, json_object_get(answer, "devices"));
        targets->notes[api] = note ? strdup(note) : NULL;
    } else {
        targets->notes[api] = strdup(reason);
    }
    assay_worker_stop(&worker);
    json_decref(request);
    json_decref(answer);
    return status;
}

enum assay_status assay_targets_find(struct assay_targets **targets)
{
    struct assay_targets *t = calloc(1, sizeof *t);
    if (!t)
        return assay_fail(ASSAY_NOMEM, "no memory for the targets");
    for (int api = 0; api < ASSAY_APIS; api++) {
        enum assay_status status = find(t, api);
        if (status != ASSAY_OK) {
            assay_targets_free(&t);
            return status;
        }
    }
    *targets = t;
    return ASSAY_OK;
}

void assay_targets_free(struct assay_targets **targets)
{
    struct assay_targets *t = *targets;
    if (!t)
        return;
    for (int api = 0; api < ASSAY_APIS; api++)
        free(t->notes[api]);
    free(t->infos);
    free(t);
    *targets = NULL;
}

/* A word is a target's name, or what stands before its number. */
static bool matches(const char *target, const char *word, size_t length)
{
    return strncmp(target, word, length) == 0 &&
           (target[length] == '\0' || target[length] == ':');
}

bool assay_target_is_named(const char *target, const char *selection)
{
    bool named = false;
    for (const char *word = selection; word && !named;) {
        const size_t length = strcspn(word, ",");
        named = matches(target, word, length);
        word = word[length] ? word + length + 1 : NULL;
    }
    return named;
}

/* The backend that a word begins with, or -1. */
static int backend_of(const char *word, size_t length)
{
    for (int api = 0; assay_api_names[api]; api++) {
        const size_t n = strlen(assay_api_names[api]);
        if (length >= n && strncmp(word, assay_api_names[api], n) == 0 &&
            (length == n || word[n] == ':'))
            return api;
    }
    return -1;
}

static enum assay_status no_target(const char *word, size_t length)
{
    return assay_fail(ASSAY_INVALID,
                      "no target '%.*s'; targets are cpu, opencl[:N], "
                      "vulkan[:N] and null, separated by commas",
                      (int)length, word);
}

enum assay_status assay_targets_check(const char *selection)
{
    for (const char *word = selection; word;) {
        const size_t length = strcspn(word, ",");
        if (backend_of(word, length) < 0)
            return no_target(word, length);
        word = word[length] ? word + length + 1 : NULL;
    }
    return ASSAY_OK;
}

static enum assay_status missing(const struct assay_targets *targets,
                                 const char *word, size_t length)
{
    const int api = backend_of(word, length);
    if (api < 0)
        return no_target(word, length);
    return assay_fail(ASSAY_UNSUPPORTED,
                      "this machine has no target '%.*s'%s%s; 'assay targets' "
                      "lists what it has",
                      (int)length, word, targets->notes[api] ? ": " : "",
                      targets->notes[api] ? targets->notes[api] : "");
}

/* Mark what a word of the selection names. */
static enum assay_status mark(const struct assay_targets *targets,
                              const char *word, size_t length, bool *keep)
{
    bool any = false;
    for (size_t i = 0; i < targets->n; i++) {
        if (matches(targets->infos[i].target, word, length)) {
            keep[i] = true;
            any = true;
        }
    }
    return any ? ASSAY_OK : missing(targets, word, length);
}

enum assay_status assay_targets_select(struct assay_targets *targets,
                                       const char *selection)
{
    enum assay_status status = ASSAY_OK;
    bool *keep = calloc(targets->n + 1, sizeof *keep);
    if (!keep)
        return assay_fail(ASSAY_NOMEM, "no memory for the targets");
    for (size_t i = 0; !selection && i < targets->n; i++)
        keep[i] = targets->infos[i].api != ASSAY_API_NULL;
    for (const char *word = selection; word && status == ASSAY_OK;) {
        const size_t length = strcspn(word, ",");
        status = mark(targets, word, length, keep);
        word = word[length] ? word + length + 1 : NULL;
    }
    size_t n = 0;
    for (size_t i = 0; status == ASSAY_OK && i < targets->n; i++)
        if (keep[i])
            targets->infos[n++] = targets->infos[i];
    if (status == ASSAY_OK)
        targets->n = n;
    free(keep);
    return status;
}
