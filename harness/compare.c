/* SPDX-License-Identifier: Apache-2.0 */
#include "compare.h"

#include <math.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "compare_accuracy.h"
#include "kernels/kernel.h"
#include "stats.h"

#define SIGNIFICANT 0.01
#define SPREAD_CASES 10
#define SPREAD_MOST 1.5

const char *const assay_verdict_names[ASSAY_VERDICTS] = {
    [ASSAY_VERDICT_SAME] = "same",
    [ASSAY_VERDICT_FASTER] = "faster",
    [ASSAY_VERDICT_SLOWER] = "slower",
    [ASSAY_VERDICT_INCONCLUSIVE] = "inconclusive",
    [ASSAY_VERDICT_LESS_ACCURATE] = "less accurate",
    [ASSAY_VERDICT_BROKEN] = "broken",
    [ASSAY_VERDICT_STOPPED] = "stopped",
    [ASSAY_VERDICT_MISSING] = "missing",
    [ASSAY_VERDICT_NEW] = "new",
    [ASSAY_VERDICT_SKIPPED] = "skipped",
};

void assay_comparison_free(struct assay_comparison **comparison)
{
    if (*comparison)
        free((*comparison)->cases);
    free(*comparison);
    *comparison = NULL;
}

static const char *text_of(const struct assay_record *record,
                           enum assay_field field)
{
    const char *text = record ? assay_record_get_text(record, field) : NULL;
    return text ? text : "";
}

static bool is(const struct assay_record *record, const char *status)
{
    return record && strcmp(text_of(record, ASSAY_FIELD_status), status) == 0;
}

/* A record with its place in its run, by which equal names are ordered. */
struct named {
    const char *name;
    const struct assay_record *record;
    size_t place;
};

static int compare_named(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    const int order = strcmp(x->name, y->name);
    return order ? order : (x->place > y->place) - (x->place < y->place);
}

/* The run's records by name; of several of one name the last holds. */
static struct named *index_run(const struct assay_run_data *run, size_t *n)
{
    struct named *all = calloc(run->n_records + 1, sizeof *all);
    if (!all)
        return NULL;
    for (size_t i = 0; i < run->n_records; i++)
        all[i] = (struct named){text_of(run->records[i], ASSAY_FIELD_case),
                                run->records[i], i};
    qsort(all, run->n_records, sizeof *all, compare_named);
    *n = 0;
    for (size_t i = 0; i < run->n_records; i++) {
        if (*n && strcmp(all[*n - 1].name, all[i].name) == 0)
            all[*n - 1].record = all[i].record;
        else
            all[(*n)++] = all[i];
    }
    return all;
}

static int compare_name(const void *name, const void *entry)
{
    return strcmp(name, ((const struct named *)entry)->name);
}

static const struct assay_record *look_up(const struct named *all, size_t n,
                                          const char *name)
{
    const struct named *found =
        n ? bsearch(name, all, n, sizeof *all, compare_name) : NULL;
    return found ? found->record : NULL;
}

static int compare_places(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    return (x->place > y->place) - (x->place < y->place);
}

/* One entry a case: those of the baseline, then those of the new run only. */
static enum assay_status match(struct assay_comparison *c,
                               const regex_t *filter)
{
    size_t n_base = 0, n_now = 0;
    struct named *base = index_run(c->base, &n_base);
    struct named *now = index_run(c->now, &n_now);
    if (base && now)
        c->cases = calloc(n_base + n_now + 1, sizeof *c->cases);
    if (c->cases) {
        /* Kept sorted for the look-up, in a copy in the order of the run. */
        struct named *lists[] = {base, now};
        const size_t sizes[] = {n_base, n_now};
        for (size_t side = 0; side < 2; side++) {
            struct named *order = malloc((sizes[side] + 1) * sizeof *order);
            if (!order)
                break;
            memcpy(order, lists[side], sizes[side] * sizeof *order);
            qsort(order, sizes[side], sizeof *order, compare_places);
            for (size_t i = 0; i < sizes[side]; i++) {
                const char *name = order[i].name;
                const struct assay_record *other =
                    look_up(lists[!side], sizes[!side], name);
                if ((side == 1 && other) ||
                    (filter && regexec(filter, name, 0, NULL, 0) != 0))
                    continue;
                c->cases[c->n_cases++] = (struct assay_compared){
                    .name = name,
                    .base = side == 0 ? order[i].record : NULL,
                    .now = side == 0 ? other : order[i].record,
                };
            }
            free(order);
        }
    }
    free(base);
    free(now);
    return c->cases ? ASSAY_OK
                    : assay_fail(ASSAY_NOMEM, "no memory for the comparison");
}

