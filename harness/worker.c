/* SPDX-License-Identifier: Apache-2.0
 *
 * The child's side: requests come in on stdin, answers go out on descriptor 3.
 *
 *     {"enumerate": "vulkan"}  →  {"devices": […], "note": "…"}
 *     {"case": {…}}            →  {"record": {…}, "restart": false}
 *     {"memory": {…}}          →  {"record": {…}} with host_peak_bytes
 *     {"node_test": FOLDER, "device": {…}, …}  →  {"result": {…}}
 */
#include "worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "line.h"
#include "node_test.h"
#include "options.h"

enum { REPLY = 3, MOST_DEVICES = 64 };

static bool reply(int descriptor, json_t *json)
{
    const bool sent = assay_line_write(descriptor, json);
    json_decref(json);
    return sent;
}

void assay_worker_alive(struct assay_worker_state *state)
{
    reply(state->reply, json_pack("{s:b}", "alive", 1));
}

static json_t *enumerate(const char *name)
{
    struct assay_device_info infos[MOST_DEVICES];
    json_t *devices = json_array();
    for (int i = 0; assay_api_names[i]; i++) {
        if (strcmp(assay_api_names[i], name) != 0)
            continue;
        const struct assay_backend *backend =
            assay_backend_find((enum assay_api)i);
        size_t n = 0;
        if (!backend)
            return json_pack("{s:o, s:s}", "devices", devices, "note",
                             "not part of this build");
        if (assay_device_enumerate(backend, infos, MOST_DEVICES, &n) !=
                ASSAY_OK ||
            n == 0)
            return json_pack("{s:o, s:s}", "devices", devices, "note",
                             assay_message());
        for (size_t j = 0; j < n && j < MOST_DEVICES; j++)
            json_array_append_new(devices, assay_device_to_json(&infos[j]));
    }
    return json_pack("{s:o, s:n}", "devices", devices, "note");
}

static unsigned device_index(const char *target)
{
    const char *colon = strchr(target, ':');
    return colon ? (unsigned)strtoul(colon + 1, NULL, 10) : 0;
}

/* The device of the case, opened anew only if it differs from the last. */
static enum assay_status open_device(struct assay_worker_state *state,
                                     const struct assay_case *c)
{
    char key[80];
    snprintf(key, sizeof key, "%s %lld %u", c->device.target,
             (long long)c->threads, c->isa_off);
    if (state->device_key && strcmp(state->device_key, key) == 0)
        return ASSAY_OK;
    free(state->device_key);
    state->device_key = NULL;
    if (state->device && assay_device_close(&state->device) != ASSAY_OK)
        return ASSAY_DEVICE;
    const struct assay_backend *backend = assay_backend_find(c->device.api);
    if (!backend)
        return assay_fail(ASSAY_UNSUPPORTED, "%s is not part of this build",
                          assay_api_names[c->device.api]);
    const struct assay_open request = {.index = device_index(c->device.target),
                                       .threads = (size_t)c->threads,
                                       .isa_off = c->isa_off,
                                       .debug =
                                           getenv("ASSAY_VALIDATE") != NULL};
    enum assay_status status =
        assay_device_open(backend, &request, &state->device);
    if (status == ASSAY_OK)
        state->device_key = strdup(key);
    return status;
}

static const char *status_of(enum assay_status status)
{
    switch (status) {
    case ASSAY_OK:
        return "ok";
    case ASSAY_UNSUPPORTED:
        return "skipped";
    case ASSAY_NOMEM:
        return "oom";
    case ASSAY_DEVICE:
        return "lost";
    case ASSAY_INVALID:
    case ASSAY_IO:
        break;
    }
    return "failed";
}

/* Fields that a case which ended early had not reached keep its status as
 * their reason; those that it had reached are kept. */
static void merge(struct assay_record *into, struct assay_record *from)
{
    for (int i = 0; i < ASSAY_FIELDS; i++) {
        if (!from->fields[i].present || i == ASSAY_FIELD_status)
            continue;
        const struct assay_value *v = &from->fields[i];
        const enum assay_field field = (enum assay_field)i;
        if (assay_fields[i].kind == ASSAY_KIND_JSON) {
            json_t *json = assay_record_get_json(from, field);
            assay_record_json(into, field, json);
            json_decref(json);
        } else if (assay_fields[i].kind == ASSAY_KIND_TEXT)
            assay_record_text(into, field, v->text);
        else if (assay_fields[i].kind == ASSAY_KIND_INT)
            assay_record_int(into, field, v->integer);
        else
            assay_record_real(into, field, v->real);
    }
}

