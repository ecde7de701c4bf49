/* SPDX-License-Identifier: Apache-2.0 */
#include "compare_options.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run_argument.h"

/* "5%" or "0.05", within 0 to 10. */
static bool read_share(const struct assay_options *o, const char *flag,
                       const char *text, double *share)
{
    char *end;
    double value = strtod(text, &end);
    const bool percent = end != text && *end == '%';
    if (percent) {
        end++;
        value /= 100;
    }
    /* A bare 5 is more likely 5 % than 500 %. */
    if (end == text || *end || !(value >= 0 && value <= (percent ? 10 : 1))) {
        assay_complain(o, 0, "--%s: '%s' is no share such as 5%% or 0.05", flag,
                       text);
        return false;
    }
    *share = value;
    return true;
}

static bool read_format(const struct assay_options *o, const char *text,
                        enum assay_compare_format *format)
{
    static const char *const names[] = {"table", "markdown", "json"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(text, names[i]) == 0) {
            *format = (enum assay_compare_format)i;
            return true;
        }
    }
    assay_complain(o, 0, "--format: '%s' is none of table, markdown, json",
                   text);
    return false;
}

int assay_compare_request_read(struct assay_compare_request *request, bool gate,
                               int argc, char **argv, struct assay_options *o)
{
    struct assay_compare_request *r = request;
    const char *text;
    bool good = true;
    *r = (struct assay_compare_request){
        .options = {.tolerance = ASSAY_COMPARE_TOLERANCE,
                    .noise = ASSAY_COMPARE_NOISE},
        .store = assay_store_default(),
    };
    assay_options_begin(o, argc, argv);
    while (good && assay_options_next(o)) {
        if (assay_flag(o, "help") || assay_flag(o, "h"))
            r->help = true;
        else if (assay_option(o, "tolerance", &text))
            good = o->error ||
                   read_share(o, "tolerance", text, &r->options.tolerance);
        else if (assay_option(o, "noise", &text))
            good = o->error || read_share(o, "noise", text, &r->options.noise);
        else if (assay_option(o, "filter", &text))
            r->options.filter = text;
        else if (assay_flag(o, "any-machine"))
            r->options.any_machine = true;
        else if (assay_option(o, "format", &text))
            good = o->error || read_format(o, text, &r->format);
        else if (assay_option(o, "store", &text))
            r->store = text;
        else if (gate && assay_option(o, "baseline", &text))
            r->baseline = text;
        else if (gate && (assay_option(o, "output", &text) ||
                          assay_option(o, "o", &text)))
            r->output = text;
        else if (r->n_runs < (gate ? 1 : 2) && assay_positional(o, &text))
            r->runs[r->n_runs++] = text;
        else
            return assay_options_unknown(o);
    }
    return good && !o->error ? ASSAY_EXIT_OK : ASSAY_EXIT_USAGE;
}

static bool same_run(const struct assay_run *a, const struct assay_run *b)
{
    return a->id == b->id && a->started && b->started &&
           strcmp(a->started, b->started) == 0;
}

static bool has_run(const struct assay_run_group *group,
                    const struct assay_run *run)
{
    for (size_t i = 0; i < group->n; i++)
        if (same_run(&group->runs[i]->run, run))
            return true;
    return false;
}

static void free_groups(struct assay_run_group groups[2])
{
    assay_run_group_free(&groups[0]);
    assay_run_group_free(&groups[1]);
}

static void warn_unfinished(const struct assay_options *o,
                            const struct assay_run_group *group)
{
    for (size_t i = 0; i < group->n; i++) {
        const struct assay_run *run = &group->runs[i]->run;
        if (!run->finished)
            assay_complain(o, 0,
                           "warning: run %lld is not finished; 'assay run "
                           "--resume %lld' goes on with it",
                           (long long)run->id, (long long)run->id);
    }
}

int assay_compare_request_run(const struct assay_compare_request *request,
                              const struct assay_options *o, const char *base,
                              const char *now, struct assay_run_group groups[2],
                              struct assay_comparison **comparison)
{
    struct assay_compare_options options = request->options;
    groups[0] = groups[1] = (struct assay_run_group){0};
    enum assay_status status =
        assay_run_group_load(base, request->store, &groups[0]);
    if (status == ASSAY_OK)
        status = assay_run_group_load(now, request->store, &groups[1]);
    options.base_group = &groups[0];
    options.new_group = &groups[1];
    if (status == ASSAY_OK)
        status = assay_compare(&groups[0].merged, &groups[1].merged, &options,
                               comparison);
    if (status != ASSAY_OK) {
        free_groups(groups);
        return assay_complain_status(o, status);
    }
    if (!*now && has_run(&groups[0], &groups[1].merged.run)) {
        assay_comparison_free(comparison);
        free_groups(groups);
        return assay_complain(o, ASSAY_EXIT_USAGE,
                              "%s is the newest run itself; measure another, "
                              "or name the run",
                              base);
    }
    warn_unfinished(o, &groups[0]);
    warn_unfinished(o, &groups[1]);
    const struct assay_comparison *c = *comparison;
    if (c->machine[0])
        assay_complain(o, 0, "warning: the machines differ: %s%s", c->machine,
                       c->any_machine
                           ? ""
                           : "; times are not judged (--any-machine does)");
    size_t others = 0;
    for (size_t i = 0; i < c->n_cases; i++)
        others += c->cases[i].other_file;
    if (others)
        assay_complain(o, 0,
                       "warning: in %zu of %zu cases the two runs had "
                       "different files under the model's name",
                       others, c->n_cases);
    if (c->spread > 3 * c->noise)
        assay_complain(o, 0,
                       "warning: the cases' ratios spread by %.1f %%: the "
                       "machine was disturbed, or many cases changed",
                       100 * c->spread);
    return ASSAY_EXIT_OK;
}
