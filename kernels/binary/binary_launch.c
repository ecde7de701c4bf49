/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/binary/binary_launch.h"
#include "kernels/binary/binary_plan.h"

/* How a Vulkan row reads operands: MODE of binary.glsl. */
static uint32_t mode_of(const struct assay_binary_plan *plan)
{
    const int last = ASSAY_BINARY_DIMS - 1;
    if (plan->size[last] != plan->n && plan->size[last] % 4 != 0)
        return 3;
    return plan->a[last] == 0 ? 2 : plan->b[last] == 0 ? 1 : 0;
}

static void word(struct assay_launch *launch, int64_t value)
{
    launch->words[launch->n_words++] = (uint32_t)value;
}

enum assay_status assay_binary_launch(const struct assay_row *row,
                                      const struct assay_problem *problem,
                                      struct assay_launch *launch)
{
    const struct assay_binary *d = &problem->as.binary;
    const struct assay_binary_plan plan = assay_binary_plan(d);
    const bool s8 = problem->dtype == ASSAY_S8;
    const bool opencl = row->api == ASSAY_API_OPENCL;
    if (s8)
        assay_launch_span(row, plan.n, launch);
    else
        assay_launch_elements(row, plan.n, d->act, launch);
    for (int i = 1; i < ASSAY_BINARY_DIMS; i++)
        word(launch, plan.size[i]);
    for (int i = 0; i < ASSAY_BINARY_DIMS; i++)
        word(launch, plan.a[i]);
    for (int i = 0; i < ASSAY_BINARY_DIMS; i++)
        word(launch, plan.b[i]);
    if (s8) {
        const int64_t terms[] = {d->a_zero, d->b_zero, d->y_zero, d->low,
                                 d->high};
        for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
            word(launch, terms[i]);
        launch->spec[launch->n_spec++] =
            opencl ? d->kind == ASSAY_BINARY_MUL : 0;
    }
    if (!s8 || !opencl)
        launch->spec[launch->n_spec++] = (uint32_t)d->kind;
    if (!opencl)
        launch->spec[launch->n_spec++] = mode_of(&plan);
    return ASSAY_OK;
}
