/* SPDX-License-Identifier: Apache-2.0 */
#include "pareto.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/compare_limit.h"
#include "harness/paired.h"
#include "harness/stats.h"
#include "variants.h"

#define SIGNIFICANT 0.05

struct problem {
    const struct assay_objective *const *objectives;
    size_t n;
};

/* Whether the accuracy of `a` is surely above that of `b`. */
static bool surely_more_accurate(const struct assay_point *a,
                                 const struct assay_point *b, size_t objective)
{
    struct assay_paired counts;
    const char *why;
    if (!assay_paired_count(a->record, b->record, &counts, &why))
        return a->low[objective] > b->high[objective];
    return counts.better > counts.worse && counts.p < SIGNIFICANT;
}

/* Whether `a` takes surely less time than `b`: as variants.h has it. */
static bool surely_faster(const struct assay_point *a,
                          const struct assay_point *b, size_t objective)
{
    const enum assay_change change = assay_compare_interval(
        a->low[objective] / b->high[objective],
        a->high[objective] / b->low[objective], fmax(a->limit, b->limit));
    return change == ASSAY_CHANGE_FASTER &&
           !(a->run == b->run && assay_variants_untold(a->record, b->record));
}

/* Whether `a` is surely better than `b` in an objective. Accuracies come last:
 * they are looked at image by image. */
static bool surely_better(const struct problem *p, const struct assay_point *a,
                          const struct assay_point *b)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->objectives[i]->kind == ASSAY_OBJECTIVE_LATENCY
                ? surely_faster(a, b, i)
            : p->objectives[i]->kind == ASSAY_OBJECTIVE_ACCURACY ? false
            : p->objectives[i]->maximise ? a->low[i] > b->high[i]
                                         : a->high[i] < b->low[i])
            return true;
    for (size_t i = 0; i < p->n; i++)
        if (p->objectives[i]->kind == ASSAY_OBJECTIVE_ACCURACY &&
            surely_more_accurate(a, b, i))
            return true;
    return false;
}

static bool dominates(const struct problem *p, const struct assay_point *a,
                      const struct assay_point *b)
{
    bool better = false;
    for (size_t i = 0; i < p->n; i++) {
        bool maximise = p->objectives[i]->maximise;
        double gain =
            maximise ? a->value[i] - b->value[i] : b->value[i] - a->value[i];
        if (gain < 0)
            return false;
        if (gain > 0)
            better = true;
    }
    return better;
}

/* Fewer is better: how good a point is as the one that beats another. */
static int rank_beater(const struct assay_point *point, bool surely)
{
    const bool stands = point->front && point->noise_of == ASSAY_NO_POINT;
    return (point->front ? 0 : 4) + (surely ? 0 : 2) + (stands ? 0 : 1);
}

static void judge_beaten(const struct problem *p, struct assay_front *front,
                         struct assay_point *point)
{
    const struct assay_front_set *set = &front->sets[point->set];
    bool surely_beaten = false;
    int best = 8;
    for (size_t i = set->first; i < set->first + set->n; i++) {
        if (front->points[i].subset || !dominates(p, &front->points[i], point))
            continue;
        const bool surely = surely_better(p, &front->points[i], point);
        const int rank = rank_beater(&front->points[i], surely);
        surely_beaten |= surely;
        if (rank < best) {
            best = rank;
            point->beaten_by = i;
        }
    }
    if (!surely_beaten)
        point->noise_of = point->beaten_by;
}

/* The points of a front, as the nodes of a graph. */
struct rivals {
    size_t n, *points;
    bool *replaces; /* [n][n]: the first is surely better in no objective, so
                       that the second may take its place */
    bool *leads;    /* [n][n]: the same, also by way of others */
    bool *decided;
};

static void link_rivals(const struct problem *p, struct assay_front *front,
                        struct rivals *r)
{
    const size_t n = r->n;
    for (size_t i = 0; i < n * n; i++)
        r->leads[i] = r->replaces[i] =
            i / n != i % n &&
            !surely_better(p, &front->points[r->points[i / n]],
                           &front->points[r->points[i % n]]);
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; r->leads[i * n + k] && j < n; j++)
                r->leads[i * n + j] |= r->leads[k * n + j];
}

