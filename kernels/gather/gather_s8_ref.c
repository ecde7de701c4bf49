/* SPDX-License-Identifier: Apache-2.0
 *
 * Gather, s8, the reference: 1 byte an element. Formula and layouts: gather.h;
 * method: gather_ref.h. Row: gather.def; test: test_kernels.c.
 */
#define KERNEL assay_gather_s8_ref
#define ELEMENT uint8_t
#include "kernels/gather/gather_ref.h"
