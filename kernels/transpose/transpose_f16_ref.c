/* SPDX-License-Identifier: Apache-2.0
 *
 * Permutation of axes, f16, the reference: 2 bytes an element. Formula and
 * layouts: transpose.h; method: transpose_ref.h. Row: transpose.def; test:
 * test_kernels.c.
 */
#define KERNEL assay_transpose_f16_ref
#define ELEMENT uint16_t
#include "kernels/transpose/transpose_ref.h"
