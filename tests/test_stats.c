/* SPDX-License-Identifier: Apache-2.0
 *
 * Statistics against values computed with scipy 1.17.1, published examples and
 * simulation. The calls that gave a constant stand beside it.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "harness/stats.h"
#include "kernels/random.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void close_to(double got, double want)
{
    if (!(fabs(got - want) <= 1e-9 * fmax(fabs(want), 1e-3)))
        fail_msg("%.17g is not %.17g", got, want);
}

static double uniform(struct assay_random *random)
{
    return (double)(assay_random_next(random) >> 11) * 0x1p-53;
}

static double normal(struct assay_random *random)
{
    return sqrt(-2 * log(1 - uniform(random))) *
           cos(6.283185307179586 * uniform(random));
}

static void test_median(void **state)
{
    (void)state;
    const double x[] = {2.5, 3.1, 2.9, 4.4, 2.2, 3.8, 5.0, 4.1, 3.3, 2.7};
    const double bad[] = {1, NAN, 2}, wide[] = {1, INFINITY};
    double value = -1;
    assert_true(assay_median(x, 10, &value));
    close_to(value, 3.2);
    assert_true(assay_median(x, 9, &value));
    close_to(value, 3.3);
    assert_true(assay_median(x, 1, &value));
    close_to(value, 2.5);
    assert_true(assay_mad(x, 10, &value));
    close_to(value, 0.65);
    value = -1;
    assert_false(assay_median(x, 0, &value));
    assert_false(assay_median(bad, 3, &value));
    assert_false(assay_median(wide, 2, &value));
    assert_false(assay_mad(bad, 3, &value));
    assert_true(value == -1);
    assert_true(assay_median((double[]){1.6e308, 1.7e308}, 2, &value));
    assert_true(isfinite(value));
}

static void test_percentile(void **state)
{
    (void)state;
    assert_int_equal(assay_percentile_needs(0.90), 64);
    assert_int_equal(assay_percentile_needs(0.99), 662);
    assert_int_equal(assay_percentile_needs(0.999), 6636);
    assert_int_equal(assay_percentile_needs(0.10), 64);
    assert_true(assay_percentile_needs(1) == SIZE_MAX);
    double x[1000], value = -1;
    for (size_t i = 0; i < 1000; i++)
        x[i] = (double)((i * 7919) % 1000 + 1); /* 1 to 1000, shuffled */
    assert_true(assay_percentile(x, 1000, 0.99, &value));
    close_to(value, 990);
    assert_true(assay_percentile(x, 1000, 0.9, &value));
    close_to(value, 900);
    value = -1;
    assert_false(assay_percentile(x, 661, 0.99, &value));
    assert_false(assay_percentile(x, 63, 0.90, &value));
    assert_false(assay_percentile(x, 1000, NAN, &value));
    assert_true(value == -1);
    assert_true(assay_percentile(x, 662, 0.99, &value));
    assert_true(assay_percentile(x, 64, 0.90, &value));
}

/* scipy.stats.binom.ppf(.025, n, p) and ppf(.975, n, p) + 1 */
static void test_ranks(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        double p;
        size_t low, high;
    } rows[] = {
        {1000, 0.99, 983, 997}, {10000, 0.99, 9880, 9920},
        {6, 0.5, 1, 6},         {100, 0.5, 40, 61},
        {101, 0.5, 41, 61},     {1000000, 0.999, 998938, 999062},
    };
    size_t low = 7, high = 7;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(assay_quantile_ranks(rows[i].n, rows[i].p, &low, &high));
        assert_int_equal(low, rows[i].low);
        assert_int_equal(high, rows[i].high);
    }
    assert_false(assay_quantile_ranks(5, 0.5, &low, &high));
    assert_false(assay_quantile_ranks(100, 0.99, &low, &high));
    const double x[] = {6, 1, 5, 2, 4, 3};
    double from = -1, to = -1;
    assert_false(assay_median_interval(x, 5, &from, &to));
    assert_true(assay_median_interval(x, 6, &from, &to));
    close_to(from, 1);
    close_to(to, 6);
}