static struct assay_record *carry_out(struct assay_worker_state *state,
                                      const struct assay_case *c, bool *restart)
{
    struct assay_record *record = assay_case_record(c, "ok", NULL);
    bool wrong = false;
    if (!record)
        return NULL;
    enum assay_status status = open_device(state, c);
    if (status == ASSAY_OK) {
        state->device->peak_bytes = state->device->allocated_bytes;
        status = c->is_model ? assay_model_case(state, c, record, &wrong)
                             : assay_kernel_case(state, c, record, &wrong);
    }
    if (status == ASSAY_OK && !wrong)
        return record;
    /* A driver that failed once is not to be trusted with the next case. */
    *restart = status == ASSAY_DEVICE;
    struct assay_record *failed = assay_case_record(
        c, wrong ? "wrong" : status_of(status), assay_message());
    if (failed)
        merge(failed, record);
    assay_record_destroy(&record);
    return failed;
}

static json_t *node_test(struct assay_worker_state *state, const char *folder,
                         const json_t *request)
{
    struct assay_case c = {0};
    struct assay_node_result result = {.status = "fail"};
    c.isa_off =
        (unsigned)json_integer_value(json_object_get(request, "isa_off"));
    const double timeout =
        json_number_value(json_object_get(request, "timeout"));
    enum assay_status status =
        assay_device_from_json(json_object_get(request, "device"), &c.device);
    if (status == ASSAY_OK)
        status = open_device(state, &c);
    if (status == ASSAY_OK)
        assay_node_test(folder, state->device, (uint64_t)(timeout * 1e9),
                        &result);
    else
        snprintf(result.reason, sizeof result.reason, "%s", assay_message());
    return json_pack("{s:{s:s, s:s, s:s, s:I, s:I}}", "result", "status",
                     result.status, "reason", result.reason, "kernels",
                     result.kernels, "steps", (json_int_t)result.steps, "bound",
                     (json_int_t)result.bound);
}

static json_t *record_answer(struct assay_record *record, bool restart)
{
    if (!record)
        return json_pack("{s:s}", "error", "no memory for a record");
    json_t *json =
        json_pack("{s:o, s:b}", "record", assay_record_to_json(record, true),
                  "restart", (int)restart);
    assay_record_destroy(&record);
    return json;
}

/* Of a model case. */
static json_t *measure_memory(struct assay_worker_state *state,
                              const json_t *request)
{
    struct assay_case c;
    if (assay_case_from_json(request, &c) != ASSAY_OK)
        return json_pack("{s:s}", "error", assay_message());
    struct assay_record *record = assay_record_create();
    enum assay_status status = c.is_model && record
                                   ? open_device(state, &c)
                                   : assay_fail(ASSAY_INVALID, "no model");
    if (status == ASSAY_OK)
        status = assay_memory_case(state, &c, record);
    if (status != ASSAY_OK && record)
        assay_record_absent(record, ASSAY_FIELD_host_peak_bytes,
                            assay_message());
    assay_case_clear(&c);
    return record_answer(record, false);
}

static json_t *answer(struct assay_worker_state *state, const json_t *request)
{
    const char *api = json_string_value(json_object_get(request, "enumerate"));
    const char *folder =
        json_string_value(json_object_get(request, "node_test"));
    if (api)
        return enumerate(api);
    if (folder)
        return node_test(state, folder, request);
    const json_t *memory = json_object_get(request, "memory");
    if (memory)
        return measure_memory(state, memory);
    struct assay_case c;
    if (assay_case_from_json(json_object_get(request, "case"), &c) != ASSAY_OK)
        return json_pack("{s:s}", "error", assay_message());
    bool restart = false;
    struct assay_record *record = carry_out(state, &c, &restart);
    assay_case_clear(&c);
    return record_answer(record, restart);
}

static void close_state(struct assay_worker_state *state)
{
    assay_model_free(&state->model);
    assay_dataset_free(&state->dataset);
    if (state->device)
        assay_device_close(&state->device);
    free(state->device_key);
    free(state->model_path);
    free(state->dataset_folder);
    free(state->score.key);
    assay_scores_end(&state->score.scores);
}

int assay_command_worker(int argc, char **argv)
{
    struct assay_worker_state state = {.reply = REPLY};
    char *line = NULL;
    size_t size = 0;
    (void)argc;
    (void)argv;
    /* PoCL's threads may else share a core for a whole run: 512 x 512 x 512
     * took 1.1 ms in one run of four, and 0.57 ms in the others. */
    setenv("POCL_AFFINITY", "1", 0);
    while (getline(&line, &size, stdin) > 0) {
        json_t *request = json_loads(line, 0, NULL);
        const bool sent =
            request && reply(state.reply, answer(&state, request));
        json_decref(request);
        if (!sent)
            break;
    }
    free(line);
    close_state(&state);
    return ASSAY_EXIT_OK;
}