/* Of those not decided, the one that leads to the fewest: what it leads to is
 * decided, or leads back to it. The first of equals. */
static size_t next_rival(const struct rivals *r)
{
    size_t next = 0, least = SIZE_MAX;
    for (size_t i = 0; i < r->n; i++) {
        size_t reached = 0;
        for (size_t j = 0; j < r->n; j++)
            reached += i == j || r->leads[i * r->n + j];
        if (!r->decided[i] && reached < least) {
            least = reached;
            next = i;
        }
    }
    return next;
}

/* A kernel of the graph: points that none can replace stand, what these replace
 * does not, and so on. Of points that can replace each other, the first stands.
 */
static enum assay_status judge_front(const struct problem *p,
                                     struct assay_front *front,
                                     const struct assay_front_set *set)
{
    const size_t n = set->n_front;
    struct rivals r = {.n = 0,
                       .points = calloc(n + 1, sizeof *r.points),
                       .replaces = calloc(n * n + 1, sizeof *r.replaces),
                       .leads = calloc(n * n + 1, sizeof *r.leads),
                       .decided = calloc(n + 1, sizeof *r.decided)};
    const bool usable = r.points && r.replaces && r.leads && r.decided;
    for (size_t i = set->first; usable && i < set->first + set->n; i++)
        if (front->points[i].front)
            r.points[r.n++] = i;
    link_rivals(p, front, &r);
    for (size_t k = 0; k < r.n; k++) {
        const size_t i = next_rival(&r);
        struct assay_point *point = &front->points[r.points[i]];
        for (size_t j = 0; j < r.n && point->noise_of == ASSAY_NO_POINT; j++)
            if (r.decided[j] && r.replaces[i * r.n + j] &&
                front->points[r.points[j]].noise_of == ASSAY_NO_POINT)
                point->noise_of = r.points[j];
        r.decided[i] = true;
    }
    free(r.points);
    free(r.replaces);
    free(r.leads);
    free(r.decided);
    return usable ? ASSAY_OK : assay_fail(ASSAY_NOMEM, "front: out of memory");
}

static enum assay_status judge(const struct problem *p,
                               struct assay_front *front,
                               struct assay_front_set *set)
{
    const size_t first = set->first, end = first + set->n;
    for (size_t i = first; i < end; i++) {
        struct assay_point *point = &front->points[i];
        point->front = !point->subset;
        for (size_t j = first; point->front && j < end; j++)
            point->front = front->points[j].subset ||
                           !dominates(p, &front->points[j], point);
        set->n_front += point->front;
    }
    const enum assay_status status = judge_front(p, front, set);
    for (size_t i = first; status == ASSAY_OK && i < end; i++)
        if (!front->points[i].front && !front->points[i].subset)
            judge_beaten(p, front, &front->points[i]);
    front->n_front += set->n_front;
    return status;
}

static int64_t images_of(const struct assay_record *record)
{
    const struct assay_value *images = &record->fields[ASSAY_FIELD_images];
    return images->present ? images->integer : 0;
}

static bool has_accuracy(const struct problem *p)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->objectives[i]->kind == ASSAY_OBJECTIVE_ACCURACY)
            return true;
    return false;
}

static void mark_subsets(struct assay_front *front, struct assay_front_set *set)
{
    struct assay_point *points = &front->points[set->first];
    for (size_t i = 0; i < set->n; i++)
        if (images_of(points[i].record) > set->images)
            set->images = images_of(points[i].record);
    for (size_t i = 0; i < set->n; i++) {
        const int64_t images = images_of(points[i].record);
        points[i].subset = images > 0 && images < set->images;
        set->n_subset += points[i].subset;
    }
    front->n_subset += set->n_subset;
}

