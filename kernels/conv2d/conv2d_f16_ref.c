/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, f16, the reference (conv2d_real_ref.h). Serial: thread 0 computes
 * everything. Row: conv2d.def; test: test_kernels.c.
 */
#include "kernels/half.h"
#include "kernels/kernel.h"

typedef uint16_t conv2d_real;
#define conv2d_get assay_half_to_float
#define conv2d_put assay_half_from_float

#include "kernels/conv2d/conv2d_real_ref.h"

void assay_conv2d_f16_ref(const struct assay_cpu_call *call);

void assay_conv2d_f16_ref(const struct assay_cpu_call *call)
{
    conv2d_ref(call);
}
