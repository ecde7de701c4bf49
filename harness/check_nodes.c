/* SPDX-License-Identifier: Apache-2.0 */
#include "check_nodes.h"

#include <dirent.h>
#include <errno.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case.h"
#include "supervise.h"

/* A worker's own waits end first. */
#define GRACE_SECONDS 10

struct counts {
    size_t pass, still, fail, skip; /* still: passed without a kernel */
};

struct run {
    const struct assay_check_nodes *request;
    struct dirent **entries;
    int n;
    struct assay_worker worker;
    json_t *tests, *targets; /* of the JSON output */
    struct counts all;
};

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_test(const struct dirent *entry)
{
    return strncmp(entry->d_name, "test_", 5) == 0;
}

/* The answer of the worker, or what became of it, as a new reference. */
static json_t *ask(struct run *run, const char *name,
                   const struct assay_device_info *device)
{
    char folder[4096], reason[600];
    json_t *answer = NULL, *result = NULL;
    snprintf(folder, sizeof folder, "%s/%s", run->request->folder, name);
    json_t *request = json_pack("{s:s, s:o, s:I, s:f}", "node_test", folder,
                                "device", assay_device_to_json(device),
                                "isa_off", (json_int_t)run->request->isa_off,
                                "timeout", run->request->timeout);
    if (request &&
        assay_worker_ask(&run->worker, request,
                         run->request->timeout + GRACE_SECONDS, &answer, reason,
                         sizeof reason) == ASSAY_ANSWERED) {
        result = json_incref(json_object_get(answer, "result"));
        if (!result)
            result = json_pack("{s:s, s:s, s:s, s:i}", "status", "fail",
                               "reason", "the worker did not understand",
                               "kernels", "", "steps", 0);
    } else {
        result = json_pack("{s:s, s:s, s:s, s:i}", "status", "fail", "reason",
                           request ? reason : "no memory", "kernels", "",
                           "steps", 0);
    }
    json_decref(request);
    json_decref(answer);
    return result;
}

static const char *text(const json_t *result, const char *member)
{
    const char *value = json_string_value(json_object_get(result, member));
    return value ? value : "";
}

static void count(struct counts *counts, const json_t *result)
{
    const char *status = text(result, "status");
    const bool still =
        json_integer_value(json_object_get(result, "steps")) == 0;
    if (strcmp(status, "pass") == 0) {
        counts->pass++;
        counts->still += still;
    } else if (strcmp(status, "skip") == 0) {
        counts->skip++;
    } else {
        counts->fail++;
    }
}

static void run_target(struct run *run, const struct assay_device_info *device)
{
    struct counts counts = {0};
    for (int i = 0; i < run->n; i++) {
        const char *name = run->entries[i]->d_name;
        json_t *result = ask(run, name, device);
        if (!result)
            continue;
        count(&counts, result);
        if (run->request->json) {
            json_object_set_new(result, "test", json_string(name));
            json_object_set_new(result, "target", json_string(device->target));
            json_array_append(run->tests, result);
        } else {
            const char *reason = text(result, "reason");
            printf("%-4s %-9s %-50s %s\n", text(result, "status"),
                   device->target, name,
                   *reason ? reason : text(result, "kernels"));
        }
        json_decref(result);
    }
    assay_worker_stop(&run->worker);
    json_array_append_new(
        run->targets,
        json_pack("{s:s, s:I, s:I, s:I, s:I}", "target", device->target,
                  "passed", (json_int_t)counts.pass, "without_kernel",
                  (json_int_t)counts.still, "failed", (json_int_t)counts.fail,
                  "skipped", (json_int_t)counts.skip));
    run->all.pass += counts.pass;
    run->all.fail += counts.fail;
}

static void print_counts(const struct run *run)
{
    size_t i;
    json_t *t;
    if (run->request->json) {
        json_t *all = json_pack("{s:i, s:O, s:O}", "schema_version", 1, "tests",
                                run->tests, "targets", run->targets);
        json_dumpf(all, stdout, JSON_INDENT(1));
        putchar('\n');
        json_decref(all);
        return;
    }
    json_array_foreach(run->targets, i, t)
    {
        const struct {
            const char *member, *words;
        } columns[] = {{"passed", " passed ("},
                       {"without_kernel", " of them without a kernel), "},
                       {"failed", " failed, "},
                       {"skipped", " skipped\n"}};
        printf("%s: ", text(t, "target"));
        for (size_t j = 0; j < sizeof columns / sizeof *columns; j++)
            printf("%lld%s",
                   (long long)json_integer_value(
                       json_object_get(t, columns[j].member)),
                   columns[j].words);
    }
}

/* Leave out what the filter does not match; an exit code. */
static int filter(struct run *run, const struct assay_options *options)
{
    regex_t wanted;
    int kept = 0;
    if (!run->request->filter)
        return ASSAY_EXIT_OK;
    if (regcomp(&wanted, run->request->filter, REG_EXTENDED | REG_NOSUB) != 0)
        return assay_complain(options, ASSAY_EXIT_USAGE,
                              "--filter: '%s' is no regular expression",
                              run->request->filter);
    for (int i = 0; i < run->n; i++) {
        if (regexec(&wanted, run->entries[i]->d_name, 0, NULL, 0) == 0)
            run->entries[kept++] = run->entries[i];
        else
            free(run->entries[i]);
    }
    run->n = kept;
    regfree(&wanted);
    return ASSAY_EXIT_OK;
}

int assay_check_nodes(const struct assay_check_nodes *request,
                      const struct assay_targets *targets,
                      const struct assay_options *options)
{
    struct run run = {
        .request = request, .tests = json_array(), .targets = json_array()};
    run.n = scandir(request->folder, &run.entries, is_test, by_name);
    int code = ASSAY_EXIT_OK;
    if (run.n < 0)
        code = assay_complain(options, ASSAY_EXIT_USAGE, "%s: %s",
                              request->folder, strerror(errno));
    if (code == ASSAY_EXIT_OK)
        code = filter(&run, options);
    if (code == ASSAY_EXIT_OK && run.n == 0)
        code = assay_complain(options, ASSAY_EXIT_USAGE,
                              "%s: no folder test_* %s", request->folder,
                              request->filter ? "that --filter matches" : "");
    if (code == ASSAY_EXIT_OK) {
        /* A worker that died shows as a failed write. */
        signal(SIGPIPE, SIG_IGN);
        for (size_t i = 0; i < targets->n; i++)
            run_target(&run, &targets->infos[i]);
        print_counts(&run);
        code = run.all.fail        ? ASSAY_EXIT_REGRESSION
               : run.all.pass == 0 ? 77
                                   : ASSAY_EXIT_OK;
    }
    for (int i = 0; i < run.n; i++)
        free(run.entries[i]);
    free(run.entries);
    json_decref(run.tests);
    json_decref(run.targets);
    return code;
}
