/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution, f16, the reference (depthwise_real_ref.h). Serial:
 * thread 0 computes everything. Row: depthwise.def; test: test_kernels.c.
 */
#include "kernels/half.h"
#include "kernels/kernel.h"

typedef uint16_t depthwise_real;
#define depthwise_get assay_half_to_float
#define depthwise_put assay_half_from_float

#include "kernels/depthwise/depthwise_real_ref.h"

void assay_depthwise_f16_ref(const struct assay_cpu_call *call);

void assay_depthwise_f16_ref(const struct assay_cpu_call *call)
{
    depthwise_ref(call);
}
