/* SPDX-License-Identifier: Apache-2.0
 *
 * Pooling, f32, the reference. Formula and layouts: pool.h; method: pool_ref.h.
 * Row: pool.def; test: test_kernels.c.
 */
#define KERNEL assay_pool_f32_ref
#define ELEMENT float
#define LOAD(x) ((double)(x))
#define STORE(x) ((float)(x))
#include "kernels/pool/pool_ref.h"
