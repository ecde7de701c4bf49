/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the parts of the step to int8: what is quantized (compress_plan.c),
 * what range its values have (compress_observe.c, compress_range.c), and the
 * rewriting (compress_int8.c).
 */
#ifndef ASSAY_SUITES_MODEL_COMPRESS_INT8_H
#define ASSAY_SUITES_MODEL_COMPRESS_INT8_H

#include "suites/model/compress_work.h"

/* A value that is quantized. */
struct assay_observed {
    uint32_t value;
    size_t same; /* the first observed with the same scale; may be itself */
    int64_t channels; /* size of dimension 1 if a layer corrects its bias by
                         their means; else 0 */
    double low, high; /* of all values seen, then the range */
    double *means;    /* [channels], or NULL */
    double count;     /* values of a channel so far */
    uint64_t *counts; /* [ASSAY_RANGE_BINS], or NULL */
};

enum { ASSAY_RANGE_BINS = 8192 };

/* What becomes of the nodes. An operation reads quantized values alone; its
 * result, behind an activation if there is one, is `end`. */
struct assay_int8_node {
    enum assay_int8_kind {
        ASSAY_INT8_FLOAT, /* stays as it is */
        ASSAY_INT8_LAYER,
        ASSAY_INT8_PAIR, /* the sum of two values */
        ASSAY_INT8_POOL,
        ASSAY_INT8_MOVER, /* output and input have one scale */
    } kind;
    uint32_t end;      /* value */
    uint32_t n_inputs; /* the first inputs of the node, that are quantized */
};

struct assay_int8_plan {
    struct assay_int8_node *nodes; /* by number */
    struct assay_layer *layers;    /* that are quantized */
    size_t n_layers;
    struct assay_observed *observed;
    size_t n_observed;
    size_t *place; /* by value: in `observed`, or SIZE_MAX */
};

/* From lowering.scratch. Layers that stay have the reason in their rows. */
enum assay_status assay_int8_plan(struct assay_work *work,
                                  struct assay_int8_plan *plan);

/* Run the model as it is on the CPU with the images, and set the ranges and
 * means. Sets report->images and images_of. */
enum assay_status
assay_int8_observe(struct assay_work *work,
                   const struct assay_compress_options *options,
                   struct assay_int8_plan *plan);

/* -- Ranges of counted values (compress_range.c) -- */

/* Counts are of bins of equal width from low to high. The range that leaves
 * out (100 - percentile) / 2 percent of the values at each end; within a bin
 * the values are taken to lie evenly. */
void assay_range_percentile(const uint64_t *counts, size_t bins, double low,
                            double high, double percentile, double *from,
                            double *to);

/* Counts are of magnitudes, bins of equal width from 0. The number of bins
 * within which `levels` equal steps lose least: of p, the counts with all
 * beyond added to the last bin, and q, the counts without, of which each
 * step's bins that hold any share its sum evenly, both scaled to 1, the least
 * sum of p log(p / max(q, 1e-9)). The first of equal ones, at least `levels`,
 * which is at most `bins`. Before that, a bin of more than four times the mean
 * of the eight on either side counts as that mean: constant backgrounds, whose
 * exact place would outweigh all else. All of them without memory. */
size_t assay_range_entropy(const uint64_t *counts, size_t bins, size_t levels);

/* Scale and zero point of int8 for a range, which is widened to hold 0. */
void assay_range_scale(double low, double high, float *scale, int8_t *zero);

#endif
