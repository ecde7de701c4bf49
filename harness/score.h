/* SPDX-License-Identifier: Apache-2.0
 *
 * How well a model classifies, tallied image by image. The class is the
 * largest output, the first of equal ones. Softmax of the outputs, in double,
 * gives the confidences. Outputs that are probabilities already are taken as
 * they are, divided by their sum. They are if every image's lie within 0 and
 * 1.001 and sum to 1 within 0.001 and what eight bits may do to `classes`
 * outputs: in steps of 1/256 each is off by up to half a step, and 1 itself by
 * a whole one, in all (classes + 1) / 512, of which at most 0.5 is allowed.
 * Which of the two it was is the record's `confidences`.
 *
 *     nll        mean of -ln(confidence of the label)
 *     ece        15 bins of equal width over the confidence p of the class,
 *                bin i holding i/15 < p <= (i+1)/15: the mean over images of
 *                |share that is right in the bin - mean p in the bin|
 *     precision  right / predicted as the class; null if none was
 *     recall     right / images of the class; null if there are none
 *     f1         2 right / (predicted + images); null if both are 0
 *     macro_f1   mean of f1 over the classes that have one
 */
#ifndef ASSAY_HARNESS_SCORE_H
#define ASSAY_HARNESS_SCORE_H

#include "record.h"

enum { ASSAY_SCORE_BINS = 15 };

struct assay_calibration {
    double nll; /* sum */
    double confidence[ASSAY_SCORE_BINS];
    int64_t images[ASSAY_SCORE_BINS], right[ASSAY_SCORE_BINS];
};

struct assay_scores {
    size_t classes, images, capacity;
    int64_t right;
    uint32_t *pairs;       /* [label][class] */
    uint16_t *predictions; /* as of a record */
    struct assay_calibration softmax, plain;
    bool distributions; /* all images' outputs so far are probabilities */
    bool numbers;       /* none so far is NaN */
    uint32_t crc;       /* of the outputs */
};

/* 2 to ASSAY_MOST_CLASSES classes and at most `images`. NOMEM. */
enum assay_status assay_scores_begin(struct assay_scores *scores,
                                     size_t classes, size_t images);
void assay_scores_end(struct assay_scores *scores);

/* One image: `outputs` of each class, and its label, below the classes. */
void assay_scores_add(struct assay_scores *scores, const float *outputs,
                      size_t label);

/* Set images, accuracy and its interval, nll, ece, confidences, macro_f1,
 * per_class, confusion, outputs_crc32 and the predictions. At least one image.
 */
void assay_scores_record(const struct assay_scores *scores,
                         struct assay_record *record);

/* The fields that only a model that was scored has are absent with `reason`. */
void assay_scores_absent(struct assay_record *record, const char *reason);

#endif
