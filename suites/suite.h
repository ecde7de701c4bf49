/* SPDX-License-Identifier: Apache-2.0
 *
 * A suite: what to measure, read from a YAML file. Example:
 *
 *     name: quickstart
 *     description: Four models on every target
 *     min_time: 0.2            # seconds of measuring a case, at least
 *     repetitions: 1
 *     kernels:
 *       - op: dense
 *         dtype: [f32, s8]     # f32 is the standard
 *         m: 512               # parameters as in the op's table; a list
 *         n: [256, 512]        # means one problem for each of its values
 *         k: 512               # (all combinations of lists)
 *         act: relu
 *       - op: conv2d
 *         h: 28
 *         w: 28
 *         c: 64
 *         k: 64
 *         window: 3            # r and s; stride, pad and dil likewise
 *         pad: 1
 *     models:
 *       - model: mlp           # a name in the zoo (with * and ?: all that
 *         batch: [1, 64]       # match), or a path to an ONNX file relative to
 *                              # the suite's own folder
 *         data: fashion        # folder of its images, relative likewise (see
 *                              # data/dataset.h); else the standard ones, which
 *                              # an ONNX file has not. --data DIR of the
 *                              # command line goes before
 *         base: my.onnx        # of a file: the model that it is a variant of,
 *                              # measured too
 *         images: 10000        # of the test set, for accuracy
 *         except:              # the first that matches a target holds
 *           - backend: vulkan
 *             class: cpu       # cpu or gpu; both if left out
 *             images: 1000     # a smaller, labelled subset …
 *           - backend: vulkan
 *             class: cpu
 *             skip: reason     # … or not at all, and why
 *
 * A suite is untrusted input: at most 1 MiB, 10,000 problems; unknown or
 * repeated keys, wrong types and values out of range are INVALID with file,
 * line and key. A suite owns its texts; it is immutable once read.
 */
#ifndef ASSAY_SUITES_SUITE_H
#define ASSAY_SUITES_SUITE_H

#include "kernels/kernel.h"

struct assay_suite_exception {
    enum assay_api api;
    enum assay_device_class device_class; /* ASSAY_CLASS_ANY: both */
    int64_t images;                       /* 0: unchanged */
    char *skip;                           /* NULL: not skipped */
};

struct assay_suite_model {
    char *model; /* name or path, as written */
    char *data;  /* folder, as written, or NULL */
    char *base;  /* name or path, as written, or NULL */
    int64_t *batches;
    size_t n_batches;
    int64_t images; /* 0: the whole test set */
    struct assay_suite_exception *exceptions;
    size_t n_exceptions;
};

struct assay_suite {
    char *name, *description, *path;
    double min_time;     /* seconds; 0: the program's standard */
    int64_t repetitions; /* 0: likewise */
    struct assay_problem *problems;
    size_t n_problems;
    struct assay_suite_model *models;
    size_t n_models;
};

/* Read a suite by name (NAME.yaml in the suites folder) or by path (it holds
 * a slash or ends in .yaml). An unknown name lists those there are. */
enum assay_status assay_suite_load(const char *name_or_path,
                                   struct assay_suite **suite);
void assay_suite_free(struct assay_suite **suite);

#endif
