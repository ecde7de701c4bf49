/* SPDX-License-Identifier: Apache-2.0
 *
 * assay check: the correctness part of a run, without timing or store.
 */
#include <stdio.h>

#include "commands.h"
#include "execute.h"
#include "run_options.h"

static const char help[] =
    "Usage: assay check [SUITE…] [--target SEL] [--filter RE] [--model M]\n"
    "                   [--all-rows] [--peers] [--isa LEVEL] [--threads LIST]\n"
    "                   [--batch LIST] [--data DIR] [--seed N] [--timeout S]\n"
    "                   [--quiet]\n\n"
    "Runs every case once against its reference; times nothing, stores\n"
    "nothing. Without a suite: 'kernels'. Exit code 1 if any result is "
    "wrong.\n";

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

int assay_command_check(int argc, char **argv)
{
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