static void test_autocorrelation(void **state)
{
    (void)state;
    /* (d[1:]*d[:-1]).sum() / (d*d).sum() by hand: mean 3, d -2 -1 0 1 2 */
    double r = -9;
    assert_true(assay_autocorrelation((double[]){1, 2, 3, 4, 5}, 5, &r));
    close_to(r, 0.4);
    assert_true(assay_autocorrelation((double[]){1, -1, 1, -1}, 4, &r));
    close_to(r, -0.75);
    r = -9;
    assert_false(assay_autocorrelation((double[]){.1, .1, .1, .1}, 4, &r));
    assert_false(assay_autocorrelation((double[]){1, 2}, 2, &r));
    assert_false(assay_autocorrelation((double[]){1, NAN, 2}, 3, &r));
    assert_true(r == -9);
}

/* scipy.stats.binomtest(hits, n).proportion_ci(.95, "wilson") */
static void test_wilson(void **state)
{
    (void)state;
    static const struct {
        int64_t hits, n;
        double low, high;
    } rows[] = {
        {9230, 10000, 0.9176109510321445, 0.928064186346263},
        {0, 10, 0, 0.27753279986288926},
        {10, 10, 0.7224672001371109, 1},
        {1, 1, 0.20654931437723745, 1},
        {463, 500, 0.8996652466777695, 0.945838815248988},
    };
    double low = -1, high = -1;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(assay_wilson(rows[i].hits, rows[i].n, &low, &high));
        close_to(low, rows[i].low);
        close_to(high, rows[i].high);
    }
    assert_false(assay_wilson(0, 0, &low, &high));
    assert_false(assay_wilson(11, 10, &low, &high));
    assert_false(assay_wilson(-1, 10, &low, &high));
}

/* scipy.stats.mannwhitneyu(x, y), method "auto" */
static void test_mann_whitney(void **state)
{
    (void)state;
    double up[18], u, p, y[40], x[30];
    for (size_t i = 0; i < 18; i++)
        up[i] = (double)i;
    assert_true(assay_mann_whitney(up, 3, up + 3, 3, &u, &p));
    close_to(u, 0);
    close_to(p, 0.1);
    assert_true(assay_mann_whitney(up, 4, up + 4, 4, &u, &p));
    close_to(p, 0.02857142857142857);
    assert_true(assay_mann_whitney(up, 9, up + 9, 9, &u, &p));
    close_to(p, 0.00041229480206169127);
    assert_true(assay_mann_whitney(up + 9, 9, up, 9, &u, &p));
    close_to(u, 81);
    close_to(p, 0.00041229480206169127);
    const double males[] = {19, 22, 16, 29, 24}, females[] = {20, 11, 17, 12};
    assert_true(assay_mann_whitney(males, 5, females, 4, &u, &p));
    close_to(u, 17);
    close_to(p, 0.1111111111111111);
    const double t1[] = {1, 2, 2, 3}, t2[] = {2, 3, 4, 5, 5};
    assert_true(assay_mann_whitney(t1, 4, t2, 5, &u, &p));
    close_to(u, 2.5);
    close_to(p, 0.07854585095119067);
    const double same[] = {1, 1, 1};
    assert_true(assay_mann_whitney(same, 3, same, 3, &u, &p));
    close_to(p, 1);
    const double few[] = {1.1, 2.3, 0.7, 4.4, 3.3, 9.1, 0.2};
    for (size_t i = 0; i < 40; i++)
        y[i] = (double)(i * 37 % 101) / 7;
    assert_true(assay_mann_whitney(few, 7, y, 40, &u, &p));
    close_to(u, 62);
    close_to(p, 0.018109410939624766);
    for (size_t i = 0; i < 30; i++)
        x[i] = (double)(i * 7919 % 1009) / 13;
    for (size_t i = 0; i < 25; i++)
        y[i] = (double)(i * 6007 % 1013) / 13 + 20;
    assert_true(assay_mann_whitney(x, 30, y, 25, &u, &p));
    close_to(u, 191);
    close_to(p, 0.001924023730619266);
    u = p = -1;
    assert_false(assay_mann_whitney(x, 0, y, 25, &u, &p));
    assert_false(assay_mann_whitney((double[]){NAN}, 1, y, 25, &u, &p));
    assert_true(u == -1 && p == -1);
}

