/* SPDX-License-Identifier: Apache-2.0
 *
 * Pooling, f16, the reference: averages are rounded to f32, then to f16.
 * Formula and layouts: pool.h; method: pool_ref.h. Row: pool.def; test:
 * test_kernels.c.
 */
#include "kernels/half.h"

#define KERNEL assay_pool_f16_ref
#define ELEMENT uint16_t
#define LOAD(x) ((double)assay_half_to_float(x))
#define STORE(x) (assay_half_from_float((float)(x)))
#include "kernels/pool/pool_ref.h"