static const char *text_or(const struct assay_record *record,
                           enum assay_field field, const char *other)
{
    const char *text = assay_record_get_text(record, field);
    return text && *text ? text : other;
}

/* Sets of one name are told apart by their checksums. */
static void name_sets(struct assay_front *front)
{
    for (size_t i = 0; i < front->n_sets; i++) {
        struct assay_front_set *set = &front->sets[i];
        bool alike = false;
        for (size_t j = 0; j < front->n_sets; j++)
            alike |= i != j && !strcmp(front->sets[j].dataset, set->dataset);
        snprintf(set->name, sizeof set->name,
                 alike ? "%.60s (CRC-32 %.10s)" : "%.60s", set->dataset,
                 *set->crc32 ? set->crc32 : "not told");
    }
}

/* Find the set of each point, in the order of the records, before sorting. */
static enum assay_status find_sets(const struct problem *p,
                                   struct assay_front *front)
{
    front->sets = calloc(front->n + 1, sizeof *front->sets);
    if (!front->sets)
        return assay_fail(ASSAY_NOMEM, "front: out of memory");
    for (size_t i = 0; i < front->n; i++) {
        struct assay_point *point = &front->points[i];
        const char *crc32 =
            has_accuracy(p)
                ? text_or(point->record, ASSAY_FIELD_dataset_crc32, "")
                : "";
        size_t at = 0;
        while (at < front->n_sets && strcmp(front->sets[at].crc32, crc32) != 0)
            at++;
        front->n_sets += at == front->n_sets;
        point->set = at;
        front->sets[at].crc32 = crc32;
        front->sets[at].n++;
        if (!front->sets[at].dataset)
            front->sets[at].dataset =
                text_or(point->record, ASSAY_FIELD_dataset, "data not told");
    }
    for (size_t i = 1; i < front->n_sets; i++)
        front->sets[i].first = front->sets[i - 1].first + front->sets[i - 1].n;
    name_sets(front);
    return ASSAY_OK;
}

static bool candidate(const struct assay_record *record, const char *target)
{
    const char *kind = assay_record_get_text(record, ASSAY_FIELD_kind);
    const char *on = assay_record_get_text(record, ASSAY_FIELD_target);
    return kind && !strcmp(kind, "model") &&
           (!target || (on && !strcmp(on, target)));
}

static bool read_point(const struct problem *p,
                       const struct assay_record *record,
                       struct assay_point *point)
{
    for (size_t i = 0; i < p->n; i++)
        if (!p->objectives[i]->get(record, &point->value[i], &point->low[i],
                                   &point->high[i]))
            return false;
    return true;
}

/* By set, then by the first objective, the better first; stable through the
 * case's name. */
static int compare(const void *a, const void *b, void *context)
{
    const struct problem *p = context;
    const struct assay_point *x = a, *y = b;
    if (x->set != y->set)
        return x->set < y->set ? -1 : 1;
    for (size_t i = 0; i < p->n; i++) {
        double d = p->objectives[i]->maximise ? y->value[i] - x->value[i]
                                              : x->value[i] - y->value[i];
        if (d != 0)
            return d < 0 ? -1 : 1;
    }
    const char *s = assay_record_get_text(x->record, ASSAY_FIELD_case);
    const char *t = assay_record_get_text(y->record, ASSAY_FIELD_case);
    int order = strcmp(s ? s : "", t ? t : "");
    return order ? order
                 : (x->run->id > y->run->id) - (x->run->id < y->run->id);
}

/* Add the points of a run, and count what is none. */
static enum assay_status read_run(const struct problem *p,
                                  const struct assay_run_data *run,
                                  const char *target, struct assay_front *front)
{
    double limit;
    const enum assay_status got = assay_variants_limit(run, &limit);
    for (size_t i = 0; got == ASSAY_OK && i < run->n_records; i++) {
        const struct assay_record *record = run->records[i];
        if (!candidate(record, target))
            continue;
        const char *status = assay_record_get_text(record, ASSAY_FIELD_status);
        if (!status || strcmp(status, "ok") != 0) {
            front->not_ok++;
            continue;
        }
        struct assay_point point = {.run = &run->run,
                                    .record = record,
                                    .limit = limit,
                                    .beaten_by = ASSAY_NO_POINT,
                                    .noise_of = ASSAY_NO_POINT};
        if (read_point(p, record, &point))
            front->points[front->n++] = point;
        else
            front->lacking++;
    }
    return got;
}

