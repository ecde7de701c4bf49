/* SPDX-License-Identifier: Apache-2.0
 *
 * ONNX's own tests of its operators: a folder each, with model.onnx and
 * test_data_set_0/{input,output}_N.pb. A test goes through the reader, the
 * lowering and a program on a device like any model, and its outputs must be
 * of the same type and shape as the stored ones, with
 *
 *     |x - stored| <= 1e-7 + 1e-3 |stored|
 *
 * for floats and equal integers (the tolerance of ONNX's own runner).
 *
 * Weights are inputs of these graphs, where lowering needs constants: as few
 * inputs as possible are bound to the test's values before lowering, the first
 * one last. What then runs on the device is told: a test that only renames or
 * folds runs no kernel.
 * Source of the layout: https://github.com/onnx/onnx/blob/v1.12.0/onnx/
 * backend/test/runner/__init__.py
 */
#ifndef ASSAY_HARNESS_NODE_TEST_H
#define ASSAY_HARNESS_NODE_TEST_H

#include <stdbool.h>

#include "backends/backend.h"

struct assay_node_result {
    const char *status; /* "pass", "fail" or "skip" */
    char reason[400];   /* "" if it passed */
    char kernels[300];  /* the ops that ran, parted by spaces */
    size_t steps;       /* how many */
    unsigned bound;     /* inputs given to the lowering, one bit each */
};

/* Carry out the test in `folder` on the device; timeout of a run, ns. */
void assay_node_test(const char *folder, struct assay_device *device,
                     uint64_t timeout_ns, struct assay_node_result *result);

#endif
