/* SPDX-License-Identifier: Apache-2.0
 *
 * Reduction over the middle dimension, f32, the reference: reduce_ref.h. Row:
 * reduce.def; test: test_kernels.c.
 */
#define KERNEL assay_reduce_f32_ref
#include "kernels/reduce/reduce_ref.h"
