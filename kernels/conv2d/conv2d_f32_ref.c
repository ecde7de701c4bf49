/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, f32, the reference (conv2d_real_ref.h). Serial: thread 0 computes
 * everything. Row: conv2d.def; test: test_kernels.c.
 */
#include "kernels/kernel.h"

typedef float conv2d_real;
#define conv2d_get(x) (x)
#define conv2d_put(x) (x)

#include "kernels/conv2d/conv2d_real_ref.h"

void assay_conv2d_f32_ref(const struct assay_cpu_call *call);

void assay_conv2d_f32_ref(const struct assay_cpu_call *call)
{
    conv2d_ref(call);
}
