/* SPDX-License-Identifier: Apache-2.0 */
#include "compare_time.h"

#include <math.h>
#include <stdlib.h>

#include "stats.h"

#define RESAMPLES 1000

/* One series: its samples, and the medians of its blocks. */
struct series {
    double *x;
    size_t n;
    double blocks[30];
    size_t n_blocks;
    double rest; /* autocorrelation that the blocks could not remove */
};

static bool cut(struct series *s, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const size_t first = i * s->n / count, end = (i + 1) * s->n / count;
        if (!assay_median(s->x + first, end - first, &s->blocks[i]))
            return false;
    }
    s->n_blocks = count;
    return true;
}

static bool cut_until_independent(struct series *s)
{
    static const size_t counts[] = {30, 20, 15, 12};
    s->rest = 0;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        const bool first = i == 0;
        if (!first && counts[i] >= s->n)
            continue;
        double r = 0;
        if (!cut(s, counts[i] < s->n ? counts[i] : s->n))
            return false;
        if (!assay_autocorrelation(s->blocks, s->n_blocks, &r) ||
            r <= 1.645 / sqrt((double)s->n_blocks)) {
            s->rest = 0;
            return true;
        }
        s->rest = r < 0.9 ? r : 0.9;
    }
    return true;
}

static bool take(struct series *s, const uint64_t *samples, size_t n)
{
    s->n = n;
    s->x = malloc(n * sizeof *s->x);
    for (size_t i = 0; s->x && i < n; i++)
        s->x[i] = (double)samples[i];
    return s->x && cut_until_independent(s);
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double widening(const struct series *a, const struct series *b)
{
    const double r = fmax(a->rest, b->rest);
    return sqrt((1 + r) / (1 - r));
}

/* Sorts the samples, whose order has served. */
static bool judge(struct series *a, struct series *b, uint64_t seed,
                  struct assay_timing *t)
{
    struct assay_ratio blocks;
    double before, after;
    if (!assay_bootstrap_ratio(a->blocks, a->n_blocks, b->blocks, b->n_blocks,
                               RESAMPLES, seed, &blocks) ||
        !assay_mann_whitney(b->blocks, b->n_blocks, a->blocks, a->n_blocks,
                            &t->u, &t->p) ||
        !assay_median(a->x, a->n, &before) || !assay_median(b->x, b->n, &after))
        return false;
    qsort(a->x, a->n, sizeof *a->x, compare_doubles);
    qsort(b->x, b->n, sizeof *b->x, compare_doubles);
    if (!(a->x[0] > 0 && b->x[0] > 0))
        return false;
    const double factor = widening(a, b);
    t->ratio = after / before;
    t->low = t->ratio * pow(blocks.low / blocks.ratio, factor);
    t->high = t->ratio * pow(blocks.high / blocks.ratio, factor);
    t->tail = b->x[b->n / 10] / a->x[a->n / 10];
    t->base_blocks = a->n_blocks;
    t->new_blocks = b->n_blocks;
    return true;
}

bool assay_compare_times(const uint64_t *base, size_t n_base,
                         const uint64_t *now, size_t n_now, uint64_t seed,
                         struct assay_timing *timing, const char **why)
{
    if (n_base < ASSAY_COMPARE_SAMPLES || n_now < ASSAY_COMPARE_SAMPLES) {
        *why = n_base < ASSAY_COMPARE_SAMPLES
                   ? "the baseline has fewer than 12 samples; measure longer"
                   : "fewer than 12 samples; measure longer (--min-time)";
        return false;
    }
    struct series a = {0}, b = {0};
    struct assay_timing result;
    const bool judged = take(&a, base, n_base) && take(&b, now, n_now) &&
                        judge(&a, &b, seed, &result);
    free(a.x);
    free(b.x);
    if (judged)
        *timing = result;
    else
        *why = "a sample is zero, or there was no memory";
    return judged;
}
