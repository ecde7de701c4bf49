/* SPDX-License-Identifier: Apache-2.0
 *
 * Permutation of axes, f32, the reference: 4 bytes an element. Formula and
 * layouts: transpose.h; method: transpose_ref.h. Row: transpose.def; test:
 * test_kernels.c.
 */
#define KERNEL assay_transpose_f32_ref
#define ELEMENT uint32_t
#include "kernels/transpose/transpose_ref.h"
