/* SPDX-License-Identifier: Apache-2.0
 *
 * assay report: stored runs as a file or on stdout.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "options.h"
#include "reports/report.h"
#include "select.h"
#include "store.h"

static const char help[] =
    "Usage: assay report [RUN…] [--format FORMAT] [-o FILE] [--store FILE]\n"
    "\n"
    "Writes stored runs (the newest, if none is named) as a report.\n"
    "\n"
    "  --format FORMAT   html, markdown, csv, json, gbench (Google "
    "Benchmark's\n"
    "                    JSON), svg or summary; else by the suffix of FILE:\n"
    "                    .html .md .csv .json .gbench.json .svg .txt; else\n"
    "                    markdown\n"
    "  -o FILE           where to; - is standard output\n"
    "  --target SEL      only cases on cpu, opencl[:N], vulkan[:N], by commas\n"
    "  --batch LIST      only models at these batch sizes, as 1,16,64\n"
    "  --filter RE       only cases whose name matches\n"
    "  --objective LIST  what the front is about: one to three of accuracy,\n"
    "                    latency (time per image), memory, size, energy\n"
    "                    (accuracy,latency)\n"
    "  --samples         json: every time and every prediction of each case;\n"
    "                    gbench: one row each\n"
    "  --store FILE      the store (assay.db, or $ASSAY_STORE)\n";

struct arguments {
    int64_t *ids;
    size_t n_ids;
    const char *store, *format, *output, *objectives;
    struct assay_selection selection;
    int64_t batches[ASSAY_MOST_ARGUMENTS];
    bool samples, help;
};

/* False after a report. */
static bool parse(struct assay_options *o, struct arguments *a)
{
    const char *text;
    while (assay_options_next(o)) {
        if (assay_positional(o, &text)) {
            if (!assay_read_int(o, "RUN", text, 1, INT64_MAX,
                                &a->ids[a->n_ids]))
                return false;
            a->n_ids++;
        } else if (assay_option(o, "format", &a->format) ||
                   assay_option(o, "o", &a->output) ||
                   assay_option(o, "output", &a->output) ||
                   assay_option(o, "objective", &a->objectives) ||
                   assay_option(o, "target", &a->selection.target) ||
                   assay_option(o, "filter", &a->selection.filter) ||
                   assay_option(o, "store", &a->store)) {
            continue;
        } else if (assay_option(o, "batch", &text)) {
            if (o->error ||
                !assay_read_list(o, "batch", text, ASSAY_MOST_BATCH, a->batches,
                                 ASSAY_MOST_ARGUMENTS, &a->selection.n_batches))
                return false;
        } else if (assay_flag(o, "samples")) {
            a->samples = true;
        } else if (assay_flag(o, "help")) {
            a->help = true;
        } else if (!o->error) {
            assay_options_unknown(o);
            return false;
        }
    }
    return !o->error;
}

static enum assay_status find_format(const struct arguments *a,
                                     const struct assay_report_format **format)
{
    if (a->format)
        return assay_report_format_find(a->format, format);
    if (a->output && strcmp(a->output, "-") != 0)
        return assay_report_format_guess(a->output, format);
    return assay_report_format_find("markdown", format);
}

static enum assay_status load_and_write(const struct arguments *a,
                                        const struct assay_report_format *f,
                                        const struct assay_report_options *o)
{
    size_t n = a->n_ids ? a->n_ids : 1;
    struct assay_run_data **runs = calloc(n, sizeof *runs);
    struct assay_store *store = NULL;
    enum assay_status status =
        runs ? assay_store_open(a->store, false, &store)
             : assay_fail(ASSAY_NOMEM, "report: out of memory");
    for (size_t i = 0; status == ASSAY_OK && i < n; i++)
        status = assay_store_load(store, a->n_ids ? a->ids[i] : 0,
                                  o->samples || f->wants_samples, &runs[i]);
    assay_store_close(&store);
    if (status == ASSAY_OK)
        status = assay_select(&a->selection, runs, n);
    if (status == ASSAY_OK)
        status = assay_report_write(
            f, (const struct assay_run_data *const *)runs, n, o, a->output);
    for (size_t i = 0; runs && i < n; i++)
        assay_run_data_free(&runs[i]);
    free(runs);
    return status;
}

int assay_command_report(int argc, char **argv)
{
    struct assay_options options;
    struct arguments a = {.store = assay_store_default(),
                          .objectives = "accuracy,latency",
                          .ids = calloc((size_t)argc, sizeof *a.ids)};
    int code = ASSAY_EXIT_USAGE;
    a.selection.batches = a.batches;
    assay_options_begin(&options, argc, argv);
    if (!a.ids || !parse(&options, &a))
        goto end;
    code = ASSAY_EXIT_OK;
    if (a.help) {
        fputs(help, stdout);
        goto end;
    }
    const struct assay_objective *chosen[ASSAY_OBJECTIVES_MAX];
    struct assay_report_options report = {
        .samples = a.samples,
        .objectives = chosen,
    };
    const struct assay_report_format *format = NULL;
    enum assay_status status =
        assay_objectives_parse(a.objectives, chosen, &report.n_objectives);
    if (status == ASSAY_OK)
        status = find_format(&a, &format);
    if (status == ASSAY_OK)
        status = load_and_write(&a, format, &report);
    if (status != ASSAY_OK)
        code = assay_complain_status(&options, status);
end:
    free(a.ids);
    return code;
}