static void test_mann_whitney_exact(void **state)
{
    (void)state;
    double p;
    assert_true(assay_mann_whitney_exact(9, 9, 0, &p));
    close_to(p, 4.113533525298231e-05);
    assert_true(assay_mann_whitney_exact(30, 25, 191, &p));
    close_to(p, 0.0015488750799267793);
    assert_true(assay_mann_whitney_exact(25, 30, 30 * 25 - 191, &p));
    close_to(p, 0.0015488750799267793);
    assert_true(assay_mann_whitney_exact(5, 4, 17, &p));
    close_to(p, 0.1111111111111111);
    assert_true(assay_mann_whitney_exact(1, 1, 1, &p));
    close_to(p, 1);
    assert_false(assay_mann_whitney_exact(3, 3, 10, &p));
    assert_false(assay_mann_whitney_exact(3, 3, 1.5, &p));
    assert_false(assay_mann_whitney_exact(3, 0, 0, &p));
    assert_false(assay_mann_whitney_exact(10000, 10000, 5, &p));
    /* The example of the manual of scipy by the normal approximation:
     * z = (|17 - 10| - 1/2) / sqrt(20/12 * 10), p = .1113469. */
    const double z = 6.5 / sqrt(20.0 / 12 * 10);
    assert_true(fabs(erfc(z / sqrt(2)) - 0.1113469) < 1e-7);
}

/* scipy.stats.false_discovery_control */
static void test_bh(void **state)
{
    (void)state;
    const double p[] = {.01, .04, .03, .005, .55, .2, 1.0};
    const double want[] = {0.035, 0.07, 0.07, 0.035, 0.6416666666666667,
                           0.28,  1.0};
    double q[7];
    assert_true(assay_adjust_bh(p, 7, q));
    for (size_t i = 0; i < 7; i++)
        close_to(q[i], want[i]);
    for (size_t i = 0; i < 7; i++)
        q[i] = p[i];
    assert_true(assay_adjust_bh(q, 7, q));
    for (size_t i = 0; i < 7; i++)
        close_to(q[i], want[i]);
    assert_false(assay_adjust_bh((double[]){NAN}, 1, q));
    assert_false(assay_adjust_bh((double[]){1.5}, 1, q));
    assert_false(assay_adjust_bh(p, 0, q));
}

/* R: p.adjust(c(.01, .04, .03, .005), "holm") */
static void test_holm(void **state)
{
    (void)state;
    double q[4] = {0.01, 0.04, 0.03, 0.005};
    const double want[] = {0.03, 0.06, 0.06, 0.02};
    assert_true(assay_adjust_holm(q, 4, q));
    for (size_t i = 0; i < 4; i++)
        close_to(q[i], want[i]);
    assert_true(assay_adjust_holm((double[]){0.5, 0.6}, 2, q));
    assert_true(q[0] == 1 && q[1] == 1);
    assert_false(assay_adjust_holm((double[]){NAN}, 1, q));
    assert_false(assay_adjust_holm(want, 0, q));
}

/* Approval of a prime minister in two surveys of the same 1600 voters, 150
 * against and 86 for him having changed their minds (Agresti, Categorical Data
 * Analysis, 10.1): 0.04, and 0.021 to 0.059. The digits by hand: b = 150.5 and
 * c = 86.5 of 1602 give 64/1602 ± 1.95996 sqrt(237 - 64^2/1602)/1602. */
