/* SPDX-License-Identifier: Apache-2.0
 *
 * Pad, f32, the reference: 4 bytes an element. Formula and layouts: pad.h;
 * method: pad_ref.h. Row: pad.def; test: test_kernels.c.
 */
#define KERNEL assay_pad_f32_ref
#define ELEMENT uint32_t
#define VALUE assay_pad_f32
#include "kernels/pad/pad_ref.h"
