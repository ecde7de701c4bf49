/* SPDX-License-Identifier: Apache-2.0
 *
 * Pad, f16, the reference: 2 bytes an element. Formula and layouts: pad.h;
 * method: pad_ref.h. Row: pad.def; test: test_kernels.c.
 */
#define KERNEL assay_pad_f16_ref
#define ELEMENT uint16_t
#define VALUE assay_pad_f16
#include "kernels/pad/pad_ref.h"
