/* SPDX-License-Identifier: Apache-2.0
 *
 * `n` elements from f32 to f16 (rounded to nearest, ties to even; beyond 65520
 * infinity; subnormals of f16 kept) or from f16 to f32 (exact). The dtype of
 * the op is that of its narrow side, f16. What subnormals of f32 become is 0.
 */
#ifndef ASSAY_KERNELS_CAST_H
#define ASSAY_KERNELS_CAST_H

#include <stdint.h>

enum assay_cast_to { ASSAY_CAST_TO_F16, ASSAY_CAST_TO_F32, ASSAY_CAST_TOS };

/* "f16", "f32", then NULL. */
extern const char *const assay_cast_to_names[];

struct assay_cast {
    int64_t n;
    int64_t to; /* enum assay_cast_to */
};

#endif
