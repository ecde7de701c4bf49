/* SPDX-License-Identifier: Apache-2.0
 *
 * Attention, f32, NEON (AArch64). f32 accumulators. Register tile:
 * gemm_f32_neon.h; method, blocking and deviation from the reference:
 * attention_tile.h; contract: attention.h. Arrays need no alignment. Row:
 * attention.def; test: test_kernels.c.
 */
#define KERNEL assay_attention_f32_neon
#include "kernels/dense/gemm_f32_neon.h"

#include "kernels/attention/attention_tile.h"
