/* SPDX-License-Identifier: Apache-2.0 */
#include "run_options.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "isa.h"

#define STANDARD_TIMEOUT 300.0

static bool append(const struct assay_options *o, const char **list, size_t *n,
                   const char *text)
{
    if (*n == ASSAY_MOST_ARGUMENTS) {
        assay_complain(o, 0, "too many arguments at '%s'", text);
        return false;
    }
    list[(*n)++] = text;
    return true;
}

static bool read_isa(const struct assay_options *o, const char *text,
                     unsigned *isa_off)
{
    unsigned bits;
    if (!assay_isa_find(text, &bits)) {
        assay_complain(o, 0, "--isa: no level '%s'; levels are %s", text,
                       assay_isa_names());
        return false;
    }
    *isa_off = ~bits;
    return true;
}

/* Flags with a value. 1: read; 0: not one of these; -1: reported. */
static int read_valued(struct assay_run_options *run, struct assay_options *o)
{
    struct assay_plan_request *r = &run->request;
    const char *text;
    int64_t number;
    bool good = true;
    if (assay_option(o, "target", &run->target) ||
        assay_option(o, "filter", &r->filter) ||
        assay_option(o, "store", &run->store) ||
        assay_option(o, "base", &r->base) ||
        assay_option(o, "commit", &run->commit)) {
        good = true;
    } else if (assay_option(o, "data", &text)) {
        good = !r->data;
        r->data = text;
        if (!good)
            assay_complain(o, 0,
                           "--data is given twice; it holds for all models, a "
                           "suite's data: for one each");
    } else if (assay_option(o, "model", &text)) {
        good = append(o, run->models, &r->n_models, text);
    } else if (assay_option(o, "label", &text)) {
        good = append(o, run->labels, &run->n_labels, text);
        if (good && !o->error && !strchr(text, '=')) {
            assay_complain(o, 0, "--label: '%s' is not KEY=VALUE", text);
            good = false;
        }
    } else if (assay_option(o, "threads", &text)) {
        good = assay_read_list(o, "threads", text, 1024, run->threads,
                               ASSAY_MOST_ARGUMENTS, &r->n_threads);
    } else if (assay_option(o, "batch", &text)) {
        good = assay_read_list(o, "batch", text, ASSAY_MOST_BATCH, run->batches,
                               ASSAY_MOST_ARGUMENTS, &r->n_batches);
    } else if (assay_option(o, "isa", &text)) {
        good = read_isa(o, text, &r->isa_off);
    } else if (assay_option(o, "repetitions", &text) ||
               assay_option(o, "r", &text)) {
        good = assay_read_int(o, "repetitions", text, 1, 1000, &r->repetitions);
    } else if (assay_option(o, "min-time", &text)) {
        good = assay_read_real(o, "min-time", text, 0.001, 3600, &r->min_time);
    } else if (assay_option(o, "timeout", &text)) {
        good = assay_read_real(o, "timeout", text, 0.1, 86400, &r->timeout);
    } else if (assay_option(o, "seed", &text)) {
        good = assay_read_int(o, "seed", text, 0, INT64_MAX, &number);
        r->seed = good ? (uint64_t)number : 0;
    } else if (assay_option(o, "resume", &text)) {
        good = assay_read_int(o, "resume", text, 1, INT64_MAX, &run->resume);
    } else {
        return 0;
    }
    return good ? 1 : -1;
}

int assay_run_options_read(struct assay_run_options *run, int argc, char **argv,
                           struct assay_options *o)
{
    const char *text;
    memset(run, 0, sizeof *run);
    struct assay_plan_request *r = &run->request;
    *r = (struct assay_plan_request){
        .suites = run->suites,
        .models = run->models,
        .threads = run->threads,
        .n_threads = 1,
        .batches = run->batches,
        .timeout = STANDARD_TIMEOUT,
        .seed = 1,
    };
    run->threads[0] = sysconf(_SC_NPROCESSORS_ONLN);
    run->store = assay_store_default();
    assay_options_begin(o, argc, argv);
    while (assay_options_next(o)) {
        const int valued = read_valued(run, o);
        if (valued < 0)
            return ASSAY_EXIT_USAGE;
        if (valued > 0)
            continue;
        if (assay_flag(o, "help") || assay_flag(o, "h"))
            run->help = true;
        else if (assay_flag(o, "quiet") || assay_flag(o, "q"))
            run->quiet = true;
        else if (assay_flag(o, "all-rows"))
            r->all_rows = true;
        else if (assay_flag(o, "peers"))
            r->peers = true;
        else if (!assay_positional(o, &text))
            return assay_options_unknown(o);
        else if (!append(o, run->suites, &r->n_suites, text))
            return ASSAY_EXIT_USAGE;
    }
    return o->error ? ASSAY_EXIT_USAGE : ASSAY_EXIT_OK;
}
