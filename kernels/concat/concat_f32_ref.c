/* SPDX-License-Identifier: Apache-2.0
 *
 * Concat, f32, the reference: 4 bytes an element. Formula and layouts:
 * concat.h; method: concat_ref.h. Row: concat.def; test: test_kernels.c.
 */
#define KERNEL assay_concat_f32_ref
#define ELEMENT uint32_t
#include "kernels/concat/concat_ref.h"
