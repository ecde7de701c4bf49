/* SPDX-License-Identifier: Apache-2.0
 *
 * Attention, f16, the reference: attention_ref.h, rounded to f32 and then to
 * f16. Formula and layouts: attention.h. Serial: thread 0 computes everything.
 * Row: attention.def; test: test_kernels.c, test_reference_attention.c.
 */
#include "kernels/half.h"

typedef uint16_t element;

static double widen(element x)
{
    return (double)assay_half_to_float(x);
}

static element narrow(double x)
{
    return assay_half_from_float((float)x);
}

#define KERNEL assay_attention_f16_ref
#include "kernels/attention/attention_ref.h"
