/* SPDX-License-Identifier: Apache-2.0
 *
 * Layer normalization of rows, f32. Formula and layouts: layernorm.h. f32
 * throughout. ISA: the compiler's default (x86-64: SSE2), 4 lanes. Method,
 * preconditions, tails and deviation from the reference: layernorm_tile.h.
 * Row: layernorm.def; test: test_kernels.c.
 */
#define KERNEL assay_layernorm_f32_c
#include "kernels/layernorm/layernorm_tile.h"
