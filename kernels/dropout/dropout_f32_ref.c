/* SPDX-License-Identifier: Apache-2.0
 *
 * Dropout, f32, the reference: dropout_ref.h. Row: dropout.def; test:
 * test_kernels.c.
 */
#define KERNEL assay_dropout_f32_ref
#include "kernels/dropout/dropout_ref.h"
