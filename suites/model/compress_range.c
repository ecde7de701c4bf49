/* SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "suites/model/compress_int8.h"

/* A bin of more than SPIKE times the mean of NEIGHBOURS on either side. */
enum { NEIGHBOURS = 8, SPIKE = 4 };

/* Below which a `rank` of the values lies. */
static double quantile(const uint64_t *counts, size_t bins, double low,
                       double width, double rank)
{
    double before = 0;
    for (size_t i = 0; i < bins; i++) {
        const double here = (double)counts[i];
        if (here > 0 && before + here >= rank)
            return low + width * ((double)i + (rank - before) / here);
        before += here;
    }
    return low + width * (double)bins;
}

void assay_range_percentile(const uint64_t *counts, size_t bins, double low,
                            double high, double percentile, double *from,
                            double *to)
{
    const double width = (high - low) / (double)bins;
    double all = 0;
    for (size_t i = 0; i < bins; i++)
        all += (double)counts[i];
    const double out = all * (100 - percentile) / 200;
    *from = out > 0 ? quantile(counts, bins, low, width, out) : low;
    *to = out > 0 ? quantile(counts, bins, low, width, all - out) : high;
}

/* The divergence if the first n bins are kept. */
static double divergence(const double *counts, size_t bins, size_t n,
                         size_t levels)
{
    double inside = 0, beyond = 0, sum = 0;
    for (size_t i = 0; i < bins; i++)
        *(i < n ? &inside : &beyond) += counts[i];
    for (size_t j = 0; j < levels; j++) {
        const size_t first = j * n / levels, end = (j + 1) * n / levels;
        double step = 0;
        size_t filled = 0;
        for (size_t i = first; i < end; i++) {
            step += counts[i];
            filled += counts[i] > 0;
        }
        for (size_t i = first; i < end; i++) {
            const double p =
                (counts[i] + (i + 1 == n ? beyond : 0)) / (inside + beyond);
            const double q = counts[i] > 0 ? step / (double)filled / inside : 0;
            sum += p > 0 ? p * log(p / fmax(q, 1e-9)) : 0;
        }
    }
    return sum;
}

/* Bin `i`, or the mean of its neighbours if it is a spike among them. */
static double without_spike(const uint64_t *counts, size_t bins, size_t i)
{
    const size_t first = i < NEIGHBOURS ? 0 : i - NEIGHBOURS;
    const size_t end = i + NEIGHBOURS < bins ? i + NEIGHBOURS + 1 : bins;
    double sum = 0;
    for (size_t j = first; j < end; j++)
        sum += j == i ? 0 : (double)counts[j];
    const double mean = sum / (double)(end - first - 1);
    return (double)counts[i] > SPIKE * mean ? mean : (double)counts[i];
}

size_t assay_range_entropy(const uint64_t *counts, size_t bins, size_t levels)
{
    size_t best = bins;
    double least = DBL_MAX, *smooth = calloc(bins, sizeof *smooth);
    for (size_t i = 0; smooth && i < bins; i++)
        smooth[i] = without_spike(counts, bins, i);
    for (size_t n = levels; smooth && n <= bins; n++) {
        const double sum = divergence(smooth, bins, n, levels);
        if (sum < least) {
            least = sum;
            best = n;
        }
    }
    free(smooth);
    return best;
}

void assay_range_scale(double low, double high, float *scale, int8_t *zero)
{
    low = fmin(low, 0);
    high = fmax(high, 0);
    *scale = (float)((high - low) / 255);
    if (!(*scale >= FLT_MIN)) {
        *scale = 1; /* nothing but zeros */
        *zero = 0;
        return;
    }
    *zero = (int8_t)fmin(fmax(rint(-128 - low / (double)*scale), -128), 127);
}
