/* SPDX-License-Identifier: Apache-2.0
 *
 * Concat, s8, the reference: 1 byte an element. Formula and layouts: concat.h;
 * method: concat_ref.h. Row: concat.def; test: test_kernels.c.
 */
#define KERNEL assay_concat_s8_ref
#define ELEMENT uint8_t
#include "kernels/concat/concat_ref.h"