static void test_paired_interval(void **state)
{
    (void)state;
    double low, high;
    assert_true(assay_paired_interval(150, 86, 1600, &low, &high));
    assert_true(fabs(low - 0.0212172) < 5e-8 && fabs(high - 0.0586829) < 5e-8);
    assert_true(assay_paired_interval(86, 150, 1600, &low, &high));
    assert_true(fabs(low + 0.0586829) < 5e-8 && fabs(high + 0.0212172) < 5e-8);
    /* No image differs, and still up to 1 in 5000 may: 1.95996 / 10002. */
    assert_true(assay_paired_interval(0, 0, 10000, &low, &high));
    assert_true(fabs(high - 0.000195957) < 1e-9 && low == -high);
    assert_true(assay_paired_interval(10, 0, 10, &low, &high));
    assert_true(fabs(low - 0.5666160) < 1e-7 && high == 1);
    assert_false(assay_paired_interval(6, 5, 10, &low, &high));
    assert_false(assay_paired_interval(-1, 5, 10, &low, &high));
    assert_false(assay_paired_interval(0, 0, 0, &low, &high));
}

/* min(1, 2 * scipy.stats.binom.cdf(min(b, c), b + c, .5)) */
static void test_mcnemar(void **state)
{
    (void)state;
    close_to(assay_mcnemar(10, 0), 0.001953125);
    close_to(assay_mcnemar(5, 15), 0.04138946533203125);
    close_to(assay_mcnemar(150, 190), 0.0342700465332939);
    close_to(assay_mcnemar(190, 150), 0.0342700465332939);
    close_to(assay_mcnemar(1200, 1000), 2.1817026407914194e-05);
    close_to(assay_mcnemar(3, 3), 1);
    close_to(assay_mcnemar(0, 0), 1);
    close_to(assay_mcnemar(0, 1), 1);
}

static void test_bootstrap(void **state)
{
    (void)state;
    enum { ROUNDS = 4000, N = 101 };
    struct assay_random random;
    assay_random_seed(&random, 7);
    double x[N], y[N];
    int covered = 0;
    struct assay_ratio ratio;
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < N; i++) {
            x[i] = 100 * exp(0.05 * normal(&random));
            y[i] = 110 * exp(0.08 * normal(&random));
        }
        assert_true(assay_bootstrap_ratio(x, N, y, N, 1000, 3 + (uint64_t)round,
                                          &ratio));
        assert_true(ratio.low <= ratio.ratio && ratio.ratio <= ratio.high);
        covered += ratio.low <= 1.1 && 1.1 <= ratio.high;
    }
    print_message("bootstrap: the 95 %% interval holds the ratio in %.1f %% of "
                  "%d simulations\n",
                  100.0 * covered / ROUNDS, ROUNDS);
    assert_in_range(covered, ROUNDS * 93 / 100, ROUNDS * 97 / 100);
    struct assay_ratio again;
    assert_true(assay_bootstrap_ratio(x, N, y, N, 1000, 2 + ROUNDS, &again));
    close_to(again.low, ratio.low);
    close_to(again.high, ratio.high);
    assert_true(assay_bootstrap_ratio(x, 1, y, 1, 1000, 1, &ratio));
    close_to(ratio.low, y[0] / x[0]);
    assert_false(assay_bootstrap_ratio(x, 0, y, N, 1000, 1, &ratio));
    x[3] = 0;
    assert_false(assay_bootstrap_ratio(x, N, y, N, 1000, 1, &ratio));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_median),
        cmocka_unit_test(test_percentile),
        cmocka_unit_test(test_ranks),
        cmocka_unit_test(test_autocorrelation),
        cmocka_unit_test(test_wilson),
        cmocka_unit_test(test_mann_whitney),
        cmocka_unit_test(test_mann_whitney_exact),
        cmocka_unit_test(test_bh),
        cmocka_unit_test(test_holm),
        cmocka_unit_test(test_paired_interval),
        cmocka_unit_test(test_mcnemar),
        cmocka_unit_test(test_bootstrap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
