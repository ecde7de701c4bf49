/* SPDX-License-Identifier: Apache-2.0
 *
 * assay run: measure, and store a record a case.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "execute.h"
#include "machine.h"
#include "run_options.h"
#include "store.h"

static const char help[] =
    "Usage: assay run [SUITE…] [FLAG…]\n"
    "       assay run --model FILE.onnx [FLAG…]\n\n"
    "Measures every case of the suites on every target and prints the run's "
    "id\nas its last line.\n\n"
    "  --target SEL       cpu, opencl[:N], vulkan[:N], by commas (all)\n"
    "  --filter RE        only cases whose name matches\n"
    "  --model M          an ONNX file, or a model of the zoo; repeatable\n"
    "  --base M           the model that all files among the others are "
    "variants of;\n"
    "                     measured too. What assay compress wrote needs no "
    "flag: it is\n"
    "                     compared with its original if that is in the run\n"
    "  --batch LIST       batch sizes of models, as 1,16,64\n"
    "  --threads LIST     CPU threads (all cores)\n"
    "  --isa LEVEL        cap the CPU's instruction sets\n"
    "  --all-rows         every kernel row, not only the fastest\n"
    "  --peers            vendor libraries beside our rows\n"
    "  --min-time S       seconds of measuring a case, at least\n"
    "  --repetitions N    of each measurement\n"
    "  --timeout S        seconds without a sign of life (300)\n"
    "  --seed N           of random inputs (1)\n"
    "  --data DIR         images of the models, whatever a suite says: a "
    "folder\n"
    "                     with a data.yaml, or with the IDX files of "
    "Fashion-MNIST\n"
    "  --store FILE       (assay.db, or $ASSAY_STORE)\n"
    "  --label K=V        kept with the run; repeatable\n"
    "  --commit ID        of the code under test, kept with the run\n"
    "  --resume RUN       go on with a run that was cut off\n"
    "  --quiet            no progress on stderr\n";

struct sink {
    struct assay_store *store;
    int64_t run;
    struct assay_run_data *before; /* of a run that is resumed */
};

static bool has_record(const struct assay_case *c, void *user)
{
    const struct sink *sink = user;
    for (size_t i = 0; sink->before && i < sink->before->n_records; i++) {
        const char *name =
            assay_record_get_text(sink->before->records[i], ASSAY_FIELD_case);
        if (name && strcmp(name, c->name) == 0)
            return true;
    }
    return false;
}

static enum assay_status add_record(const struct assay_record *record,
                                    void *user)
{
    struct sink *sink = user;
    return assay_store_add(sink->store, sink->run, record);
}

static json_t *labels_of(const struct assay_run_options *run)
{
    json_t *labels = json_object();
    for (size_t i = 0; i < run->n_labels; i++) {
        const char *equals = strchr(run->labels[i], '=');
        char *key = strndup(run->labels[i], (size_t)(equals - run->labels[i]));
        if (key)
            json_object_set_new(labels, key, json_string(equals + 1));
        free(key);
    }
    return labels;
}

static json_t *plan_names(const struct assay_plan *plan)
{
    json_t *names = json_array();
    for (size_t i = 0; i < plan->n; i++)
        json_array_append_new(names, json_string(plan->cases[i].name));
    return names;
}

static json_t *command_of(int argc, char **argv)
{
    json_t *words = json_array();
    for (int i = 0; i < argc; i++)
        json_array_append_new(words, json_string(argv[i]));
    return words;
}

/* The fingerprint, with the devices that the run uses. */
static json_t *machine_of(const struct assay_targets *targets)
{
    json_t *machine = assay_machine(), *devices = json_array();
    for (size_t i = 0; i < targets->n; i++)
        json_array_append_new(devices,
                              assay_device_to_json(&targets->infos[i]));
    json_object_set_new(machine, "devices", devices);
    return machine;
}

static char *text_of(json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    return text;
}

