/* SPDX-License-Identifier: Apache-2.0
 *
 * Slice, f32, the reference: 4 bytes an element. Formula and layouts: slice.h;
 * method: slice_ref.h. Row: slice.def; test: test_kernels.c.
 */
#define KERNEL assay_slice_f32_ref
#define ELEMENT uint32_t
#include "kernels/slice/slice_ref.h"
