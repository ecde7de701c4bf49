/* SPDX-License-Identifier: Apache-2.0
 *
 * Dropout, f16, the reference: dropout_ref.h. Row: dropout.def; test:
 * test_kernels.c.
 */
#define KERNEL assay_dropout_f16_ref
#include "kernels/dropout/dropout_ref.h"
