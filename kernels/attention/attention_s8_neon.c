/* SPDX-License-Identifier: Apache-2.0
 *
 * Attention, s8, NEON (AArch64). int32 accumulators, words of two s16. Register
 * tile: gemm_s8_neon.h; method and blocking: attention_s8_tile.h; contract:
 * attention.h. Arrays need no alignment. Equal to the reference. Row:
 * attention.def; test: test_kernels.c.
 */
#define KERNEL assay_attention_s8_neon
#include "kernels/dense/gemm_s8_neon.h"

#include "kernels/attention/attention_s8_tile.h"
