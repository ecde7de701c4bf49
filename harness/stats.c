/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/random.h"

#define Z95 1.959963984540054

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* A sorted copy; NULL without memory or where a value is not finite. */
static double *sorted_copy(const double *x, size_t n)
{
    double *copy = n ? malloc(n * sizeof *copy) : NULL;
    for (size_t i = 0; copy && i < n; i++) {
        if (!isfinite(x[i])) {
            free(copy);
            return NULL;
        }
        copy[i] = x[i];
    }
    if (copy)
        qsort(copy, n, sizeof *copy, compare_doubles);
    return copy;
}

/* Halved before they are added: a sum of two finite values may not be. */
static double middle(const double *sorted, size_t n)
{
    return n % 2 ? sorted[n / 2] : sorted[n / 2 - 1] / 2 + sorted[n / 2] / 2;
}

bool assay_median(const double *x, size_t n, double *median)
{
    double *sorted = sorted_copy(x, n);
    if (!sorted)
        return false;
    *median = middle(sorted, n);
    free(sorted);
    return true;
}

bool assay_mad(const double *x, size_t n, double *mad)
{
    double *work = sorted_copy(x, n);
    if (!work)
        return false;
    const double centre = middle(work, n);
    for (size_t i = 0; i < n; i++)
        work[i] = fabs(work[i] - centre);
    qsort(work, n, sizeof *work, compare_doubles);
    *mad = middle(work, n);
    free(work);
    return true;
}

/* The chance that at most one of n samples lies above the p-quantile. */
static double at_most_one_above(double p, double n)
{
    return exp(n * log(p)) + n * (1 - p) * exp((n - 1) * log(p));
}

size_t assay_percentile_needs(double p)
{
    if (!(p > 0 && p < 1))
        return SIZE_MAX;
    const double q = fmax(p, 1 - p);
    /* The chance falls with n from n = 2 on. */
    size_t low = 1, high = 2;
    while (at_most_one_above(q, (double)high) > 0.01) {
        if (high > SIZE_MAX / 4)
            return SIZE_MAX;
        low = high;
        high *= 2;
    }
    while (high - low > 1) {
        const size_t half = low + (high - low) / 2;
        if (at_most_one_above(q, (double)half) > 0.01)
            low = half;
        else
            high = half;
    }
    return high;
}

bool assay_percentile(const double *x, size_t n, double p, double *value)
{
    if (!(p > 0 && p < 1) || n < assay_percentile_needs(p))
        return false;
    double *sorted = sorted_copy(x, n);
    if (!sorted)
        return false;
    /* The product may round up past a whole number: 100 * .07 > 7. */
    size_t rank = (size_t)ceil((double)n * p * (1 - 1e-12));
    if (rank < 1)
        rank = 1;
    *value = sorted[rank - 1];
    free(sorted);
    return true;
}

/* The least k with P(Bin(n, p) <= k) >= q. Summed upwards from 12 standard
 * deviations below the mean, below which there is less than 1e-30. */
static size_t binomial_quantile(size_t n, double p, double q)
{
    const double count = (double)n, mean = count * p;
    const double from = floor(mean - 12 * sqrt(mean * (1 - p)) - 12);
    size_t k = from > 0 ? (size_t)from : 0;
    int sign;
    double mass =
        exp(lgamma_r(count + 1, &sign) - lgamma_r((double)k + 1, &sign) -
            lgamma_r(count - (double)k + 1, &sign) + (double)k * log(p) +
            (count - (double)k) * log1p(-p));
    double sum = mass;
    while (sum < q && k < n) {
        mass *= (count - (double)k) / ((double)k + 1) * p / (1 - p);
        sum += mass;
        k++;
    }
    return k;
}

bool assay_quantile_ranks(size_t n, double p, size_t *low, size_t *high)
{
    if (n < 1 || !(p > 0 && p < 1))
        return false;
    const size_t first = binomial_quantile(n, p, 0.025);
    const size_t last = binomial_quantile(n, p, 0.975) + 1;
    if (first < 1 || last > n)
        return false;
    *low = first;
    *high = last;
    return true;
}

bool assay_median_interval(const double *x, size_t n, double *low, double *high)
{
    size_t first, last;
    if (!assay_quantile_ranks(n, 0.5, &first, &last))
        return false;
    double *sorted = sorted_copy(x, n);
    if (!sorted)
        return false;
    *low = sorted[first - 1];
    *high = sorted[last - 1];
    free(sorted);
    return true;
}

