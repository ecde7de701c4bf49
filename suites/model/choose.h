/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense or sparse: which kernel a layer with zeros among its weights gets, by
 * times on the device that will run it, with its own weights and shape. A
 * sparse kernel must be 3 % faster than the dense one. That takes a few
 * milliseconds a layer, 60 at most, and 2 s a program; on a machine too busy
 * for it a table of times (kernels/sparse/sparse_choose.h) decides. Only a
 * program's steps change by this; a lowering and its reference stay dense.
 *
 * $ASSAY_SPARSE: auto (or unset), dense (measure nothing), sparse (the fastest
 * sparse kernel even if dense is faster); any other value is INVALID.
 */
#ifndef ASSAY_SUITES_MODEL_CHOOSE_H
#define ASSAY_SUITES_MODEL_CHOOSE_H

#include "suites/model/model.h"

enum assay_chooser_mode {
    ASSAY_CHOOSE_AUTO,
    ASSAY_CHOOSE_DENSE,
    ASSAY_CHOOSE_SPARSE
};

/* Of one program. */
struct assay_chooser {
    struct assay_device *device;
    enum assay_chooser_mode mode;
    uint64_t left_ns; /* for measuring; compiling is not counted */
};

enum assay_status assay_chooser_start(struct assay_device *device,
                                      struct assay_chooser *chooser);

/* *problem: what the step is to run as, with the constants that it has.
 * *choice is filled and *considered true for layers whose weights are zeros in
 * a quarter or more; a layer that no sparse kernel can take is one of them. */
enum assay_status assay_choose(struct assay_chooser *chooser,
                               const struct assay_lowered_step *step,
                               struct assay_problem *problem,
                               struct assay_layer_choice *choice,
                               bool *considered);

#endif
