/* SPDX-License-Identifier: Apache-2.0
 *
 * Slice, f16, the reference: 2 bytes an element. Formula and layouts: slice.h;
 * method: slice_ref.h. Row: slice.def; test: test_kernels.c.
 */
#define KERNEL assay_slice_f16_ref
#define ELEMENT uint16_t
#include "kernels/slice/slice_ref.h"
