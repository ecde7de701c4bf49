/* SPDX-License-Identifier: Apache-2.0 */
#include "score.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "stats.h"

/* How far beyond 1 a probability may be, and beside it the sum of an image's.
 */
#define ROUNDING 1e-3

enum assay_status assay_scores_begin(struct assay_scores *s, size_t classes,
                                     size_t images)
{
    *s = (struct assay_scores){.classes = classes,
                               .capacity = images,
                               .distributions = true,
                               .numbers = true};
    s->pairs = calloc(classes * classes, sizeof *s->pairs);
    s->predictions = calloc(images, sizeof *s->predictions);
    if (s->pairs && s->predictions)
        return ASSAY_OK;
    assay_scores_end(s);
    return assay_fail(ASSAY_NOMEM, "no memory for the scores");
}

void assay_scores_end(struct assay_scores *s)
{
    free(s->pairs);
    free(s->predictions);
    *s = (struct assay_scores){0};
}

static void calibrate(struct assay_calibration *c, double nll,
                      double confidence, bool right)
{
    const double place = ceil(confidence * ASSAY_SCORE_BINS) - 1;
    const size_t bin = !(place > 0)                   ? 0
                       : place < ASSAY_SCORE_BINS - 1 ? (size_t)place
                                                      : ASSAY_SCORE_BINS - 1;
    c->nll += nll;
    c->images[bin]++;
    c->right[bin] += right;
    c->confidence[bin] += confidence;
}

/* How far from 1 the sum of an image's probabilities may be in all. */
static double sum_tolerance(size_t classes)
{
    return ROUNDING + fmin((double)(classes + 1) / 512, 0.5);
}

void assay_scores_add(struct assay_scores *s, const float *y, size_t label)
{
    size_t best = 0;
    double sum = 0, exponentials = 0;
    for (size_t i = 1; i < s->classes; i++)
        if (y[i] > y[best])
            best = i;
    for (size_t i = 0; i < s->classes; i++) {
        s->numbers = s->numbers && !isnan(y[i]);
        s->distributions =
            s->distributions && y[i] >= 0 && (double)y[i] <= 1 + ROUNDING;
        sum += (double)y[i];
        exponentials += exp((double)y[i] - (double)y[best]);
    }
    s->distributions =
        s->distributions && fabs(sum - 1) <= sum_tolerance(s->classes);
    const bool right = best == label;
    calibrate(&s->softmax,
              log(exponentials) + (double)y[best] - (double)y[label],
              1 / exponentials, right);
    calibrate(&s->plain, -log((double)y[label] / sum), (double)y[best] / sum,
              right);
    s->crc = (uint32_t)crc32(s->crc, (const unsigned char *)y,
                             (uInt)(s->classes * sizeof *y));
    s->pairs[label * s->classes + best]++;
    s->right += right;
    s->predictions[s->images++] = (uint16_t)(2 * best + right);
}

static void set_calibration(const struct assay_scores *s,
                            struct assay_record *record)
{
    const struct assay_calibration *c =
        s->distributions ? &s->plain : &s->softmax;
    double error = 0;
    if (!s->numbers) {
        assay_record_absent(record, ASSAY_FIELD_nll, "an output is NaN");
        assay_record_absent(record, ASSAY_FIELD_ece, "an output is NaN");
        assay_record_absent(record, ASSAY_FIELD_confidences,
                            "an output is NaN");
        return;
    }
    for (size_t i = 0; i < ASSAY_SCORE_BINS; i++)
        error += fabs((double)c->right[i] - c->confidence[i]);
    /* -0 where every label is certain. */
    if (s->distributions && isinf(c->nll))
        assay_record_absent(record, ASSAY_FIELD_nll,
                            "infinite: a label's probability is 0");
    else
        assay_record_real(record, ASSAY_FIELD_nll,
                          fabs(c->nll / (double)s->images));
    assay_record_text(record, ASSAY_FIELD_confidences,
                      s->distributions ? "probabilities" : "softmax");
    assay_record_real(record, ASSAY_FIELD_ece, error / (double)s->images);
}

static json_t *share(double part, double whole)
{
    return whole > 0 ? json_real(part / whole) : json_null();
}

static void set_classes(const struct assay_scores *s,
                        struct assay_record *record)
{
    json_t *list = json_array();
    double sum = 0;
    size_t have = 0;
    for (size_t k = 0; k < s->classes; k++) {
        double images = 0, predicted = 0;
        for (size_t i = 0; i < s->classes; i++) {
            images += s->pairs[k * s->classes + i];
            predicted += s->pairs[i * s->classes + k];
        }
        const double right = s->pairs[k * s->classes + k];
        if (images + predicted > 0) {
            sum += 2 * right / (images + predicted);
            have++;
        }
        json_array_append_new(
            list,
            json_pack("{s:i, s:I, s:I, s:o, s:o, s:o}", "class", (int)k,
                      "images", (json_int_t)images, "predicted",
                      (json_int_t)predicted, "precision",
                      share(right, predicted), "recall", share(right, images),
                      "f1", share(2 * right, images + predicted)));
    }
    /* A row that could not be made was not appended. */
    const bool whole = json_array_size(list) == s->classes;
    assay_record_json(record, ASSAY_FIELD_per_class, whole ? list : NULL);
    assay_record_real(record, ASSAY_FIELD_macro_f1, sum / (double)have);
    json_decref(list);
}

static void set_confusion(const struct assay_scores *s,
                          struct assay_record *record)
{
    char reason[100];
    if (s->classes > ASSAY_MOST_CONFUSED) {
        snprintf(reason, sizeof reason,
                 "%zu classes: the matrix is kept for %d at most", s->classes,
                 ASSAY_MOST_CONFUSED);
        assay_record_absent(record, ASSAY_FIELD_confusion, reason);
        return;
    }
    json_t *matrix = json_array();
    bool whole = true;
    for (size_t k = 0; k < s->classes; k++) {
        json_t *row = json_array();
        for (size_t i = 0; i < s->classes; i++)
            whole &= !json_array_append_new(
                row, json_integer(s->pairs[k * s->classes + i]));
        whole &= !json_array_append_new(matrix, row);
    }
    assay_record_json(record, ASSAY_FIELD_confusion, whole ? matrix : NULL);
    json_decref(matrix);
}

void assay_scores_record(const struct assay_scores *s,
                         struct assay_record *record)
{
    char crc[16];
    double low, high;
    assay_record_int(record, ASSAY_FIELD_images, (int64_t)s->images);
    assay_record_real(record, ASSAY_FIELD_accuracy,
                      (double)s->right / (double)s->images);
    if (assay_wilson(s->right, (int64_t)s->images, &low, &high)) {
        assay_record_real(record, ASSAY_FIELD_accuracy_low, low);
        assay_record_real(record, ASSAY_FIELD_accuracy_high, high);
    }
    snprintf(crc, sizeof crc, "%08x", (unsigned)s->crc);
    assay_record_text(record, ASSAY_FIELD_outputs_crc32, crc);
    set_calibration(s, record);
    set_classes(s, record);
    set_confusion(s, record);
    assay_record_predictions(record, s->predictions, s->images);
}

void assay_scores_absent(struct assay_record *record, const char *reason)
{
    static const enum assay_field fields[] = {
        ASSAY_FIELD_accuracy,   ASSAY_FIELD_nll,       ASSAY_FIELD_ece,
        ASSAY_FIELD_macro_f1,   ASSAY_FIELD_per_class, ASSAY_FIELD_confusion,
        ASSAY_FIELD_confidences};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        assay_record_absent(record, fields[i], reason);
}
