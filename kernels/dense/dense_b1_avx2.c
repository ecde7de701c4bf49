/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, b1, AVX2. int32 sums.
 * Register tile: gemm_b1_avx2.h; blocking: dense_words_tile.h; contract:
 * dense.h and quantized.h. Arrays need no alignment. Equal to the reference to
 * the bit. Row: dense.def; test: test_kernels.c.
 */
#include "kernels/dense/gemm_b1_avx2.h"

#include "kernels/dense/dense_b1_tile.h"

void assay_dense_b1_avx2(const struct assay_cpu_call *call);

void assay_dense_b1_avx2(const struct assay_cpu_call *call)
{
    dense_words(call);
}
