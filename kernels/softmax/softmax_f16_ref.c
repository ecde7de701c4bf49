/* SPDX-License-Identifier: Apache-2.0
 *
 * Softmax of rows, f16, the reference: softmax_ref.h. Row: softmax.def; test:
 * test_kernels.c.
 */
#define KERNEL assay_softmax_f16_ref
#include "kernels/softmax/softmax_ref.h"
