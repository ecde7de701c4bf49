/* SPDX-License-Identifier: Apache-2.0
 *
 * What counts as a change of time: one definition for all that compare times,
 * two runs (compare.h) or two models of one run (reports/variants.h).
 */
#ifndef ASSAY_HARNESS_COMPARE_LIMIT_H
#define ASSAY_HARNESS_COMPARE_LIMIT_H

#include "record.h"

/* A change that does not matter, and the standard deviation of an unchanged
 * case's median from run to run, unless told otherwise. */
#define ASSAY_COMPARE_TOLERANCE 0.05
#define ASSAY_COMPARE_NOISE 0.02

/* The ratio that a change must exceed: 1 + tolerance, or what `spread`, the
 * standard deviation of the log of an unchanged case's ratio (with the noise
 * above: sqrt(2) times that), makes one of `cases` exceed in 1 of 100 such
 * comparisons (Bonferroni: the normal quantile of 1 - 0.01/cases), whichever is
 * larger. */
double assay_compare_limit(size_t cases, double tolerance, double spread);

enum assay_change {
    ASSAY_CHANGE_NONE,   /* the interval lies within 1/limit to limit */
    ASSAY_CHANGE_FASTER, /* below 1/limit */
    ASSAY_CHANGE_SLOWER, /* above limit */
    ASSAY_CHANGE_OPEN,   /* across one of them */
};

/* Of an interval of new time / base time. */
enum assay_change assay_compare_interval(double low, double high, double limit);

/* Whether other programs interrupted the calls that were timed: more than a
 * quarter of the samples met an involuntary context switch (context_switches,
 * samples), and the threads had less than three quarters of the time for
 * themselves (cpu_ns of latency_ns_mean; one thread is assumed where the record
 * does not tell them). */
bool assay_compare_is_disturbed(const struct assay_record *record);

#endif
