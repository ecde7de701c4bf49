/* SPDX-License-Identifier: Apache-2.0
 *
 * Accuracies of variants against their base over the same images: whether they
 * differ, by McNemar's exact test, and by how much, with a 95 % interval of the
 * paired difference (Agresti and Min 2005, see harness/stats.h).
 *
 * A report makes many such comparisons, and one of twenty would show a
 * difference where there is none; so p is adjusted (Holm) over all comparisons
 * of the report. Those that agree in model, variant, images and both counts, as
 * on targets that classify alike, are one. The intervals are each of its own
 * comparison alone.
 */
#ifndef ASSAY_REPORTS_DIFFERENCES_H
#define ASSAY_REPORTS_DIFFERENCES_H

#include "harness/store.h"

#define ASSAY_DIFFERENCE_SIGNIFICANT 0.05

struct assay_difference {
    const struct assay_record *record; /* the variant's */
    const char *base;                  /* what its base is called: "fp32" */
    int64_t better, worse, images; /* of these: right where the base is wrong */
    double p, adjusted;
    double change, low, high; /* shares: variant less base */
};

struct assay_differences {
    struct assay_difference *list; /* in the order of runs and records */
    size_t n, n_tests;             /* n_tests: of which p is adjusted */
};

/* Of all scores that are told (accuracy.h) and tested. NOMEM. */
enum assay_status
assay_differences_find(const struct assay_run_data *const *runs, size_t n,
                       struct assay_differences *differences);
void assay_differences_free(struct assay_differences *differences);

/* That of the model, target and threads of a record of `run`, whatever its
 * batch; NULL: not tested. */
const struct assay_difference *
assay_difference_of(const struct assay_differences *differences,
                    const struct assay_run_data *run,
                    const struct assay_record *record);

/* -1: less accurate, 1: more accurate, 0: no difference shown. */
int assay_difference_sign(const struct assay_difference *difference);

/* "-0.31 pp (-0.50 to -0.12)"; 48 bytes hold it. pp: percentage points. */
void assay_difference_points(const struct assay_difference *difference,
                             char *text, size_t size);

/* "0.002", "< 0.0001" of the adjusted p; 16 bytes hold it. Rounded, it is still
 * on its side of what is significant. */
void assay_difference_p(const struct assay_difference *difference, char *text,
                        size_t size);

/* "less accurate than mlp/fp32: -0.31 pp (-0.50 to -0.12), adjusted p = 0.002"
 * or "no difference from mlp/fp32 shown: between -0.15 and +0.35 pp, adjusted p
 * = 0.43", malloced. NULL: no memory. */
char *assay_difference_text(const struct assay_difference *difference);

#endif