static bool is_peer(const struct assay_record *record)
{
    const struct assay_row *row =
        record ? assay_row_find(text_of(record, ASSAY_FIELD_impl)) : NULL;
    return row && row->is_peer;
}

/* What statuses alone decide; false where both runs have times. */
static bool judge_status(struct assay_compared *k)
{
    const struct assay_record *now = k->now;
    const char *status = text_of(now, ASSAY_FIELD_status);
    const char *reason = text_of(now, ASSAY_FIELD_reason);
    const bool ran = k->base && !is(k->base, "skipped");
    k->outcome = ASSAY_OUTCOME_SKIP;
    if (!now && ran) {
        k->verdict = ASSAY_VERDICT_MISSING;
        k->outcome = ASSAY_OUTCOME_FAIL;
        snprintf(k->why, sizeof k->why,
                 "in the baseline, but not in the new run");
    } else if (!now || (is(now, "skipped") && !ran)) {
        k->verdict = ASSAY_VERDICT_SKIPPED;
        snprintf(k->why, sizeof k->why, "%.200s", reason);
    } else if (is(now, "skipped")) {
        k->verdict = ASSAY_VERDICT_STOPPED;
        k->outcome = ASSAY_OUTCOME_FAIL;
        snprintf(k->why, sizeof k->why, "skipped now: %.200s", reason);
    } else if (!is(now, "ok")) {
        k->verdict = ASSAY_VERDICT_BROKEN;
        k->outcome = ASSAY_OUTCOME_FAIL;
        snprintf(k->why, sizeof k->why, "%.20s%s%.200s", status,
                 *reason ? ": " : "", reason);
    } else if (!is(k->base, "ok")) {
        k->verdict = ASSAY_VERDICT_NEW;
        if (k->base)
            snprintf(k->why, sizeof k->why, "%.20s in the baseline",
                     text_of(k->base, ASSAY_FIELD_status));
    } else {
        return false;
    }
    return true;
}

/* Seeded by the name: a case's interval does not depend on its neighbours. */
static uint64_t seed_of(const char *name)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 1099511628211u;
    return hash;
}

static void measure_case(struct assay_compared *k)
{
    const char *why = "";
    k->peer = is_peer(k->now);
    k->timed = assay_compare_times(k->base->samples, k->base->n_samples,
                                   k->now->samples, k->now->n_samples,
                                   seed_of(k->name), &k->timing, &why);
    k->disturbed = assay_compare_is_disturbed(k->base) ||
                   assay_compare_is_disturbed(k->now);
    k->verdict = ASSAY_VERDICT_INCONCLUSIVE;
    k->outcome = k->peer ? ASSAY_OUTCOME_SKIP : ASSAY_OUTCOME_UNSURE;
    if (!k->timed)
        snprintf(k->why, sizeof k->why, "%s", why);
}

/* Several runs a side: their range in place of the interval. */
static void take_ranges(const struct assay_compare_options *options,
                        struct assay_compared *k)
{
    double base[2], now[2];
    if (!k->timed || !options->base_group || !options->new_group ||
        !assay_run_group_range(options->base_group, k->name, &base[0],
                               &base[1]) ||
        !assay_run_group_range(options->new_group, k->name, &now[0], &now[1]) ||
        !(base[0] > 0))
        return;
    k->ranged = true;
    k->timing.ratio = now[0] / base[0];
    k->timing.low = now[0] / base[1];
    k->timing.high = now[1] / base[0];
}