static enum assay_status begin(struct sink *sink,
                               const struct assay_run_options *run,
                               const struct assay_targets *targets,
                               const struct assay_plan *plan, int argc,
                               char **argv)
{
    if (run->resume) {
        sink->run = run->resume;
        return ASSAY_OK;
    }
    struct assay_run row = {.suite = plan->suite,
                            .commit = (char *)run->commit,
                            .labels = text_of(labels_of(run)),
                            .machine = text_of(machine_of(targets)),
                            .command = text_of(command_of(argc, argv)),
                            .plan = text_of(plan_names(plan))};
    enum assay_status status = assay_store_begin(sink->store, &row);
    sink->run = row.id;
    free(row.started);
    free(row.labels);
    free(row.machine);
    free(row.command);
    free(row.plan);
    return status;
}

static void print_row(const struct assay_record *record)
{
    double ns, value;
    char time[40], rate[40] = "", accuracy[40] = "";
    const char *status = assay_record_get_text(record, ASSAY_FIELD_status);
    snprintf(time, sizeof time, "%s", status);
    if (assay_record_number(record, ASSAY_FIELD_latency_ns_median, &ns))
        assay_format_ns(ns, time, sizeof time);
    if (assay_record_number(record, ASSAY_FIELD_gflops, &value))
        snprintf(rate, sizeof rate, "%.1f", value);
    if (assay_record_number(record, ASSAY_FIELD_accuracy, &value))
        snprintf(accuracy, sizeof accuracy, "%.2f %%", 100 * value);
    printf("%-46s %12s %10s %10s  %s\n",
           assay_record_get_text(record, ASSAY_FIELD_case), time, rate,
           accuracy, status);
}

static enum assay_status print_table(const struct sink *sink)
{
    struct assay_run_data *data = NULL;
    enum assay_status status =
        assay_store_load(sink->store, sink->run, false, &data);
    if (status != ASSAY_OK)
        return status;
    printf("%-46s %12s %10s %10s  %s\n", "case", "median", "GFLOP/s",
           "accuracy", "status");
    for (size_t i = 0; i < data->n_records; i++)
        print_row(data->records[i]);
    assay_run_data_free(&data);
    return ASSAY_OK;
}

static int conclude(const struct assay_options *o, struct sink *sink,
                    const struct assay_execution *e, size_t planned,
                    enum assay_status status)
{
    /* What the store holds is safe whatever happened since. */
    const size_t before = sink->before ? sink->before->n_records : 0;
    if (status != ASSAY_OK || e->interrupted) {
        if (status != ASSAY_OK)
            assay_complain(o, 0, "%s", assay_message());
        fprintf(stderr,
                "%s: %zu of %zu cases are recorded; go on with: assay run "
                "--resume %lld --store %s\n",
                e->interrupted ? "interrupted" : "stopped",
                before + e->finished, planned, (long long)sink->run,
                assay_store_path(sink->store));
        printf("%lld\n", (long long)sink->run);
        return e->interrupted ? 130 : ASSAY_EXIT_ENVIRONMENT;
    }
    status = assay_store_finish(sink->store, sink->run);
    if (status == ASSAY_OK)
        status = print_table(sink);
    if (status != ASSAY_OK)
        return assay_complain_status(o, status);
    if (e->wrong || e->failed)
        fprintf(stderr, "%zu wrong, %zu failed\n", e->wrong, e->failed);
    printf("%lld\n", (long long)sink->run);
    return e->wrong    ? ASSAY_EXIT_REGRESSION
           : e->failed ? ASSAY_EXIT_ENVIRONMENT
                       : ASSAY_EXIT_OK;
}

