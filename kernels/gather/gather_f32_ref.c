/* SPDX-License-Identifier: Apache-2.0
 *
 * Gather, f32, the reference: 4 bytes an element. Formula and layouts:
 * gather.h; method: gather_ref.h. Row: gather.def; test: test_kernels.c.
 */
#define KERNEL assay_gather_f32_ref
#define ELEMENT uint32_t
#include "kernels/gather/gather_ref.h"