static bool compares(const struct assay_compared *k)
{
    return k->timed && !k->peer;
}

/* Adjust the p-values and set the limit from what all the cases show. */
static enum assay_status set_limit(struct assay_comparison *c)
{
    double *p = malloc((c->n_cases + 1) * sizeof *p);
    double *logs = malloc((c->n_cases + 1) * sizeof *logs);
    size_t n = 0, own = 0;
    c->spread = -1;
    if (!p || !logs) {
        free(p);
        free(logs);
        return assay_fail(ASSAY_NOMEM, "no memory for the comparison");
    }
    for (size_t i = 0; i < c->n_cases; i++) {
        if (!c->cases[i].timed)
            continue;
        p[n++] = c->cases[i].timing.p;
        if (compares(&c->cases[i]))
            logs[own++] = log(c->cases[i].timing.ratio);
    }
    assay_adjust_bh(p, n, p);
    for (size_t i = 0, j = 0; i < c->n_cases; i++)
        if (c->cases[i].timed)
            c->cases[i].q = p[j++];
    double deviation, spread = sqrt(2) * c->noise;
    const double most = SPREAD_MOST * spread;
    if (own >= SPREAD_CASES && assay_mad(logs, own, &deviation)) {
        c->spread = 1.4826 * deviation;
        spread = fmax(spread, fmin(c->spread, most));
    }
    c->limit = assay_compare_limit(own, c->tolerance, spread);
    free(p);
    free(logs);
    return ASSAY_OK;
}

static bool is_slower(const struct assay_comparison *c,
                      const struct assay_compared *k)
{
    const struct assay_timing *t = &k->timing;
    const double step = 1 + c->tolerance;
    if (k->ranged)
        return t->low > step && t->ratio > c->limit;
    return assay_compare_interval(t->low, t->high, c->limit) ==
               ASSAY_CHANGE_SLOWER &&
           t->tail > step && k->q < SIGNIFICANT;
}

static bool is_faster(const struct assay_comparison *c,
                      const struct assay_compared *k)
{
    const struct assay_timing *t = &k->timing;
    const double step = 1 + c->tolerance;
    if (k->ranged)
        return t->high < 1 / step && t->ratio < 1 / c->limit;
    return assay_compare_interval(t->low, t->high, c->limit) ==
               ASSAY_CHANGE_FASTER &&
           t->tail < 1 / step && k->q < SIGNIFICANT;
}

static bool is_same(const struct assay_comparison *c,
                    const struct assay_compared *k)
{
    const struct assay_timing *t = &k->timing;
    if (k->ranged)
        return t->ratio >= 1 / c->limit && t->ratio <= c->limit;
    return assay_compare_interval(t->low, t->high, c->limit) ==
           ASSAY_CHANGE_NONE;
}

static void judge_time(const struct assay_comparison *c,
                       struct assay_compared *k)
{
    const struct assay_timing *t = &k->timing;
    const double limit = c->limit;
    const bool slower = is_slower(c, k);
    if (slower && k->disturbed && !k->ranged) {
        k->outcome = ASSAY_OUTCOME_UNSURE;
        snprintf(k->why, sizeof k->why,
                 "%.1f %% slower, but other programs interrupted the "
                 "measurement; measure on a quieter machine",
                 100 * (t->ratio - 1));
    } else if (slower) {
        k->verdict = ASSAY_VERDICT_SLOWER;
        k->outcome = ASSAY_OUTCOME_FAIL;
        snprintf(k->why, sizeof k->why,
                 "%.1f %% slower (%.1f to %.1f %%); the limit is %.1f %%",
                 100 * (t->ratio - 1), 100 * (t->low - 1), 100 * (t->high - 1),
                 100 * (limit - 1));
    } else if (is_faster(c, k)) {
        k->verdict = ASSAY_VERDICT_FASTER;
        k->outcome = ASSAY_OUTCOME_PASS;
    } else if (is_same(c, k)) {
        k->verdict = ASSAY_VERDICT_SAME;
        k->outcome = ASSAY_OUTCOME_PASS;
    } else if (k->ranged ? t->ratio < 1 : t->high < 1) {
        /* Perhaps faster, perhaps the same: nothing that a gate minds. */
        k->outcome = ASSAY_OUTCOME_PASS;
        snprintf(k->why, sizeof k->why, "not slower; perhaps faster");
    } else {
        k->outcome = ASSAY_OUTCOME_UNSURE;
        snprintf(k->why, sizeof k->why,
                 "between %+.1f and %+.1f %%, across the limit of %.1f %%%s; "
                 "measure longer, or again",
                 100 * (t->low - 1), 100 * (t->high - 1), 100 * (limit - 1),
                 k->disturbed ? ", interrupted by other programs" : "");
    }
    if (c->machine[0] && !c->any_machine) {
        k->outcome = ASSAY_OUTCOME_UNSURE;
        if (!k->why[0])
            snprintf(k->why, sizeof k->why, "measured on another machine");
    }
    if (k->peer)
        k->outcome = ASSAY_OUTCOME_SKIP;
}

