/* SPDX-License-Identifier: Apache-2.0
 *
 * Signs as bits: x is [rows][cols] of f32 or s8, y [rows][cols / 32] words of
 * b1, and bit j of word i of a row is set where x[32 i + j] stands for a number
 * below 0: x < 0 for f32 (not -0, not a NaN), x < zero for s8. cols is a
 * multiple of 32.
 */
#ifndef ASSAY_KERNELS_SIGNPACK_H
#define ASSAY_KERNELS_SIGNPACK_H

#include <stdint.h>

enum assay_signpack_from {
    ASSAY_SIGNPACK_F32,
    ASSAY_SIGNPACK_S8,
    ASSAY_SIGNPACK_FROMS
};

/* "f32", "s8", then NULL. */
extern const char *const assay_signpack_from_names[];

struct assay_signpack {
    int64_t rows, cols;
    int64_t from; /* enum assay_signpack_from */
    int64_t zero; /* of s8 */
};

#endif
