/* SPDX-License-Identifier: Apache-2.0 */
#include "compare_accuracy.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "stats.h"

#define SIGNIFICANT 0.01

struct score {
    double share;
    int64_t images, hits;
    int64_t strayed; /* predictions unlike the recipe's; -1: not known */
};

static bool score_of(const struct assay_record *record, struct score *s)
{
    double images, agreement;
    if (!assay_record_number(record, ASSAY_FIELD_accuracy, &s->share) ||
        !assay_record_number(record, ASSAY_FIELD_images, &images) ||
        !(s->share >= 0 && s->share <= 1) || !(images >= 1 && images <= 1e9))
        return false;
    s->images = (int64_t)images;
    s->hits = llround(s->share * images);
    s->strayed = -1;
    if (assay_record_number(record, ASSAY_FIELD_agreement, &agreement) &&
        agreement >= 0 && agreement <= 1)
        s->strayed = llround((1 - agreement) * images);
    return true;
}

/* The largest p of McNemar's test that the figures allow: the difference of
 * the discordant pairs is known, their number at most `differ`. */
static double largest_p(int64_t change, int64_t differ)
{
    const int64_t size = change < 0 ? -change : change;
    if (differ < size)
        differ = size;
    const int64_t fewer = (differ - size) / 2;
    return assay_mcnemar(fewer, fewer + size);
}

/* Whether Newcombe's 95 % interval of new - base lies below zero. */
static bool surely_below(const struct score *base, const struct score *now)
{
    double l1, u1, l2, u2;
    if (!assay_wilson(now->hits, now->images, &l1, &u1) ||
        !assay_wilson(base->hits, base->images, &l2, &u2))
        return false;
    const double up = u1 - now->share, down = base->share - l2;
    return now->share - base->share + sqrt(up * up + down * down) < 0;
}

/* Whether both tell their data, and these are not the same. */
static bool of_other_data(const struct assay_compared *k)
{
    const char *base =
        assay_record_text_or(k->base, ASSAY_FIELD_dataset_crc32, "");
    const char *now =
        assay_record_text_or(k->now, ASSAY_FIELD_dataset_crc32, "");
    return *base && *now && strcmp(base, now) != 0;
}

/* Nothing follows from the accuracies; a slowdown stays one. */
static void refuse_other_data(struct assay_compared *k)
{
    const size_t used = strlen(k->why);
    if (k->outcome == ASSAY_OUTCOME_PASS) {
        k->verdict = ASSAY_VERDICT_INCONCLUSIVE;
        k->outcome = ASSAY_OUTCOME_UNSURE;
    }
    snprintf(k->why + used, sizeof k->why - used,
             "%saccuracies of different data: %.40s (CRC-32 %.8s), was %.40s "
             "(CRC-32 %.8s)",
             used ? "; " : "",
             assay_record_text_or(k->now, ASSAY_FIELD_dataset, ""),
             assay_record_text_or(k->now, ASSAY_FIELD_dataset_crc32, ""),
             assay_record_text_or(k->base, ASSAY_FIELD_dataset, ""),
             assay_record_text_or(k->base, ASSAY_FIELD_dataset_crc32, ""));
}

void assay_compare_accuracy(struct assay_compared *k)
{
    struct score base, now;
    if (!score_of(k->base, &base))
        return;
    if (!score_of(k->now, &now)) {
        const char *reason = k->now->fields[ASSAY_FIELD_accuracy].text;
        if (k->outcome == ASSAY_OUTCOME_PASS)
            k->outcome = ASSAY_OUTCOME_UNSURE;
        if (k->outcome == ASSAY_OUTCOME_UNSURE)
            snprintf(k->why, sizeof k->why,
                     "the new run has no accuracy%s%.150s", reason ? ": " : "",
                     reason ? reason : "");
        return;
    }
    if (of_other_data(k)) {
        refuse_other_data(k);
        return;
    }
    const char *why;
    const bool exact = assay_paired_count(k->now, k->base, &k->paired, &why);
    const bool paired = exact || (base.images == now.images &&
                                  base.strayed >= 0 && now.strayed >= 0);
    k->accurate = true;
    k->accuracy_change = now.share - base.share;
    k->accuracy_p =
        exact    ? k->paired.p
        : paired ? largest_p(now.hits - base.hits, base.strayed + now.strayed)
                 : -1;
    const bool fewer =
        exact ? k->paired.worse > k->paired.better : now.hits < base.hits;
    if (paired ? !fewer || k->accuracy_p >= SIGNIFICANT
               : !surely_below(&base, &now))
        return;
    k->verdict = ASSAY_VERDICT_LESS_ACCURATE;
    k->outcome = ASSAY_OUTCOME_FAIL;
    char proof[40] = "95 % interval below 0";
    if (paired)
        snprintf(proof, sizeof proof, "p %s %.2g",
                 exact ? "=" : "<=", k->accuracy_p);
    snprintf(k->why, sizeof k->why,
             "accuracy %.2f %%, was %.2f %% (%.2f points, %s)", 100 * now.share,
             100 * base.share, 100 * k->accuracy_change, proof);
}
