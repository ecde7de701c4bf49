/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution, s8, by oneDNN's convolution with one channel a group;
 * images channels last, weights in the library's own layout, zero point of x
 * and bounds of y as attributes. A peer, to compare with. Contract: depthwise.h
 * and quantized.h. Row: depthwise.def; test: test_kernels.c.
 */
#include "kernels/depthwise/depthwise_pack.h"
#include "kernels/onednn.h"

assay_cpu_function assay_depthwise_s8_onednn;
extern const struct assay_peer assay_depthwise_s8_onednn_peer;

static enum assay_status open_depthwise(const struct assay_problem *problem,
                                        const void *const *constants,
                                        size_t threads, void **state)
{
    const struct assay_depthwise *d = &problem->as.depthwise;
    return assay_onednn_convolution_open(
        &(struct assay_onednn_convolution){
            .dtype = problem->dtype,
            .output = assay_out_type(problem->dtype, d->q.out),
            .rows = ASSAY_WINDOW_ROWS(d),
            .columns = ASSAY_WINDOW_COLUMNS(d),
            .n = d->n,
            .c = d->c,
            .k = d->c,
            .groups = d->c,
            .grouped = true,
            .weights = dnnl_hwigo,
            .bias = d->bias,
            .act = d->act,
            .q = &d->q},
        constants, threads, state);
}

void assay_depthwise_s8_onednn(const struct assay_cpu_call *call)
{
    assay_onednn_run(call);
}

const struct assay_peer assay_depthwise_s8_onednn_peer = {
    .open = open_depthwise,
    .close = assay_onednn_close,
    .configuration = assay_onednn_configuration,
};