bool assay_autocorrelation(const double *x, size_t n, double *r)
{
    if (n < 3)
        return false;
    double mean = 0, variance = 0, product = 0;
    for (size_t i = 0; i < n; i++)
        mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++) {
        variance += (x[i] - mean) * (x[i] - mean);
        if (i + 1 < n)
            product += (x[i] - mean) * (x[i + 1] - mean);
    }
    /* Equal values leave a rest of rounding, not of variance. */
    const double rest = 1e-14 * mean;
    if (!isfinite(variance) || !(variance > (double)n * rest * rest))
        return false;
    *r = product / variance;
    return true;
}

bool assay_wilson(int64_t hits, int64_t n, double *low, double *high)
{
    if (n < 1 || hits < 0 || hits > n)
        return false;
    const double count = (double)n, share = (double)hits / count;
    const double z2 = Z95 * Z95;
    const double centre = (share + z2 / (2 * count)) / (1 + z2 / count);
    const double half =
        Z95 / (1 + z2 / count) *
        sqrt(share * (1 - share) / count + z2 / (4 * count * count));
    *low = hits == 0 ? 0 : fmax(0, centre - half);
    *high = hits == n ? 1 : fmin(1, centre + half);
    return true;
}

/* P(U <= k) counts the partitions whose generating function is the Gaussian
 * binomial prod (1 - q^(n+i)) / (1 - q^i), i = 1 … m; its coefficients up to
 * q^k come from one subtraction and one running sum a factor. */
bool assay_mann_whitney_exact(size_t m, size_t n, double u, double *p)
{
    if (m < 1 || n < 1 || !(u >= 0) || u != floor(u))
        return false;
    const double pairs = (double)m * (double)n;
    if (u > pairs || pairs > 1e8)
        return false;
    if (m > n) {
        const size_t swap = m;
        m = n;
        n = swap;
    }
    int sign;
    const double log_ways = lgamma_r((double)(m + n) + 1, &sign) -
                            lgamma_r((double)m + 1, &sign) -
                            lgamma_r((double)n + 1, &sign);
    if (log_ways > 690)
        return false;
    const size_t k = (size_t)fmin(u, pairs - u);
    double *ways = calloc(k + 1, sizeof *ways);
    if (!ways)
        return false;
    ways[0] = 1;
    for (size_t i = 1; i <= m; i++) {
        for (size_t j = k + 1; j-- > n + i;)
            ways[j] -= ways[j - (n + i)];
        for (size_t j = i; j <= k; j++)
            ways[j] += ways[j - i];
    }
    double below = 0, all = 1;
    for (size_t j = 0; j <= k; j++)
        below += ways[j];
    for (size_t i = 1; i <= m; i++)
        all *= (double)(n + i) / (double)i;
    free(ways);
    *p = fmin(1, 2 * below / all);
    return true;
}

struct ranked {
    double value;
    bool of_x;
};

static int compare_ranked(const void *a, const void *b)
{
    return compare_doubles(&((const struct ranked *)a)->value,
                           &((const struct ranked *)b)->value);
}

/* The rank sum of x with mean ranks for ties, and sum of t^3 - t over them. */
static bool rank_sum(const double *x, size_t m, const double *y, size_t n,
                     double *sum, double *ties)
{
    const size_t total = m + n;
    struct ranked *all = malloc(total * sizeof *all);
    if (!all)
        return false;
    bool finite = true;
    for (size_t i = 0; i < total; i++) {
        all[i].value = i < m ? x[i] : y[i - m];
        all[i].of_x = i < m;
        finite = finite && isfinite(all[i].value);
    }
    qsort(all, total, sizeof *all, compare_ranked);
    *sum = *ties = 0;
    for (size_t i = 0, j; i < total; i = j) {
        size_t mine = 0;
        for (j = i; j < total && !(all[j].value > all[i].value) && finite; j++)
            mine += all[j].of_x;
        if (j == i)
            break;
        const double t = (double)(j - i);
        *sum += (double)mine * ((double)(i + j) + 1) / 2;
        *ties += t * t * t - t;
    }
    free(all);
    return finite;
}

bool assay_mann_whitney(const double *x, size_t m, const double *y, size_t n,
                        double *u, double *p)
{
    double sum, ties, value;
    if (m < 1 || n < 1 || !rank_sum(x, m, y, n, &sum, &ties))
        return false;
    const double a = (double)m, b = (double)n, total = a + b;
    const double got = sum - a * (a + 1) / 2;
    if ((m > 8 && n > 8) || ties > 0 ||
        !assay_mann_whitney_exact(m, n, got, &value)) {
        const double spread =
            sqrt(a * b / 12 * ((total + 1) - ties / (total * (total - 1))));
        const double z = (fabs(got - a * b / 2) - 0.5) / spread;
        value = spread > 0 ? fmin(1, erfc(z / sqrt(2))) : 1;
    }
    *u = got;
    *p = value;
    return true;
}

/* The median of n draws from a sorted array: the draws are counted by place,
 * which saves sorting them. */
