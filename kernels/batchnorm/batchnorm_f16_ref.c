/* SPDX-License-Identifier: Apache-2.0
 *
 * Batch normalization with fused activation, f16, the reference:
 * batchnorm_ref.h. Row: batchnorm.def; test: test_kernels.c.
 */
#define KERNEL assay_batchnorm_f16_ref
#include "kernels/batchnorm/batchnorm_ref.h"
