/* SPDX-License-Identifier: Apache-2.0
 *
 * Between f32 and f16, the reference: half.h, element by element. Serial:
 * thread 0 computes everything. Row: cast.def; test: test_kernels.c.
 */
#include "kernels/element.h"

void assay_cast_f16_ref(const struct assay_cpu_call *call);

void assay_cast_f16_ref(const struct assay_cpu_call *call)
{
    const struct assay_problem *problem = call->problem;
    const size_t n = (size_t)problem->as.cast.n;
    if (call->thread != 0)
        return;
    for (size_t i = 0; i < n; i++)
        assay_element_set(
            assay_problem_type(problem, 1), call->output, i,
            assay_element(assay_problem_type(problem, 0), call->inputs[0], i));
}
