/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, f32, by oneDNN, which chooses the algorithm; images channels last,
 * weights in the library's own layout, the activation as a post-operation. A
 * peer, to compare with. Contract: conv2d.h. Row: conv2d.def; test:
 * test_kernels.c.
 */
#include "kernels/conv2d/conv2d_pack.h"
#include "kernels/onednn.h"

assay_cpu_function assay_conv2d_f32_onednn;
extern const struct assay_peer assay_conv2d_f32_onednn_peer;

/* Our weights [k][r][s][c/groups] in the library's order of dimensions, which
 * has groups in front if there are any. */
static void describe_weights(const struct assay_conv2d *d,
                             dnnl_memory_desc_t *plain, dnnl_memory_desc_t *any)
{
    const dnnl_dims_t grouped = {d->groups, d->k / d->groups, d->c / d->groups,
                                 d->r, d->s};
    const bool one = d->groups == 1;
    dnnl_memory_desc_init_by_tag(plain, one ? 4 : 5, grouped + one, dnnl_f32,
                                 one ? dnnl_ohwi : dnnl_gohwi);
    dnnl_memory_desc_init_by_tag(any, one ? 4 : 5, grouped + one, dnnl_f32,
                                 dnnl_format_tag_any);
}

static enum assay_status open_conv2d(const struct assay_problem *problem,
                                     const void *const *constants,
                                     size_t threads, void **state)
{
    const struct assay_conv2d *d = &problem->as.conv2d;
    dnnl_memory_desc_t src, weights, any, bias = {0}, dst;
    dnnl_convolution_desc_t operation;
    dnnl_memory_desc_init_by_tag(&src, 4, (dnnl_dims_t){d->n, d->c, d->h, d->w},
                                 dnnl_f32, dnnl_nhwc);
    describe_weights(d, &weights, &any);
    if (d->bias)
        dnnl_memory_desc_init_by_tag(&bias, 1, (dnnl_dims_t){d->k}, dnnl_f32,
                                     dnnl_a);
    dnnl_memory_desc_init_by_tag(
        &dst, 4,
        (dnnl_dims_t){d->n, d->k, assay_conv2d_out_h(d), assay_conv2d_out_w(d)},
        dnnl_f32, dnnl_nhwc);
    /* The library wants padding that fits the stride exactly. */
    const int64_t bottom = (assay_conv2d_out_h(d) - 1) * d->stride_h +
                           (d->r - 1) * d->dil_h + 1 - d->h - d->pad_top;
    const int64_t right = (assay_conv2d_out_w(d) - 1) * d->stride_w +
                          (d->s - 1) * d->dil_w + 1 - d->w - d->pad_left;
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

void assay_conv2d_f32_onednn(const struct assay_cpu_call *call)
{
    assay_onednn_run(call);
}

const struct assay_peer assay_conv2d_f32_onednn_peer = {
    .open = open_conv2d,
    .close = assay_onednn_close,
    .configuration = assay_onednn_configuration,
};
