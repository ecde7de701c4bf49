/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution, f32, by oneDNN's convolution with one channel a group;
 * images channels last, weights in the library's own layout, the activation as
 * a post-operation. A peer, to compare with. Contract: depthwise.h. Row:
 * depthwise.def; test: test_kernels.c.
 */
#include "kernels/depthwise/depthwise_pack.h"
#include "kernels/onednn.h"

assay_cpu_function assay_depthwise_f32_onednn;
extern const struct assay_peer assay_depthwise_f32_onednn_peer;

static enum assay_status open_depthwise(const struct assay_problem *problem,
                                        const void *const *constants,
                                        size_t threads, void **state)
{
    const struct assay_depthwise *d = &problem->as.depthwise;
    const int64_t out_h = assay_depthwise_out_h(d);
    const int64_t out_w = assay_depthwise_out_w(d);
    dnnl_memory_desc_t src, weights, any, bias = {0}, dst;
    dnnl_convolution_desc_t operation;
    dnnl_memory_desc_init_by_tag(&src, 4, (dnnl_dims_t){d->n, d->c, d->h, d->w},
                                 dnnl_f32, dnnl_nhwc);
    dnnl_memory_desc_init_by_tag(&weights, 5,
                                 (dnnl_dims_t){d->c, 1, 1, d->r, d->s},
                                 dnnl_f32, dnnl_hwigo);
    dnnl_memory_desc_init_by_tag(&any, 5, (dnnl_dims_t){d->c, 1, 1, d->r, d->s},
                                 dnnl_f32, dnnl_format_tag_any);
    if (d->bias)
        dnnl_memory_desc_init_by_tag(&bias, 1, (dnnl_dims_t){d->c}, dnnl_f32,
                                     dnnl_a);
    dnnl_memory_desc_init_by_tag(
        &dst, 4, (dnnl_dims_t){d->n, d->c, out_h, out_w}, dnnl_f32, dnnl_nhwc);
    /* The library wants padding that fits the stride exactly. */
    const int64_t bottom = (out_h - 1) * d->stride_h + (d->r - 1) * d->dil_h +
                           1 - d->h - d->pad_top;
    const int64_t right = (out_w - 1) * d->stride_w + (d->s - 1) * d->dil_w +
                          1 - d->w - d->pad_left;
    dnnl_status_t status = dnnl_dilated_convolution_forward_desc_init(
        &operation, dnnl_forward_inference, dnnl_convolution_auto, &src, &any,
        d->bias ? &bias : NULL, &dst, (dnnl_dims_t){d->stride_h, d->stride_w},
        (dnnl_dims_t){d->dil_h - 1, d->dil_w - 1},
        (dnnl_dims_t){d->pad_top, d->pad_left}, (dnnl_dims_t){bottom, right});
    if (status != dnnl_success)
        return assay_onednn_fail("convolution", status);
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

void assay_depthwise_f32_onednn(const struct assay_cpu_call *call)
{
    assay_onednn_run(call);
}

const struct assay_peer assay_depthwise_f32_onednn_peer = {
    .open = open_depthwise,
    .close = assay_onednn_close,
    .configuration = assay_onednn_configuration,
};
