/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, f32, by oneDNN's inner product, the activation as a post-operation,
 * weights in the library's own layout. A peer, to compare with. Contract:
 * dense.h. Row: dense.def; test: test_kernels.c.
 */
#include "kernels/onednn.h"

assay_cpu_function assay_dense_f32_onednn;
extern const struct assay_peer assay_dense_f32_onednn_peer;

static enum assay_status open_dense(const struct assay_problem *problem,
                                    const void *const *constants,
                                    size_t threads, void **state)
{
    const struct assay_dense *d = &problem->as.dense;
    dnnl_memory_desc_t src, weights, any, bias = {0}, dst;
    dnnl_inner_product_desc_t operation;
    dnnl_memory_desc_init_by_tag(&src, 2, (dnnl_dims_t){d->m, d->k}, dnnl_f32,
                                 dnnl_ab);
    dnnl_memory_desc_init_by_tag(&weights, 2, (dnnl_dims_t){d->n, d->k},
                                 dnnl_f32, dnnl_ab);
    dnnl_memory_desc_init_by_tag(&any, 2, (dnnl_dims_t){d->n, d->k}, dnnl_f32,
                                 dnnl_format_tag_any);
    if (d->bias)
        dnnl_memory_desc_init_by_tag(&bias, 1, (dnnl_dims_t){d->n}, dnnl_f32,
                                     dnnl_a);
    dnnl_memory_desc_init_by_tag(&dst, 2, (dnnl_dims_t){d->m, d->n}, dnnl_f32,
                                 dnnl_ab);
    dnnl_status_t status = dnnl_inner_product_forward_desc_init(
        &operation, dnnl_forward_inference, &src, &any, d->bias ? &bias : NULL,
        &dst);
    if (status != dnnl_success)
        return assay_onednn_fail("inner product", status);
    return assay_onednn_open(
        &(struct assay_onednn_request){.operation = &operation,
                                       .src = &src,
                                       .weights = &weights,
                                       .bias = &bias,
                                       .dst = &dst,
                                       .act = d->act,
                                       .threads = threads,
                                       .constants = constants},
        state);
}

void assay_dense_f32_onednn(const struct assay_cpu_call *call)
{
    assay_onednn_run(call);
}

const struct assay_peer assay_dense_f32_onednn_peer = {
    .open = open_dense,
    .close = assay_onednn_close,
    .configuration = assay_onednn_configuration,
};
