/* SPDX-License-Identifier: Apache-2.0
 *
 * Softmax of rows, f32, by oneDNN's softmax. A peer, to compare with. Contract:
 * softmax.h. Row: softmax.def; test: test_kernels.c.
 */
#include "kernels/onednn.h"

assay_cpu_function assay_softmax_f32_onednn;
extern const struct assay_peer assay_softmax_f32_onednn_peer;

static enum assay_status open_softmax(const struct assay_problem *problem,
                                      const void *const *constants,
                                      size_t threads, void **state)
{
    const struct assay_softmax *d = &problem->as.softmax;
    dnnl_memory_desc_t rows;
    dnnl_softmax_v2_desc_t operation;
    (void)constants;
    dnnl_memory_desc_init_by_tag(&rows, 2, (dnnl_dims_t){d->rows, d->cols},
                                 dnnl_f32, dnnl_ab);
    dnnl_status_t status = dnnl_softmax_v2_forward_desc_init(
        &operation, dnnl_forward_inference, dnnl_softmax_accurate, &rows, &rows,
        1);
    if (status != dnnl_success)
        return assay_onednn_fail("softmax", status);
    return assay_onednn_open(
        &(struct assay_onednn_request){.operation = &operation,
                                       .src = &rows,
                                       .dst = &rows,
                                       .threads = threads},
        state);
}

void assay_softmax_f32_onednn(const struct assay_cpu_call *call)
{
    assay_onednn_run(call);
}

const struct assay_peer assay_softmax_f32_onednn_peer = {
    .open = open_softmax,
    .close = assay_onednn_close,
    .configuration = assay_onednn_configuration,
};
