/* SPDX-License-Identifier: Apache-2.0 */
#include "execute.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "supervise.h"

/* A worker's own waits end first, and tell more than its death would. */
#define GRACE_SECONDS 10

static volatile sig_atomic_t interrupts;

static void on_signal(int number)
{
    interrupts = interrupts + 1;
    if (interrupts > 1) {
        /* The second one means it: workers die with their parent. */
        signal(number, SIG_DFL);
        raise(number);
    }
}

void assay_format_ns(double ns, char *text, size_t size)
{
    if (ns < 1e3)
        snprintf(text, size, "%.0f ns", ns);
    else if (ns < 1e6)
        snprintf(text, size, "%.*f us", ns < 1e5 ? 2 : 1, ns * 1e-3);
    else if (ns < 1e9)
        snprintf(text, size, "%.*f ms", ns < 1e8 ? 2 : 1, ns * 1e-6);
    else
        snprintf(text, size, "%.2f s", ns * 1e-9);
}

static void show(const struct assay_execution *e, size_t number,
                 const struct assay_record *record)
{
    const char *status = assay_record_get_text(record, ASSAY_FIELD_status);
    const char *reason = assay_record_get_text(record, ASSAY_FIELD_reason);
    double ns, accuracy;
    char time[40] = "";
    if (e->quiet)
        return;
    if (assay_record_number(record, ASSAY_FIELD_latency_ns_median, &ns))
        assay_format_ns(ns, time, sizeof time);
    fprintf(stderr, "[%zu/%zu] %-44s %s", number, e->plan->n,
            e->plan->cases[number - 1].name,
            strcmp(status, "ok") == 0 && *time ? time : status);
    if (assay_record_number(record, ASSAY_FIELD_accuracy, &accuracy))
        fprintf(stderr, "  accuracy %.2f %%", 100 * accuracy);
    if (reason)
        fprintf(stderr, ": %s", reason);
    fputc('\n', stderr);
}

static void show_start(const struct assay_execution *e, size_t number)
{
    if (!e->quiet && isatty(2))
        fprintf(stderr, "[%zu/%zu] %s …\r", number, e->plan->n,
                e->plan->cases[number - 1].name);
}

/* The record of one case, from the worker or, if that fails, from here. */
static struct assay_record *one(struct assay_worker *worker,
                                const struct assay_case *c)
{
    char reason[600];
    json_t *answer = NULL;
    struct assay_record *record = NULL;
    if (c->skip)
        return assay_case_record(c, "skipped", c->skip);
    json_t *request = json_pack("{s:o}", "case", assay_case_to_json(c));
    switch (assay_worker_ask(worker, request, c->timeout + GRACE_SECONDS,
                             &answer, reason, sizeof reason)) {
    case ASSAY_CRASHED:
        record = assay_case_record(c, "crashed", reason);
        break;
    case ASSAY_TIMED_OUT:
        record = assay_case_record(c, "timeout", reason);
        break;
    case ASSAY_ANSWERED:
        if (assay_record_from_json(json_object_get(answer, "record"),
                                   &record) != ASSAY_OK) {
            const char *error =
                json_string_value(json_object_get(answer, "error"));
            record =
                assay_case_record(c, "failed", error ? error : assay_message());
        }
        if (json_is_true(json_object_get(answer, "restart")))
            assay_worker_stop(worker);
        break;
    }
    json_decref(request);
    json_decref(answer);
    return record;
}

/* A model's memory is measured in a process of its own, so that neither earlier
 * cases nor the accuracy's pass are in it. */
static void add_memory(const struct assay_case *c, struct assay_record *record)
{
    char reason[600] = "no memory for a record";
    struct assay_worker worker = {0};
    struct assay_record *found = NULL;
    json_t *answer = NULL;
    if (!c->is_model || c->check_only ||
        strcmp(assay_record_get_text(record, ASSAY_FIELD_status), "ok") != 0)
        return;
    json_t *request = json_pack("{s:o}", "memory", assay_case_to_json(c));
    if (assay_worker_ask(&worker, request, c->timeout + GRACE_SECONDS, &answer,
                         reason, sizeof reason) == ASSAY_ANSWERED)
        assay_record_from_json(json_object_get(answer, "record"), &found);
    assay_worker_stop(&worker);
    const struct assay_value *value =
        found ? &found->fields[ASSAY_FIELD_host_peak_bytes] : NULL;
    if (value && value->present)
        assay_record_int(record, ASSAY_FIELD_host_peak_bytes, value->integer);
    else
        assay_record_absent(record, ASSAY_FIELD_host_peak_bytes,
                            value && value->text ? value->text : reason);
    assay_record_destroy(&found);
    json_decref(request);
    json_decref(answer);
}

static void count(struct assay_execution *e, const struct assay_record *record)
{
    const char *status = assay_record_get_text(record, ASSAY_FIELD_status);
    e->finished++;
    if (strcmp(status, "wrong") == 0)
        e->wrong++;
    else if (strcmp(status, "skipped") == 0)
        e->skipped++;
    else if (strcmp(status, "ok") != 0)
        e->failed++;
}

static enum assay_status run_cases(struct assay_execution *e)
{
    struct assay_worker worker = {0};
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; status == ASSAY_OK && i < e->plan->n; i++) {
        const struct assay_case *c = &e->plan->cases[i];
        if (e->done && e->done(c, e->user))
            continue;
        if (interrupts) {
            e->interrupted = true;
            break;
        }
        /* One worker a target. */
        if (i > 0 &&
            strcmp(c->device.target, e->plan->cases[i - 1].device.target) != 0)
            assay_worker_stop(&worker);
        show_start(e, i + 1);
        struct assay_record *record = one(&worker, c);
        if (!record) {
            status = assay_fail(ASSAY_NOMEM, "no memory for a record");
            break;
        }
        add_memory(c, record);
        status = e->add(record, e->user);
        if (status == ASSAY_OK) {
            count(e, record);
            show(e, i + 1, record);
        }
        assay_record_destroy(&record);
    }
    assay_worker_stop(&worker);
    return status;
}

enum assay_status assay_execute(struct assay_execution *execution)
{
    struct sigaction action = {.sa_handler = on_signal}, interrupt, terminate,
                     pipe;
    interrupts = 0;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    sigaction(SIGINT, &action, &interrupt);
    sigaction(SIGTERM, &action, &terminate);
    /* A worker that died shows as a failed write. */
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, &pipe);
    enum assay_status status = run_cases(execution);
    sigaction(SIGINT, &interrupt, NULL);
    sigaction(SIGTERM, &terminate, NULL);
    sigaction(SIGPIPE, &pipe, NULL);
    return status;
}
