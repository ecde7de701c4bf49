/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution, f32, the reference (depthwise_real_ref.h). Serial:
 * thread 0 computes everything. Row: depthwise.def; test: test_kernels.c.
 */
#include "kernels/kernel.h"

typedef float depthwise_real;
#define depthwise_get(x) (x)
#define depthwise_put(x) (x)

#include "kernels/depthwise/depthwise_real_ref.h"

void assay_depthwise_f32_ref(const struct assay_cpu_call *call);

void assay_depthwise_f32_ref(const struct assay_cpu_call *call)
{
    depthwise_ref(call);
}
