/* SPDX-License-Identifier: Apache-2.0
 *
 * assay gate: the comparison as an exit code.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "compare_options.h"
#include "reports/junit.h"

static const char help[] =
    "Usage: assay gate --baseline RUN[,RUN…] [RUN[,RUN…]] [FLAG…]\n\n"
    "Exits with 0 if nothing regressed, 1 if a case is slower beyond the "
    "limit, less\naccurate, broken or missing, 4 if some case cannot be "
    "judged. RUN is the store's\nnewest if left out.\n\n"
    "  --baseline RUN    what to compare with\n"
    "  -o FILE           write JUnit XML as well\n" ASSAY_COMPARE_HELP;

/* Beside the file first, so that a reader never meets half of it. */
static enum assay_status write_junit(const struct assay_comparison *comparison,
                                     const char *path)
{
    const size_t size = strlen(path) + 8;
    char *beside = malloc(size);
    if (!beside)
        return assay_fail(ASSAY_NOMEM, "%s: no memory", path);
    snprintf(beside, size, "%s.XXXXXX", path);
    const int descriptor = mkstemp(beside);
    FILE *out = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    enum assay_status status = ASSAY_OK;
    if (!out)
        status = assay_fail(ASSAY_IO, "%s: %s", path, strerror(errno));
    else if (assay_junit_write(comparison, out) != ASSAY_OK ||
             fchmod(descriptor, 0644) != 0 || fsync(descriptor) != 0)
        status = assay_fail(ASSAY_IO, "%s: %s", path, strerror(errno));
    if (out)
        fclose(out);
    else if (descriptor >= 0)
        close(descriptor);
    if (status == ASSAY_OK && rename(beside, path) != 0)
        status = assay_fail(ASSAY_IO, "%s: %s", path, strerror(errno));
    if (status != ASSAY_OK && descriptor >= 0)
        unlink(beside);
    free(beside);
    return status;
}

/* "slower: NAME: why", for what decided. */
static void name_cases(const struct assay_comparison *comparison,
                       enum assay_outcome outcome)
{
    for (size_t i = 0; i < comparison->n_cases; i++) {
        const struct assay_compared *k = &comparison->cases[i];
        if (k->outcome == outcome)
            fprintf(stderr, "%s: %s%s%s\n", assay_verdict_names[k->verdict],
                    k->name, k->why[0] ? ": " : "", k->why);
    }
}

static int conclude(const struct assay_comparison *comparison)
{
    const enum assay_outcome outcome = assay_comparison_outcome(comparison);
    if (outcome == ASSAY_OUTCOME_FAIL) {
        name_cases(comparison, ASSAY_OUTCOME_FAIL);
        fputs("gate: failed\n", stderr);
        return ASSAY_EXIT_REGRESSION;
    }
    if (outcome == ASSAY_OUTCOME_UNSURE) {
        name_cases(comparison, ASSAY_OUTCOME_UNSURE);
        fputs("gate: inconclusive\n", stderr);
        return ASSAY_EXIT_INCONCLUSIVE;
    }
    fputs("gate: passed\n", stderr);
    return ASSAY_EXIT_OK;
}

int assay_command_gate(int argc, char **argv)
{
    struct assay_compare_request request;
    struct assay_options o;
    struct assay_run_group groups[2];
    struct assay_comparison *comparison;
    int code = assay_compare_request_read(&request, true, argc, argv, &o);
    if (code != ASSAY_EXIT_OK)
        return code;
    if (request.help) {
        fputs(help, stdout);
        return ASSAY_EXIT_OK;
    }
    if (!request.baseline)
        return assay_complain(&o, ASSAY_EXIT_USAGE,
                              "--baseline RUN is missing; see 'assay runs'");
    code = assay_compare_request_run(&request, &o, request.baseline,
                                     request.n_runs ? request.runs[0] : "",
                                     groups, &comparison);
    if (code != ASSAY_EXIT_OK)
        return code;
    enum assay_status status = assay_comparison_print(
        comparison, request.format, assay_colour(STDOUT_FILENO), stdout);
    if (status == ASSAY_OK && request.output)
        status = write_junit(comparison, request.output);
    code = status == ASSAY_OK ? conclude(comparison)
                              : assay_complain_status(&o, status);
    assay_comparison_free(&comparison);
    assay_run_group_free(&groups[0]);
    assay_run_group_free(&groups[1]);
    return code;
}
