/* SPDX-License-Identifier: Apache-2.0
 *
 * Variants of a model (pruned, quantized …) against its base, both measured in
 * one run on one target with the same batch size and threads: is the variant
 * faster, is it smaller. What every report says of it comes from here.
 *
 * Faster or slower it is only beyond what unchanged code differs by: the limit
 * of `assay compare` (harness/compare_limit.h), here with as many cases as the
 * run has comparisons. The interval of the ratio of times reaches from the ends
 * of one median's 95 % interval to the ends of the other's. Fewer than 6
 * samples of either have no interval: too few to tell. Sizes differ from 1 %
 * on.
 *
 * A variant that runs the same rows over constants of the same size, and does
 * as many operations, does what its base does: whatever was measured, it is as
 * fast.
 */
#ifndef ASSAY_REPORTS_VARIANTS_H
#define ASSAY_REPORTS_VARIANTS_H

#include <jansson.h>
#include <stdio.h>

#include "harness/store.h"

/* Sizes that differ by less are the same. */
#define ASSAY_SIZE_MARGIN 1.01

enum assay_speed {
    ASSAY_SPEED_FASTER,
    ASSAY_SPEED_SLOWER,
    ASSAY_SPEED_SAME,         /* within the limit, or the same kernels */
    ASSAY_SPEED_INCONCLUSIVE, /* the interval crosses the limit, or disturbed */
    ASSAY_SPEED_UNKNOWN,      /* one has no interval: too few samples to tell */
    ASSAY_SPEEDS
};

/* "faster", "slower", "same", "inconclusive", "unknown" */
extern const char *const assay_speed_names[ASSAY_SPEEDS];

struct assay_variant {
    const struct assay_record *variant, *base;
    enum assay_speed speed;
    bool same_kernels;
    bool disturbed; /* either */
    double limit;   /* a ratio of times up to it is no difference */
    /* The base's median time over the variant's: above 1, the variant is
     * faster. From the ends of both intervals: the least and the largest; both
     * are 0 if they are not known. */
    double ratio, low, high;
    /* The base's bytes over the variant's: above 1, the variant is smaller. 0:
     * not known. */
    double file, weights;
};

/* All variants of a run that were measured along with their base, in the order
 * of the records; *variants is malloced. NOMEM. */
enum assay_status assay_variants_find(const struct assay_run_data *run,
                                      struct assay_variant **variants,
                                      size_t *n);

/* The limit of the run's comparisons; of a run without any, that of as many as
 * it has measured cases of models. NOMEM. */
enum assay_status assay_variants_limit(const struct assay_run_data *run,
                                       double *limit);

/* Whether two cases of one run are of one model, target, threads and batch size
 * and neither is called faster, whatever their times: on the same kernels, or
 * interrupted by other programs. */
bool assay_variants_untold(const struct assay_record *a,
                           const struct assay_record *b);

/* Whether all bases are called fp32, as what is said of all may say. */
bool assay_variants_of_fp32(const struct assay_variant *variants, size_t n);

/* "cnn int8 is slower than cnn fp32 on vulkan:0 at batch 1 (1.3x); file and
 * memory 3.9x smaller", malloced. NULL: no memory. */
char *assay_variant_text(const struct assay_variant *variant);

/* Of the same model, variant, target and threads; and with the same to be said
 * of their times. */
bool assay_variant_same(const struct assay_variant *a,
                        const struct assay_variant *b);
bool assay_variant_same_verdict(const struct assay_variant *a,
                                const struct assay_variant *b);

/* ": its zeros save no time on this target (runs dense: …)", why a variant with
 * zeros is no faster; " (interrupted by other programs)", why nothing is said
 * of its time; nothing if it is faster, or there is no reason to tell. */
void assay_variant_reason(FILE *out, const struct assay_variant *variant);

/* Sentences about a run's variants, added to `sentences` if there are any: how
 * many are faster, and each that is slower (its batch sizes together), since
 * that is what a compressed model is not expected to be. False: no memory. */
bool assay_variants_say(json_t *sentences, const struct assay_run_data *run);

/* [{"run", "case", "base", "speed": "faster", "slower", "same",
 * "inconclusive" or "unknown", "same_kernels", "limit", "ratio", "ratio_low",
 * "ratio_high", "file_ratio", "weights_ratio" (the last four null: not known),
 * "text"}, …] of all runs; case and base are the names of the cases. New
 * reference; NULL: no memory. */
json_t *assay_variants_to_json(const struct assay_run_data *const *runs,
                               size_t n);

#endif