/* Two models under one name. */
static void judge_file(struct assay_compared *k)
{
    const char *base = text_of(k->base, ASSAY_FIELD_model_sha256);
    const char *now = text_of(k->now, ASSAY_FIELD_model_sha256);
    k->other_file = *base && *now && strcmp(base, now) != 0;
    const size_t used = strlen(k->why);
    if (k->other_file)
        snprintf(k->why + used, sizeof k->why - used,
                 "%sthe model's file is another one", used ? "; " : "");
}

static void judge_all(struct assay_comparison *c)
{
    for (size_t i = 0; i < c->n_cases; i++) {
        struct assay_compared *k = &c->cases[i];
        if (k->timed)
            judge_time(c, k);
        if (k->base && k->now && is(k->base, "ok") && is(k->now, "ok"))
            assay_compare_accuracy(k);
        judge_file(k);
        c->counts[k->verdict]++;
    }
}

enum assay_status assay_compare(const struct assay_run_data *base,
                                const struct assay_run_data *now,
                                const struct assay_compare_options *options,
                                struct assay_comparison **comparison)
{
    regex_t filter;
    if (options->filter &&
        regcomp(&filter, options->filter, REG_EXTENDED | REG_NOSUB) != 0)
        return assay_fail(ASSAY_INVALID,
                          "--filter: '%.100s' is no regular expression",
                          options->filter);
    struct assay_comparison *c = calloc(1, sizeof *c);
    enum assay_status status =
        c ? ASSAY_OK : assay_fail(ASSAY_NOMEM, "no memory");
    if (c) {
        c->base = base;
        c->now = now;
        c->base_group = options->base_group;
        c->new_group = options->new_group;
        c->tolerance = options->tolerance;
        c->noise = options->noise;
        c->any_machine = options->any_machine;
        assay_compare_machines(base->run.machine, now->run.machine, c->machine,
                               sizeof c->machine);
        status = match(c, options->filter ? &filter : NULL);
    }
    if (options->filter)
        regfree(&filter);
    for (size_t i = 0; status == ASSAY_OK && i < c->n_cases; i++)
        if (!judge_status(&c->cases[i])) {
            measure_case(&c->cases[i]);
            take_ranges(options, &c->cases[i]);
        }
    if (status == ASSAY_OK)
        status = set_limit(c);
    if (status != ASSAY_OK) {
        assay_comparison_free(&c);
        return status;
    }
    judge_all(c);
    *comparison = c;
    return ASSAY_OK;
}

enum assay_outcome
assay_comparison_outcome(const struct assay_comparison *comparison)
{
    size_t counts[ASSAY_OUTCOME_SKIP + 1] = {0};
    for (size_t i = 0; i < comparison->n_cases; i++)
        counts[comparison->cases[i].outcome]++;
    if (counts[ASSAY_OUTCOME_FAIL])
        return ASSAY_OUTCOME_FAIL;
    if (counts[ASSAY_OUTCOME_UNSURE] || !counts[ASSAY_OUTCOME_PASS])
        return ASSAY_OUTCOME_UNSURE;
    return ASSAY_OUTCOME_PASS;
}
