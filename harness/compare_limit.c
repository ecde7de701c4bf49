/* SPDX-License-Identifier: Apache-2.0 */
#include "compare_limit.h"

#include <math.h>

#define SIGNIFICANT 0.01 /* of a comparison of unchanged cases */
#define INTERRUPTED 0.25 /* switches a sample */
#define BUSY 0.75        /* share of the threads' time */

/* The z above which a standard normal value has the probability p < .5. */
static double normal_above(double p)
{
    double low = 0, high = 40;
    for (int i = 0; i < 100; i++) {
        const double z = (low + high) / 2;
        *(erfc(z / sqrt(2)) / 2 > p ? &low : &high) = z;
    }
    return high;
}

double assay_compare_limit(size_t cases, double tolerance, double spread)
{
    const double noise =
        cases ? normal_above(SIGNIFICANT / (double)cases) * spread : 0;
    return exp(fmax(log1p(tolerance), noise));
}

enum assay_change assay_compare_interval(double low, double high, double limit)
{
    if (low > limit)
        return ASSAY_CHANGE_SLOWER;
    if (high < 1 / limit)
        return ASSAY_CHANGE_FASTER;
    return low >= 1 / limit && high <= limit ? ASSAY_CHANGE_NONE
                                             : ASSAY_CHANGE_OPEN;
}

bool assay_compare_is_disturbed(const struct assay_record *record)
{
    double switches, cpu, mean, threads = 1;
    double samples = (double)record->n_samples;
    if (!assay_record_number(record, ASSAY_FIELD_context_switches, &switches) ||
        !assay_record_number(record, ASSAY_FIELD_cpu_ns, &cpu) ||
        !assay_record_number(record, ASSAY_FIELD_latency_ns_mean, &mean))
        return false;
    assay_record_number(record, ASSAY_FIELD_threads, &threads);
    if (record->n_samples == 0)
        assay_record_number(record, ASSAY_FIELD_samples, &samples);
    return switches > INTERRUPTED * samples && cpu < BUSY * mean * threads;
}
