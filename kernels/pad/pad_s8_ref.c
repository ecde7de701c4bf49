/* SPDX-License-Identifier: Apache-2.0
 *
 * Pad, s8, the reference: 1 byte an element. Formula and layouts: pad.h;
 * method: pad_ref.h. Row: pad.def; test: test_kernels.c.
 */
#define KERNEL assay_pad_s8_ref
#define ELEMENT uint8_t
#define VALUE assay_pad_s8
#include "kernels/pad/pad_ref.h"
