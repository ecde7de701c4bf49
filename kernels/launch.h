/* SPDX-License-Identifier: Apache-2.0
 *
 * How a device row's launch is laid out where the number of work-groups may
 * exceed what one dimension holds.
 */
#ifndef ASSAY_KERNELS_LAUNCH_H
#define ASSAY_KERNELS_LAUNCH_H

#include <string.h>

#include "kernels/kernel.h"

/* What every Vulkan device allows in one dimension. */
#define ASSAY_MAX_GROUPS 65535u

/* `count` ≥ 1 groups of local_x × 1 × 1 work-items, as a row or, where that is
 * too long, as a rectangle that holds at least `count`: group_number() of
 * comp.glsl numbers them, and those past the last have nothing to do. */
static inline void assay_launch_groups(struct assay_launch *launch,
                                       uint64_t count, uint32_t local_x)
{
    const uint64_t rows = (count + ASSAY_MAX_GROUPS - 1) / ASSAY_MAX_GROUPS;
    launch->groups[0] = (uint32_t)((count + rows - 1) / rows);
    launch->groups[1] = (uint32_t)rows;
    launch->groups[2] = 1;
    launch->local[0] = local_x;
    launch->local[1] = launch->local[2] = 1;
}

/* UNSUPPORTED if an invocation's loops take more turns than the driver grants;
 * `turns` is an upper bound. loop.glsl makes them fewer. */
static inline enum assay_status
assay_launch_turns(const struct assay_row *row,
                   const struct assay_launch *launch, int64_t turns)
{
    if (launch->loop_turns == 0 || turns <= launch->loop_turns)
        return ASSAY_OK;
    return assay_fail(ASSAY_UNSUPPORTED,
                      "%s: needs %lld turns of loops, and the driver ends them "
                      "after %lld",
                      row->symbol, (long long)turns,
                      (long long)launch->loop_turns);
}

/* Steps that a turn of loop.glsl takes. */
#define ASSAY_LOOP_STEPS 8

/* The activation of an OpenCL row as act.cl takes it, or of a Vulkan row with
 * act_between of act.glsl: none, relu and relu6 by the next two words, which
 * are the bits of the bounds low and high, the others at compile time by
 * spec[0]. Call before the row's own spec values. */
static inline void assay_launch_act(struct assay_launch *launch, int64_t act)
{
    const uint32_t infinity = 0x7f800000, six = 0x40c00000;
    const bool above_zero = act == ASSAY_ACT_RELU || act == ASSAY_ACT_RELU6;
    launch->words[launch->n_words++] = above_zero ? 0 : infinity | 0x80000000;
    launch->words[launch->n_words++] = act == ASSAY_ACT_RELU6 ? six : infinity;
    launch->spec[launch->n_spec++] =
        act == ASSAY_ACT_NONE || above_zero ? 0 : (uint32_t)act;
}

/* What requantize.cl and requantize.glsl take, for an op's problem of the
 * dtype: three words (low, high, y_zero) and one spec value, the type of y. */
static inline void assay_launch_requantize(struct assay_launch *launch,
                                           enum assay_dtype dtype,
                                           const struct assay_quantized *q)
{
    const float low = (float)(q->low - q->y_zero);
    const float high = (float)(q->high - q->y_zero);
    memcpy(&launch->words[launch->n_words++], &low, sizeof low);
    memcpy(&launch->words[launch->n_words++], &high, sizeof high);
    launch->words[launch->n_words++] = (uint32_t)(int32_t)q->y_zero;
    launch->spec[launch->n_spec++] = (uint32_t)assay_out_type(dtype, q->out);
}

/* The groups of an elementwise op over n elements, and two words: n and what a
 * group takes of it, in elements (OpenCL) or in runs of four, the last of which
 * may be part of one (Vulkan). */
void assay_launch_span(const struct assay_row *row, int64_t n,
                       struct assay_launch *launch);

/* The launch of an elementwise op with an activation over n elements; the words
 * are n and the elements of a work-group. */
enum assay_status assay_launch_elements(const struct assay_row *row, int64_t n,
                                        int64_t act,
                                        struct assay_launch *launch);

/* The launch of an op that works on each of `rows` rows of `cols` elements. The
 * words are rows, cols and the rows of a group. That is: on a GPU, one for each
 * of its teams (team.cl, team.glsl); on an OpenCL CPU driver, as many as its
 * one work-item takes in turn; on a Vulkan CPU driver, one for each invocation,
 * with spec[0] telling whether cols is a multiple of four, which then takes
 * them so, in `passes` loops of loop.glsl over the row. */
enum assay_status assay_launch_rows(const struct assay_row *row, int64_t rows,
                                    int64_t cols, int64_t passes,
                                    struct assay_launch *launch);

/* The ops' launch functions, each in kernels/<op>/<op>_<api>.c. */
typedef enum assay_status
assay_launch_function(const struct assay_row *row,
                      const struct assay_problem *problem,
                      struct assay_launch *launch);
assay_launch_function assay_conv2d_launch_opencl;
assay_launch_function assay_dense_launch_opencl;
assay_launch_function assay_depthwise_launch_opencl;
assay_launch_function assay_pool_launch;
assay_launch_function assay_unary_launch;
assay_launch_function assay_softmax_launch;
assay_launch_function assay_transpose_launch;
assay_launch_function assay_conv2d_launch_vulkan;
assay_launch_function assay_dense_launch_vulkan;
assay_launch_function assay_depthwise_launch_vulkan;

#endif