static double drawn_median(struct assay_random *random, const double *sorted,
                           size_t n, uint32_t *counts)
{
    memset(counts, 0, n * sizeof *counts);
    for (size_t i = 0; i < n; i++)
        counts[assay_random_range(random, 0, (int64_t)n - 1)]++;
    const size_t lower = (n - 1) / 2, upper = n / 2; /* the same if n is odd */
    size_t seen = 0, i = 0;
    while (seen + counts[i] <= lower)
        seen += counts[i++];
    const double first = sorted[i];
    while (seen + counts[i] <= upper)
        seen += counts[i++];
    return first / 2 + sorted[i] / 2;
}

bool assay_bootstrap_ratio(const double *x, size_t m, const double *y, size_t n,
                           size_t resamples, uint64_t seed,
                           struct assay_ratio *result)
{
    if (m < 1 || n < 1 || resamples < 40)
        return false;
    const size_t most = m > n ? m : n;
    double *a = sorted_copy(x, m), *b = sorted_copy(y, n);
    double *ratios = malloc(resamples * sizeof *ratios);
    uint32_t *counts = malloc(most * sizeof *counts);
    /* All positive, so that no resample divides by zero. */
    const bool usable = a && b && ratios && counts && a[0] > 0 && b[0] > 0;
    if (usable) {
        struct assay_random random;
        assay_random_seed(&random, seed);
        for (size_t i = 0; i < resamples; i++) {
            const double below = drawn_median(&random, a, m, counts);
            ratios[i] = drawn_median(&random, b, n, counts) / below;
        }
        qsort(ratios, resamples, sizeof *ratios, compare_doubles);
        const size_t cut = (size_t)floor(0.025 * (double)resamples);
        *result = (struct assay_ratio){
            .ratio = middle(b, n) / middle(a, m),
            .low = ratios[cut],
            .high = ratios[resamples - 1 - cut],
        };
    }
    free(a);
    free(b);
    free(ratios);
    free(counts);
    return usable;
}

struct placed {
    double value;
    size_t place;
};

static int compare_placed(const void *a, const void *b)
{
    return compare_doubles(&((const struct placed *)a)->value,
                           &((const struct placed *)b)->value);
}

/* Where p-values stand in ascending order; NULL if one is none. */
static struct placed *ascending(const double *p, size_t n)
{
    struct placed *sorted = n ? malloc(n * sizeof *sorted) : NULL;
    bool usable = sorted != NULL;
    for (size_t i = 0; i < n && usable; i++) {
        sorted[i] = (struct placed){p[i], i};
        usable = p[i] >= 0 && p[i] <= 1;
    }
    if (usable) {
        qsort(sorted, n, sizeof *sorted, compare_placed);
        return sorted;
    }
    free(sorted);
    return NULL;
}

bool assay_adjust_bh(const double *p, size_t n, double *q)
{
    struct placed *sorted = ascending(p, n);
    const bool usable = sorted != NULL;
    double least = 1;
    for (size_t i = n; sorted && i-- > 0;) {
        least = fmin(least, sorted[i].value * (double)n / (double)(i + 1));
        q[sorted[i].place] = least;
    }
    free(sorted);
    return usable;
}

bool assay_adjust_holm(const double *p, size_t n, double *q)
{
    struct placed *sorted = ascending(p, n);
    const bool usable = sorted != NULL;
    double most = 0;
    for (size_t i = 0; sorted && i < n; i++) {
        most = fmin(1, fmax(most, sorted[i].value * (double)(n - i)));
        q[sorted[i].place] = most;
    }
    free(sorted);
    return usable;
}

bool assay_paired_interval(int64_t b, int64_t c, int64_t n, double *low,
                           double *high)
{
    if (b < 0 || c < 0 || n < 1 || b > n - c)
        return false;
    const double total = (double)n + 2;
    const double change = ((double)b - (double)c) / total;
    const double differ = ((double)b + (double)c + 1) / total;
    const double half = Z95 * sqrt((differ - change * change) / total);
    *low = fmax(-1, change - half);
    *high = fmin(1, change + half);
    return true;
}

double assay_mcnemar(int64_t b, int64_t c)
{
    if (b <= 0 && c <= 0)
        return 1;
    const double n = (double)b + (double)c;
    const int64_t least = b < c ? b : c;
    int sign;
    const double all = lgamma_r(n + 1, &sign) - n * log(2);
    /* From the largest term down, until the rest cannot be seen. */
    double sum = 0;
    for (int64_t k = least; k >= 0; k--) {
        const double term = exp(all - lgamma_r((double)k + 1, &sign) -
                                lgamma_r(n - (double)k + 1, &sign));
        sum += term;
        if (term < sum * 1e-18)
            break;
    }
    return fmin(1, 2 * sum);
}
