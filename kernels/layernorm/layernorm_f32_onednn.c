/* SPDX-License-Identifier: Apache-2.0
 *
 * Layer normalization, f32, by oneDNN's. A peer, to compare with. Contract:
 * layernorm.h. Row: layernorm.def; test: test_kernels.c.
 */
#include "kernels/onednn.h"

assay_cpu_function assay_layernorm_f32_onednn;
extern const struct assay_peer assay_layernorm_f32_onednn_peer;

static enum assay_status open_layernorm(const struct assay_problem *problem,
                                        const void *const *constants,
                                        size_t threads, void **state)
{
    const struct assay_layernorm *d = &problem->as.layernorm;
    dnnl_memory_desc_t rows, mean, vector;
    dnnl_layer_normalization_desc_t operation;
    dnnl_memory_desc_init_by_tag(&rows, 2, (dnnl_dims_t){d->rows, d->cols},
                                 dnnl_f32, dnnl_ab);
    dnnl_memory_desc_init_by_tag(&mean, 1, (dnnl_dims_t){d->rows}, dnnl_f32,
                                 dnnl_a);
    dnnl_memory_desc_init_by_tag(&vector, 1, (dnnl_dims_t){d->cols}, dnnl_f32,
                                 dnnl_a);
    const unsigned flags =
        (d->affine ? dnnl_use_scale : 0u) | (d->bias ? dnnl_use_shift : 0u);
    dnnl_status_t status = dnnl_layer_normalization_forward_desc_init(
        &operation, dnnl_forward_inference, &rows, &mean, (float)d->eps, flags);
    if (status != dnnl_success)
        return assay_onednn_fail("layer normalization", status);
    return assay_onednn_open(
        &(struct assay_onednn_request){.operation = &operation,
                                       .src = &rows,
                                       .weights = d->affine ? &vector : NULL,
                                       .bias = d->bias ? &vector : NULL,
                                       .dst = &rows,
                                       .scales = true,
                                       .threads = threads,
                                       .constants = constants},
        state);
}

void assay_layernorm_f32_onednn(const struct assay_cpu_call *call)
{
    assay_onednn_run(call);
}

const struct assay_peer assay_layernorm_f32_onednn_peer = {
    .open = open_layernorm,
    .close = assay_onednn_close,
    .configuration = assay_onednn_configuration,
};
