/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, f32, by oneDNN's inner product, the activation as a post-operation,
 * weights in the library's own layout. A peer, to compare with. Contract:
 * dense.h. Row: dense.def; test: test_kernels.c.
 */
#include "kernels/onednn.h"

assay_cpu_function assay_dense_f32_onednn;
extern const struct assay_peer assay_dense_f32_onednn_peer;

void assay_dense_f32_onednn(const struct assay_cpu_call *call)
{
    assay_onednn_run(call);
}

const struct assay_peer assay_dense_f32_onednn_peer = {
    .open = assay_onednn_dense_open,
    .close = assay_onednn_close,
    .configuration = assay_onednn_configuration,
};