enum assay_status
assay_front_compute(const struct assay_run_data *const *runs, size_t n,
                    const struct assay_objective *const *objectives,
                    size_t n_objectives, const char *target,
                    struct assay_front *front)
{
    struct problem p = {objectives, n_objectives};
    size_t most = 1;
    for (size_t i = 0; i < n; i++)
        most += runs[i]->n_records;
    *front =
        (struct assay_front){.points = calloc(most, sizeof *front->points)};
    if (!front->points)
        return assay_fail(ASSAY_NOMEM, "front: out of memory");
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; status == ASSAY_OK && i < n; i++)
        status = read_run(&p, runs[i], target, front);
    if (status == ASSAY_OK)
        status = find_sets(&p, front);
    if (status == ASSAY_OK)
        qsort_r(front->points, front->n, sizeof *front->points, compare, &p);
    for (size_t i = 0; status == ASSAY_OK && i < front->n_sets; i++) {
        if (has_accuracy(&p))
            mark_subsets(front, &front->sets[i]);
        status = judge(&p, front, &front->sets[i]);
    }
    if (status != ASSAY_OK)
        assay_front_free(front);
    return status;
}

void assay_front_free(struct assay_front *front)
{
    free(front->points);
    free(front->sets);
    *front = (struct assay_front){.n = 0};
}

struct pair {
    double x, y;
};

static int by_x(const void *a, const void *b)
{
    const struct pair *p = a, *q = b;
    return p->x != q->x ? (p->x > q->x) - (p->x < q->x)
                        : (p->y > q->y) - (p->y < q->y);
}

double assay_hypervolume(const double *x, const double *y, size_t n, double rx,
                         double ry)
{
    struct pair *pairs = malloc((n + 1) * sizeof *pairs);
    if (!pairs)
        return NAN;
    for (size_t i = 0; i < n; i++)
        pairs[i] = (struct pair){x[i], y[i]};
    qsort(pairs, n, sizeof *pairs, by_x);
    double area = 0, lowest = ry;
    for (size_t i = 0; i < n && pairs[i].x < rx; i++)
        if (pairs[i].y < lowest) {
            area += (rx - pairs[i].x) * (lowest - pairs[i].y);
            lowest = pairs[i].y;
        }
    free(pairs);
    return area;
}

bool assay_front_hypervolume(const struct assay_front *front,
                             const struct assay_front_set *set,
                             const struct assay_objective *const *objectives,
                             size_t n_objectives, double *area)
{
    size_t accuracy = 0, latency = 1, n = 0;
    if (n_objectives != 2 || !set->n)
        return false;
    if (objectives[0]->kind == ASSAY_OBJECTIVE_LATENCY) {
        accuracy = 1;
        latency = 0;
    }
    if (objectives[accuracy]->kind != ASSAY_OBJECTIVE_ACCURACY ||
        objectives[latency]->kind != ASSAY_OBJECTIVE_LATENCY)
        return false;
    double *xy = malloc(2 * set->n * sizeof *xy);
    if (!xy)
        return false;
    for (size_t i = set->first; i < set->first + set->n; i++) {
        const struct assay_point *point = &front->points[i];
        if (!point->front)
            continue;
        /* A clock's tick is a nanosecond, so a time of 0 is less than one. */
        xy[n] = log10(fmax(point->value[latency], 1));
        xy[set->n + n++] = 1 - point->value[accuracy];
    }
    *area = assay_hypervolume(xy, xy + set->n, n, log10(100e6), 1);
    free(xy);
    return isfinite(*area);
}
