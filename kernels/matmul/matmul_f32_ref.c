/* SPDX-License-Identifier: Apache-2.0
 *
 * Products of matrices, f32, the reference: matmul_ref.h. Formula and layouts:
 * matmul.h. Serial: thread 0 computes everything. Row: matmul.def; test:
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

#define KERNEL assay_matmul_f32_ref
#include "kernels/matmul/matmul_ref.h"
