/* SPDX-License-Identifier: Apache-2.0
 *
 * Concat, f16, the reference: 2 bytes an element. Formula and layouts:
 * concat.h; method: concat_ref.h. Row: concat.def; test: test_kernels.c.
 */
#define KERNEL assay_concat_f16_ref
#define ELEMENT uint16_t
#include "kernels/concat/concat_ref.h"
