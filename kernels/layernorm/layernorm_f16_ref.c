/* SPDX-License-Identifier: Apache-2.0
 *
 * Layer normalization of rows, f16, the reference: layernorm_ref.h. Row:
 * layernorm.def; test: test_kernels.c.
 */
#define KERNEL assay_layernorm_f16_ref
#include "kernels/layernorm/layernorm_ref.h"
