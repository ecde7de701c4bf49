/* SPDX-License-Identifier: Apache-2.0
 *
 * Statistics of timings and accuracies. Pure functions: no state, any thread.
 * Where a result cannot be had from the samples given, the function returns
 * false and leaves its outputs alone. Allocation failure counts as that, and so
 * does a sample that is NaN or infinite.
 */
#ifndef ASSAY_HARNESS_STATS_H
#define ASSAY_HARNESS_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Median of n ≥ 1 values (mean of the middle two). */
bool assay_median(const double *x, size_t n, double *median);

/* Median absolute deviation from the median, not scaled. */
bool assay_mad(const double *x, size_t n, double *mad);

/* The p-quantile (0 < p < 1) as the smallest order statistic with at least p
 * of the samples at or below it. False below assay_percentile_needs(p). */
bool assay_percentile(const double *x, size_t n, double p, double *value);

/* Samples below which a percentile is not told: the least n whose early
 * stopping bound with one discarded sample (MLPerf: t = 1, 99 %) exists; 64 for
 * .90, 662 for .99. */
size_t assay_percentile_needs(double p);

/* Exact two-sided 95 % interval of the median from order statistics (binomial).
 * False below 6 samples. */
bool assay_median_interval(const double *x, size_t n, double *low,
                           double *high);

/* The general form for the p-quantile: the ranks (from 1) of the order
 * statistics that bound it with at least 95 %; for n = 1000, p = .99 these are
 * 983 and 997. False where a rank would lie outside 1 to n. Assumes
 * independent samples. */
bool assay_quantile_ranks(size_t n, double p, size_t *low, size_t *high);

/* Lag-1 autocorrelation; false below 3 samples or without variance. */
bool assay_autocorrelation(const double *x, size_t n, double *r);

/* Wilson score interval of a share: `hits` of `n` at 95 %. */
bool assay_wilson(int64_t hits, int64_t n, double *low, double *high);

/* Mann-Whitney U, two-sided (as scipy's mannwhitneyu, method auto: exact
 * without ties when one sample has at most 8 values, else normal with tie and
 * continuity correction). *u is that of x. */
bool assay_mann_whitney(const double *x, size_t m, const double *y, size_t n,
                        double *u, double *p);

/* The exact two-sided p-value of U = u for samples of m and n values without
 * ties; false if m or n is 0, u is no whole number of 0 to m n, or the number
 * of arrangements exceeds a double. */
bool assay_mann_whitney_exact(size_t m, size_t n, double u, double *p);

/* Ratio of medians y/x with a percentile bootstrap interval at 95 %:
 * `resamples` draws from a generator seeded with `seed`. */
struct assay_ratio {
    double ratio, low, high;
};
bool assay_bootstrap_ratio(const double *x, size_t m, const double *y, size_t n,
                           size_t resamples, uint64_t seed,
                           struct assay_ratio *result);

/* Benjamini-Hochberg: adjusted p-values, in the order given; q may be p. */
bool assay_adjust_bh(const double *p, size_t n, double *q);

/* Holm (1979): adjusted p-values, in the order given, by which at most 1 in 20
 * families of true hypotheses has one below .05; q may be p. */
bool assay_adjust_holm(const double *p, size_t n, double *q);

/* McNemar's exact test: b and c discordant pairs; min(1, 2 P(Bin(b+c, 1/2) ≤
 * min(b, c))). */
double assay_mcnemar(int64_t b, int64_t c);

/* 95 % interval of the difference of two shares of the same n ≥ 1 images,
 * (b - c) / n with b and c discordant pairs: Wald's, with half an image added
 * to each of the four cells, within -1 to 1. Agresti and Min, "Simple improved
 * confidence intervals for comparing matched proportions", Statistics in
 * Medicine 24 (2005) 729-740. False if b + c exceeds n or one is negative. */
bool assay_paired_interval(int64_t b, int64_t c, int64_t n, double *low,
                           double *high);

#endif
