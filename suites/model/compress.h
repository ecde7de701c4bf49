/* SPDX-License-Identifier: Apache-2.0
 *
 * Compression: an ONNX file becomes a smaller or faster one that any runtime
 * can execute. What changes are the layers: Conv, Gemm and MatMul with constant
 * weights. The steps, each if it is asked for, in this order:
 *
 *   channels   whole output channels are taken out, with all that reads them
 *   low rank   a layer becomes two thinner ones (singular values)
 *   prune      weights become zero by magnitude
 *   share      K values a layer: float[K] and uint8 indices, Cast, Gather
 *   int8       QuantizeLinear and DequantizeLinear around the layers
 *   half       float16 inside, Cast at the input and the output
 *
 * A layer that a step has to leave as it is has the reason in its row. Weights
 * with many zeros are sparse initializers in the result, where that is smaller.
 */
#ifndef ASSAY_SUITES_MODEL_COMPRESS_H
#define ASSAY_SUITES_MODEL_COMPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/status.h"

enum assay_pattern {
    ASSAY_PATTERN_UNSTRUCTURED, /* any weights */
    ASSAY_PATTERN_NM24,         /* two of four successive inputs of an output */
    ASSAY_PATTERN_BLOCK16, /* 16 outputs by one input (sparse.h: block16x1) */
};

enum assay_calibration {
    ASSAY_CALIBRATION_MINMAX,
    ASSAY_CALIBRATION_PERCENTILE,
    ASSAY_CALIBRATION_ENTROPY, /* least Kullback-Leibler divergence */
};

/* At least so many images to calibrate with; more serve better. */
enum { ASSAY_CALIBRATE_LEAST = 32, ASSAY_CALIBRATE_STANDARD = 1024 };

struct assay_compress_options {
    bool prune;
    enum assay_pattern pattern;
    double fraction;   /* of the weights, within (0, 1); not of NM24 */
    bool prune_layers; /* that fraction of each layer, not of all together */
    double channels;   /* fraction within (0, 1); 0: none */
    bool channels_global;
    int64_t rank;  /* ≥ 1; 0: see energy */
    double energy; /* of the squared singular values, within (0, 1]; 0: none */
    int64_t share; /* 2 to 256 values; 0: none */
    bool half, int8;
    bool dense; /* no sparse initializers, for runtimes that cannot read them */
    const char *data; /* folder of the images; NULL: Debian's Fashion-MNIST */
    enum assay_calibration calibration;
    double percentile; /* within (50, 100]: of the values, both ends together */
    int64_t images;    /* to calibrate with, from the first on; 0: standard */
    bool per_tensor;   /* one scale for all weights of a layer */
    bool keep_bias;    /* no correction of the biases */
    const char *text;  /* for the file's metadata (assay.compress), which also
                          tells the SHA-256 of `path` (assay.base_sha256) */
};

/* A layer as it was in the file, and what became of it. */
struct assay_compress_row {
    char layer[64], op[24], shape[64]; /* "" if it is not known */
    char done[64];  /* the steps: "prune, share"; "": it is as it was */
    char left[256]; /* steps that left it, and why; "" only with `done` */
    int64_t weights_before, weights_after, zeros; /* elements */
    size_t bytes_before, bytes_after;             /* of weights in the file */
    double error; /* relative root mean square of the change of the weights;
                     steps add in squares */
};

struct assay_compress_report {
    struct assay_compress_row *rows;
    size_t n_rows, changed, left; /* changed + left = n_rows */
    size_t partly;                /* changed, but left by another step */
    size_t file_before, file_after;
    int64_t weights_before, weights_after; /* of all layers, no biases */
    size_t images;                         /* that calibrated */
    char images_of[160]; /* what these are: "training images of NAME" */
    size_t clamped;      /* values beyond float16, now ±65504 */
};

/* Compress the file `path` to `out`, which may be the same and is replaced
 * whole or not at all. INVALID and UNSUPPORTED: the file, the options or the
 * data do not serve; IO: writing failed, or a library is missing. Where no
 * layer at all would be changed, nothing is written either: INVALID. The report
 * is to be freed; NULL after any failure but the last, where its rows have the
 * reasons. */
enum assay_status assay_compress(const char *path, const char *out,
                                 const struct assay_compress_options *options,
                                 struct assay_compress_report **report);
void assay_compress_report_free(struct assay_compress_report **report);

#endif
