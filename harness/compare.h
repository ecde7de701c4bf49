/* SPDX-License-Identifier: Apache-2.0
 *
 * Two runs, case by case: what became slower, less accurate or broken. Pure:
 * nothing is read but the two runs, which must outlive the comparison (as
 * must their groups), and equal runs give equal results.
 *
 * Cases are matched by name. Times (see compare_time.h for one case):
 *
 * - Noise. The medians of unchanged code differ from run to run, by clock
 *   frequency, memory layout and neighbours, which no test within two runs can
 *   see. Assumed: a standard deviation of `noise` (2 %) of a case's median, so
 *   sqrt(2) times that of a ratio; where ten cases or more are compared and
 *   their log ratios spread more (1.4826 x the median deviation from their
 *   median), that, up to 1.5 times the assumption: beyond, the spread may be a
 *   change.
 *
 * - Limit. The larger of 1 + tolerance and the ratio that among n unchanged
 *   cases one exceeds by that noise in 1 of 100 gates (compare_limit.h). With
 *   2 % and 30 cases: 1.101.
 *
 * - Disturbed. A run whose calls were interrupted (compare_limit.h). Its times
 *   are not the code's own, so they convict nobody.
 *
 * - Slower. Neither run disturbed, adjusted p < .01 (Mann-Whitney,
 *   Benjamini-Hochberg over all timed cases), the whole 95 % interval of the
 *   ratio above the limit, and the lower deciles' ratio above 1 + tolerance: a
 *   change of code moves the undisturbed calls too, a neighbour does not.
 *
 * - Faster. The same, mirrored at 1.
 *
 * - Same. The whole interval within 1/limit to limit: no change that is larger
 *   than the tolerance can be told from the noise.
 *
 * - Inconclusive. Otherwise.
 *
 * Where each side is three runs or more of the same code (run_group.h), what
 * unchanged code differs by is seen and not assumed. What disturbs a run only
 * adds time, and on a shared machine it stays for a whole run (two processors
 * of a virtual machine that the host moved apart were seen to double the time
 * of small models), so the ratio is that of the fastest runs' medians. Its
 * interval reaches from the least new by the largest old median to the largest
 * new by the least old one, and a case is slower if that ratio is above the
 * limit and every new run is slower than every old one by more than the
 * tolerance (chance alone puts three runs behind three others in one of twenty
 * orders); faster likewise; and the same if the ratio is within 1/limit to
 * limit.
 *
 * The frame (p < .01 after adjustment, interval beyond a noise floor) is that
 * of Criterion's and rustc-perf's decisions with the floor made explicit.
 *
 * Accuracy over the same images: McNemar's exact test of the predictions. Where
 * a run does not hold them: how many may differ is at most those in which
 * either run left the recipe's own predictions (`agreement`), and that number
 * gives the largest p that the stored figures allow. Without it: Newcombe's
 * interval of the difference (1998, method 10). Lost: p < .01, or an interval
 * below 0. Of different data sets (dataset_crc32) nothing follows: such a case
 * is inconclusive, if its time alone would let it pass.
 *
 * Two runs may have had different files under one model's name; where both hold
 * the files' SHA-256, that is said.
 */
#ifndef ASSAY_HARNESS_COMPARE_H
#define ASSAY_HARNESS_COMPARE_H

#include <stdio.h>

#include "compare_limit.h"
#include "compare_time.h"
#include "paired.h"
#include "run_group.h"
#include "store.h"

enum assay_verdict {
    ASSAY_VERDICT_SAME,
    ASSAY_VERDICT_FASTER,
    ASSAY_VERDICT_SLOWER,
    ASSAY_VERDICT_INCONCLUSIVE,
    ASSAY_VERDICT_LESS_ACCURATE, /* whatever its time */
    ASSAY_VERDICT_BROKEN,  /* wrong, failed, crashed, timeout, oom or lost */
    ASSAY_VERDICT_STOPPED, /* ran in the baseline, is skipped now */
    ASSAY_VERDICT_MISSING, /* in the baseline only */
    ASSAY_VERDICT_NEW,     /* not in the baseline, or not ok there */
    ASSAY_VERDICT_SKIPPED, /* in both, or in the only one */
    ASSAY_VERDICTS
};

/* "same", "faster", …, "less accurate", … */
extern const char *const assay_verdict_names[ASSAY_VERDICTS];

/* What a gate makes of it. */
enum assay_outcome {
    ASSAY_OUTCOME_PASS,
    ASSAY_OUTCOME_FAIL,
    ASSAY_OUTCOME_UNSURE,
    ASSAY_OUTCOME_SKIP, /* nothing to judge, or a library's row (a peer) */
};

struct assay_compared {
    const char *name;                      /* the record's */
    const struct assay_record *base, *now; /* NULL where there is none */
    enum assay_verdict verdict;
    enum assay_outcome outcome;
    bool timed;     /* timing and q hold */
    bool disturbed; /* either run */
    bool ranged;    /* timing's ratio, low and high are of several runs */
    struct assay_timing timing;
    double q; /* timing.p, adjusted */
    bool peer;
    bool accurate; /* both have one, of the same data; the next two hold */
    double accuracy_change, accuracy_p; /* p -1: by interval */
    /* By predictions, then accuracy_p is exact; 0 images: not. */
    struct assay_paired paired;
    bool other_file; /* of the model; both tell theirs */
    char why[240];   /* the verdict in words */
};

struct assay_comparison {
    const struct assay_run_data *base, *now;
    const struct assay_run_group *base_group, *new_group; /* as asked for */
    double tolerance, noise;
    double spread; /* of the log ratios, robust; -1: fewer than ten cases */
    double limit;
    struct assay_compared *cases; /* as in the baseline, then the new ones */
    size_t n_cases, counts[ASSAY_VERDICTS];
    /* Facts of the machines that differ; "" if none does. Then the outcome of
     * a case that is slower, faster or same is UNSURE. */
    char machine[512];
    bool any_machine;
};

struct assay_compare_options {
    double tolerance;   /* 0.05: 5 % */
    double noise;       /* 0.02 */
    const char *filter; /* extended regular expression on names, or NULL */
    bool any_machine;   /* judge across machines as if they were one */
    /* The groups that base and now are `merged` of, or NULL. */
    const struct assay_run_group *base_group, *new_group;
};

enum assay_status assay_compare(const struct assay_run_data *base,
                                const struct assay_run_data *now,
                                const struct assay_compare_options *options,
                                struct assay_comparison **comparison);
void assay_comparison_free(struct assay_comparison **comparison);

/* FAIL if any case failed, else UNSURE if any is (or if nothing at all was
 * compared), else PASS. */
enum assay_outcome
assay_comparison_outcome(const struct assay_comparison *comparison);

/* The facts of two fingerprints (JSON objects as text) that must be equal for
 * times to be compared: cpu, cores, assertions, and of the devices in both
 * name and driver. */
void assay_compare_machines(const char *base, const char *now, char *text,
                            size_t size);

enum assay_compare_format {
    ASSAY_COMPARE_TABLE,
    ASSAY_COMPARE_MARKDOWN,
    ASSAY_COMPARE_JSON,
};

enum assay_status assay_comparison_print(const struct assay_comparison *c,
                                         enum assay_compare_format format,
                                         bool colour, FILE *out);

#endif
