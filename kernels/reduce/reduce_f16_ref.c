/* SPDX-License-Identifier: Apache-2.0
 *
 * Reduction over the middle dimension, f16, the reference: reduce_ref.h. Row:
 * reduce.def; test: test_kernels.c.
 */
#define KERNEL assay_reduce_f16_ref
#include "kernels/reduce/reduce_ref.h"
