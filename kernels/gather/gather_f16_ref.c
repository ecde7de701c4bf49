/* SPDX-License-Identifier: Apache-2.0
 *
 * Gather, f16, the reference: 2 bytes an element. Formula and layouts:
 * gather.h; method: gather_ref.h. Row: gather.def; test: test_kernels.c.
 */
#define KERNEL assay_gather_f16_ref
#define ELEMENT uint16_t
#include "kernels/gather/gather_ref.h"
