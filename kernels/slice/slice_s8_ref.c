/* SPDX-License-Identifier: Apache-2.0
 *
 * Slice, s8, the reference: 1 byte an element. Formula and layouts: slice.h;
 * method: slice_ref.h. Row: slice.def; test: test_kernels.c.
 */
#define KERNEL assay_slice_s8_ref
#define ELEMENT uint8_t
#include "kernels/slice/slice_ref.h"
