/* SPDX-License-Identifier: Apache-2.0
 *
 * Products of matrices, f16, the reference: matmul_ref.h, rounded to f32 and
 * then to f16. Formula and layouts:
 * matmul.h. Serial: thread 0 computes everything. Row: matmul.def; test:
 * test_kernels.c, test_reference_attention.c.
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

#define KERNEL assay_matmul_f16_ref
#include "kernels/matmul/matmul_ref.h"
