/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, s8, by oneDNN, which chooses the algorithm; images channels last,
 * weights in the library's own layout, zero point of x and bounds of y as
 * attributes. A peer, to compare with. Contract: conv2d.h and quantized.h. Row:
 * conv2d.def; test: test_kernels.c.
 */
#include "kernels/conv2d/conv2d_pack.h"
#include "kernels/onednn.h"

assay_cpu_function assay_conv2d_s8_onednn;
extern const struct assay_peer assay_conv2d_s8_onednn_peer;

static enum assay_status open_conv2d(const struct assay_problem *problem,
                                     const void *const *constants,
                                     size_t threads, void **state)
{
    const struct assay_conv2d *d = &problem->as.conv2d;
    /* It falls back to a GEMM there, whose results 2.6.3 gets wrong. */
    if (d->groups > 1 && (d->c / d->groups % 4 || d->k / d->groups % 4))
        return assay_fail(ASSAY_UNSUPPORTED,
                          "oneDNN: groups of s8 need a multiple of 4 channels");
    /* 2.6.3 gets some rows at the lower edge wrong there. */
    if (d->q.x_zero && d->stride_w > (d->s - 1) * d->dil_w + 1 &&
        (d->pad_top || d->pad_bottom))
        return assay_fail(ASSAY_UNSUPPORTED,
                          "oneDNN: no zero points of padded x where strides "
                          "leave out columns");
    return assay_onednn_convolution_open(
        &(struct assay_onednn_convolution){
            .dtype = problem->dtype,
            .output = assay_out_type(problem->dtype, d->q.out),
            .rows = ASSAY_WINDOW_ROWS(d),
            .columns = ASSAY_WINDOW_COLUMNS(d),
            .n = d->n,
            .c = d->c,
            .k = d->k,
            .groups = d->groups,
            .grouped = d->groups > 1,
            .weights = d->groups > 1 ? dnnl_gohwi : dnnl_ohwi,
            .bias = d->bias,
            .act = d->act,
            .q = &d->q},
        constants, threads, state);
}

void assay_conv2d_s8_onednn(const struct assay_cpu_call *call)
{
    assay_onednn_run(call);
}

const struct assay_peer assay_conv2d_s8_onednn_peer = {
    .open = open_conv2d,
    .close = assay_onednn_close,
    .configuration = assay_onednn_configuration,
};
