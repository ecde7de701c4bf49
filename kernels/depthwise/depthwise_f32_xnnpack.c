/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution, f32, by XNNPACK's convolution with one channel a
 * group; images and weights in our layout. Activations but relu and relu6 are
 * declined, as is what pads more than the window covers. A peer, to compare
 * with. Contract: depthwise.h. Row: depthwise.def; test: test_kernels.c.
 */
#include "kernels/act_finish.h"
#include "kernels/xnnpack_peer.h"

assay_cpu_function assay_depthwise_f32_xnnpack;
extern const struct assay_peer assay_depthwise_f32_xnnpack_peer;

static enum assay_status open_depthwise(const struct assay_problem *problem,
                                        const void *const *constants,
                                        size_t threads, void **state)
{
    const struct assay_depthwise *d = &problem->as.depthwise;
    struct assay_xnnpack *created;
    enum assay_status status = assay_xnnpack_open(d->act, threads, &created);
    if (status != ASSAY_OK)
        return status;
    const enum xnn_status code = xnn_create_convolution2d_nhwc_f32(
        (uint32_t)d->pad_top, (uint32_t)d->pad_right, (uint32_t)d->pad_bottom,
        (uint32_t)d->pad_left, (uint32_t)d->r, (uint32_t)d->s,
        (uint32_t)d->stride_h, (uint32_t)d->stride_w, (uint32_t)d->dil_h,
        (uint32_t)d->dil_w, (uint32_t)d->c, 1, 1, (size_t)d->c, (size_t)d->c,
        constants[0], constants[1], assay_act_low(d->act),
        assay_act_high(d->act), XNN_FLAG_DEPTHWISE_CONVOLUTION,
        &created->operator);
    if (code != xnn_status_success) {
        assay_xnnpack_close(created);
        return assay_xnnpack_fail("convolution", code);
    }
    *state = created;
    return ASSAY_OK;
}

void assay_depthwise_f32_xnnpack(const struct assay_cpu_call *call)
{
    const struct assay_depthwise *d = &call->problem->as.depthwise;
    struct assay_xnnpack *state = call->state;
    xnn_setup_convolution2d_nhwc_f32(
        state->operator,(size_t) d->n, (size_t)d->h, (size_t)d->w,
        call->inputs[0], call->output, state->pool);
    xnn_run_operator(state->operator, state->pool);
}

const struct assay_peer assay_depthwise_f32_xnnpack_peer = {
    .open = open_depthwise,
    .close = assay_xnnpack_close,
    .configuration = assay_xnnpack_configuration,
};
