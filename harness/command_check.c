/* SPDX-License-Identifier: Apache-2.0
 *
 * assay check: the correctness part of a run, without timing or store.
 */
#include <stdio.h>
#include <string.h>

#include "check_nodes.h"
#include "commands.h"
#include "execute.h"
#include "isa.h"
#include "run_options.h"

static const char help[] =
    "Usage: assay check [SUITE…] [--target SEL] [--filter RE] [--model M]\n"
    "                   [--all-rows] [--peers] [--isa LEVEL] [--threads LIST]\n"
    "                   [--batch LIST] [--data DIR] [--seed N] [--timeout S]\n"
    "                   [--quiet]\n"
    "       assay check --onnx-node-tests DIR [--target SEL] [--filter RE]\n"
    "                   [--isa LEVEL] [--timeout S] [--format table|json]\n\n"
    "Runs every case once against its reference; times nothing, stores\n"
    "nothing. Without a suite: 'kernels'. Exit code 1 if any result is "
    "wrong.\n"
    "With --onnx-node-tests: ONNX's own tests of its operators, the folders\n"
    "test_* of DIR, through reader, lowering and kernels; inputs that "
    "lowering\n"
    "needs as constants are bound to the test's values first.\n";

static enum assay_status print(const struct assay_record *record, void *user)
{
    double error, allowed;
    (void)user;
    const char *reason = assay_record_get_text(record, ASSAY_FIELD_reason);
    printf("%-8s %-50s", assay_record_get_text(record, ASSAY_FIELD_status),
           assay_record_get_text(record, ASSAY_FIELD_case));
    if (assay_record_number(record, ASSAY_FIELD_max_error, &error) &&
        assay_record_number(record, ASSAY_FIELD_tolerance, &allowed))
        printf(" error %.2g of %.2g", error, allowed);
    printf("%s%s\n", reason ? " " : "", reason ? reason : "");
    return ASSAY_OK;
}

static bool wants_nodes(int argc, char **argv)
{
    static const char flag[] = "--onnx-node-tests";
    for (int i = 1; i < argc; i++)
        if (strncmp(argv[i], flag, sizeof flag - 1) == 0)
            return true;
    return false;
}

static int check_nodes(int argc, char **argv)
{
    struct assay_options o;
    struct assay_targets *targets = NULL;
    struct assay_check_nodes request = {.timeout = 60};
    const char *target = NULL, *format = "table", *number;
    assay_options_begin(&o, argc, argv);
    while (assay_options_next(&o)) {
        unsigned bits;
        if (assay_flag(&o, "help")) {
            fputs(help, stdout);
            return ASSAY_EXIT_OK;
        }
        if (assay_option(&o, "timeout", &number)) {
            if (!assay_read_real(&o, "timeout", number, 0.1, 86400,
                                 &request.timeout))
                return ASSAY_EXIT_USAGE;
        } else if (assay_option(&o, "isa", &number)) {
            if (!assay_isa_find(number, &bits))
                return assay_complain(&o, ASSAY_EXIT_USAGE,
                                      "--isa: no level '%s'; levels are %s",
                                      number, assay_isa_names());
            request.isa_off = ~bits;
        } else if (!assay_option(&o, "onnx-node-tests", &request.folder) &&
                   !assay_option(&o, "target", &target) &&
                   !assay_option(&o, "filter", &request.filter) &&
                   !assay_option(&o, "format", &format)) {
            return assay_options_unknown(&o);
        }
    }
    if (o.error || !request.folder)
        return ASSAY_EXIT_USAGE;
    request.json = strcmp(format, "json") == 0;
    if (!request.json && strcmp(format, "table") != 0)
        return assay_complain(&o, ASSAY_EXIT_USAGE,
                              "--format: '%s' is neither table nor json",
                              format);
    enum assay_status status = assay_targets_find(&targets);
    if (status == ASSAY_OK)
        status = assay_targets_select(targets, target);
    const int code = status == ASSAY_OK
                         ? assay_check_nodes(&request, targets, &o)
                         : assay_complain_status(&o, status);
    assay_targets_free(&targets);
    return code;
}

int assay_command_check(int argc, char **argv)
{
    if (wants_nodes(argc, argv))
        return check_nodes(argc, argv);
    struct assay_run_options run;
    struct assay_options o;
    struct assay_targets *targets = NULL;
    struct assay_plan *plan = NULL;
    const int code = assay_run_options_read(&run, argc, argv, &o);
    if (code != ASSAY_EXIT_OK)
        return code;
    if (run.help) {
        fputs(help, stdout);
        return ASSAY_EXIT_OK;
    }
    if (run.request.n_suites + run.request.n_models == 0)
        run.suites[run.request.n_suites++] = "kernels";
    run.request.check_only = true;
    enum assay_status status = assay_targets_find(&targets);
    if (status == ASSAY_OK)
        status = assay_targets_select(targets, run.target);
    run.request.targets = targets;
    if (status == ASSAY_OK)
        status = assay_plan_make(&run.request, &plan);
    struct assay_execution e = {.plan = plan, .quiet = true, .add = print};
    if (status == ASSAY_OK)
        status = assay_execute(&e);
    assay_plan_free(&plan);
    assay_targets_free(&targets);
    if (status != ASSAY_OK)
        return assay_complain_status(&o, status);
    printf("%zu checked, %zu wrong, %zu failed, %zu skipped\n",
           e.finished - e.skipped, e.wrong, e.failed, e.skipped);
    return e.wrong                   ? ASSAY_EXIT_REGRESSION
           : e.failed                ? ASSAY_EXIT_ENVIRONMENT
           : e.interrupted           ? 130
           : e.finished == e.skipped ? 77
                                     : ASSAY_EXIT_OK;
}
