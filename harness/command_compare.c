/* SPDX-License-Identifier: Apache-2.0
 *
 * assay compare: two runs, case by case.
 */
#include <stdio.h>
#include <unistd.h>

#include "commands.h"
#include "compare_options.h"

static const char help[] =
    "Usage: assay compare BASE[,RUN…] [NEW[,RUN…]] [FLAG…]\n\n"
    "Compares two runs case by case; NEW is the store's newest if left out.\n"
    "The ratio is that of the medians, new to base, with its 95 % "
    "interval.\n\n" ASSAY_COMPARE_HELP;

int assay_command_compare(int argc, char **argv)
{
    struct assay_compare_request request;
    struct assay_options o;
    struct assay_run_group groups[2];
    struct assay_comparison *comparison;
    int code = assay_compare_request_read(&request, false, argc, argv, &o);
    if (code != ASSAY_EXIT_OK)
        return code;
    if (request.help) {
        fputs(help, stdout);
        return ASSAY_EXIT_OK;
    }
    if (request.n_runs == 0)
        return assay_complain(&o, ASSAY_EXIT_USAGE,
                              "which runs? see 'assay runs'");
    code = assay_compare_request_run(&request, &o, request.runs[0],
                                     request.n_runs == 2 ? request.runs[1] : "",
                                     groups, &comparison);
    if (code != ASSAY_EXIT_OK)
        return code;
    const enum assay_status status = assay_comparison_print(
        comparison, request.format, assay_colour(STDOUT_FILENO), stdout);
    assay_comparison_free(&comparison);
    assay_run_group_free(&groups[0]);
    assay_run_group_free(&groups[1]);
    return status == ASSAY_OK ? ASSAY_EXIT_OK
                              : assay_complain_status(&o, status);
}
