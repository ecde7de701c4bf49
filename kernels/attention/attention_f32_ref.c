/* SPDX-License-Identifier: Apache-2.0
 *
 * Attention, f32, the reference: attention_ref.h. Formula and layouts:
 * attention.h. Serial: thread 0 computes everything. Row: attention.def; test:
 * test_kernels.c, test_reference_attention.c.
 */
typedef float element;

static double widen(element x)
{
    return (double)x;
}

static element narrow(double x)
{
    return (float)x;
}

#define KERNEL assay_attention_f32_ref
#include "kernels/attention/attention_ref.h"
