/* SPDX-License-Identifier: Apache-2.0
 *
 * Permutation of axes, s8, the reference: 1 byte an element. Formula and
 * layouts: transpose.h; method: transpose_ref.h. Row: transpose.def; test:
 * test_kernels.c.
 */
#define KERNEL assay_transpose_s8_ref
#define ELEMENT uint8_t
#include "kernels/transpose/transpose_ref.h"
