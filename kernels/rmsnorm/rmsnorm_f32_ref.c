/* SPDX-License-Identifier: Apache-2.0
 *
 * Root-mean-square normalization of rows, f32, the reference: rmsnorm_ref.h.
 * Row: rmsnorm.def; test: test_kernels.c.
 */
#define KERNEL assay_rmsnorm_f32_ref
#include "kernels/rmsnorm/rmsnorm_ref.h"
