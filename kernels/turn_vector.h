/* SPDX-License-Identifier: Apache-2.0
 *
 * A square of floats as wide as a vector (act_vector.h), turned in registers:
 * log2(lanes) rounds, each of which exchanges the off-diagonal quarters of
 * squares of twice the size (Eklundh, "A fast computer method for matrix
 * transposing", 1972).
 */
#ifndef ASSAY_KERNELS_TURN_VECTOR_H
#define ASSAY_KERNELS_TURN_VECTOR_H

#include "kernels/act_vector.h"

/* Exchange lane l + d of row i with lane l of row i + d, for l and i without
 * bit d. LOW and HIGH choose the lanes of the two new rows. */
#define ASSAY_TURN(d, LOW, HIGH)                                               \
    for (int i = 0; i < ASSAY_VF_LANES; i++) {                                 \
        if (i & (d))                                                           \
            continue;                                                          \
        const assay_vf a = v[i], b = v[i + (d)];                               \
        v[i] = __builtin_shufflevector(a, b, LOW);                             \
        v[i + (d)] = __builtin_shufflevector(a, b, HIGH);                      \
    }

#if ASSAY_VF_LANES == 16
#define ASSAY_TURN_LOW_1                                                       \
    0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30
#define ASSAY_TURN_HIGH_1                                                      \
    1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31
#define ASSAY_TURN_LOW_2                                                       \
    0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#define ASSAY_TURN_HIGH_2                                                      \
    2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#define ASSAY_TURN_LOW_4                                                       \
    0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27
#define ASSAY_TURN_HIGH_4                                                      \
    4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31
#define ASSAY_TURN_LOW_8 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23
#define ASSAY_TURN_HIGH_8                                                      \
    8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31
#elif ASSAY_VF_LANES == 8
#define ASSAY_TURN_LOW_1 0, 8, 2, 10, 4, 12, 6, 14
#define ASSAY_TURN_HIGH_1 1, 9, 3, 11, 5, 13, 7, 15
#define ASSAY_TURN_LOW_2 0, 1, 8, 9, 4, 5, 12, 13
#define ASSAY_TURN_HIGH_2 2, 3, 10, 11, 6, 7, 14, 15
#define ASSAY_TURN_LOW_4 0, 1, 2, 3, 8, 9, 10, 11
#define ASSAY_TURN_HIGH_4 4, 5, 6, 7, 12, 13, 14, 15
#else
#define ASSAY_TURN_LOW_1 0, 4, 2, 6
#define ASSAY_TURN_HIGH_1 1, 5, 3, 7
#define ASSAY_TURN_LOW_2 0, 1, 4, 5
#define ASSAY_TURN_HIGH_2 2, 3, 6, 7
#endif

/* Lane j of v[i] becomes lane i of v[j]. */
ASSAY_INLINE void assay_vf_turn(assay_vf v[ASSAY_VF_LANES])
{
    ASSAY_TURN(1, ASSAY_TURN_LOW_1, ASSAY_TURN_HIGH_1)
    ASSAY_TURN(2, ASSAY_TURN_LOW_2, ASSAY_TURN_HIGH_2)
#if ASSAY_VF_LANES >= 8
    ASSAY_TURN(4, ASSAY_TURN_LOW_4, ASSAY_TURN_HIGH_4)
#endif
#if ASSAY_VF_LANES >= 16
    ASSAY_TURN(8, ASSAY_TURN_LOW_8, ASSAY_TURN_HIGH_8)
#endif
}

#endif