static int measure(const struct assay_options *o,
                   const struct assay_run_options *run,
                   const struct assay_targets *targets, struct sink *sink,
                   int argc, char **argv)
{
    struct assay_plan *plan = NULL;
    struct assay_plan_request request = run->request;
    request.targets = targets;
    enum assay_status status = assay_plan_make(&request, &plan);
    if (status == ASSAY_OK && !sink->store)
        status = assay_store_open(run->store, true, &sink->store);
    if (status == ASSAY_OK)
        status = begin(sink, run, targets, plan, argc, argv);
    if (status != ASSAY_OK) {
        assay_plan_free(&plan);
        return assay_complain_status(o, status);
    }
    struct assay_execution e = {.plan = plan,
                                .quiet = run->quiet,
                                .done = has_record,
                                .add = add_record,
                                .user = sink};
    status = assay_execute(&e);
    const int code = conclude(o, sink, &e, plan->n, status);
    assay_plan_free(&plan);
    return code;
}

/* Why a backend that was not asked for by name takes no part. */
static void tell_missing(const struct assay_run_options *run,
                         const struct assay_targets *targets)
{
    for (int api = 0; !run->target && !run->quiet && api < ASSAY_APIS; api++)
        if (targets->notes[api])
            fprintf(stderr, "assay run: no %s target: %s\n",
                    assay_api_names[api], targets->notes[api]);
}

static int start(const struct assay_options *o,
                 const struct assay_run_options *run, struct sink *sink,
                 int argc, char **argv)
{
    struct assay_targets *targets = NULL;
    enum assay_status status = assay_targets_find(&targets);
    if (status == ASSAY_OK)
        status = assay_targets_select(targets, run->target);
    int code;
    if (status == ASSAY_OK) {
        tell_missing(run, targets);
        code = measure(o, run, targets, sink, argc, argv);
    } else {
        code = assay_complain_status(o, status);
    }
    assay_targets_free(&targets);
    return code;
}

/* A resumed run repeats the command line that it was started with. */
static int resume(const struct assay_options *o,
                  const struct assay_run_options *asked, struct sink *sink)
{
    struct assay_run_options run;
    struct assay_options again;
    char *argv[ASSAY_MOST_ARGUMENTS * 4];
    int argc = 0, code;
    enum assay_status status =
        assay_store_open(asked->store, true, &sink->store);
    if (status == ASSAY_OK)
        status =
            assay_store_load(sink->store, asked->resume, false, &sink->before);
    if (status != ASSAY_OK)
        return assay_complain_status(o, status);
    json_t *command = json_loads(sink->before->run.command, 0, NULL), *word;
    size_t i;
    json_array_foreach(command, i, word)
    {
        if (json_is_string(word) && argc < (int)(sizeof argv / sizeof *argv))
            argv[argc++] = (char *)json_string_value(word);
    }
    if (argc == 0) {
        json_decref(command);
        return assay_complain(o, ASSAY_EXIT_USAGE,
                              "run %lld does not hold its command line",
                              (long long)asked->resume);
    }
    code = assay_run_options_read(&run, argc, argv, &again);
    if (code == ASSAY_EXIT_OK) {
        run.resume = asked->resume;
        run.quiet = asked->quiet;
        code = start(o, &run, sink, argc, argv);
    }
    json_decref(command);
    return code;
}

int assay_command_run(int argc, char **argv)
{
    struct assay_run_options run;
    struct assay_options o;
    struct sink sink = {0};
    int code = assay_run_options_read(&run, argc, argv, &o);
    if (code != ASSAY_EXIT_OK)
        return code;
    if (run.help) {
        fputs(help, stdout);
        return ASSAY_EXIT_OK;
    }
    if (run.resume)
        code = resume(&o, &run, &sink);
    else if (run.request.n_suites + run.request.n_models == 0)
        code = assay_complain(&o, ASSAY_EXIT_USAGE,
                              "name a suite or a --model; 'assay list suites' "
                              "shows the suites");
    else
        code = start(&o, &run, &sink, argc, argv);
    assay_run_data_free(&sink.before);
    assay_store_close(&sink.store);
    return code;
}
