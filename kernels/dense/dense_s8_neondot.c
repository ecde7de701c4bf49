/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, s8, NEON with dot products (AArch64). int32 sums. Register tile: gemm_s8_neondot.h;
 * blocking: dense_words_tile.h; contract: dense.h and quantized.h. Arrays need
 * no alignment. Equal to the reference to the bit. Row: dense.def; test:
 * test_kernels.c.
 */
#include "kernels/dense/gemm_s8_neondot.h"

#include "kernels/dense/dense_s8_tile.h"

void assay_dense_s8_neondot(const struct assay_cpu_call *call);

void assay_dense_s8_neondot(const struct assay_cpu_call *call)
{
    dense_words(call);
}
