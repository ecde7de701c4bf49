/* SPDX-License-Identifier: Apache-2.0
 *
 * A square of 16 x 16 elements, turned in registers, for OpenCL rows on CPU
 * drivers: lane j of v[i] becomes lane i of v[j]. Method: turn_vector.h. Floats,
 * unless the includer defines TURN_BLOCK, a vector of 16, and TURN_MASK, the
 * unsigned integers of the same size.
 */
#ifndef TURN_BLOCK
#define TURN_BLOCK float16
#define TURN_MASK uint16
#endif

#define TURN(d, LOW, HIGH)                                                     \
    for (uint i = 0; i < 16; i++) {                                            \
        if (i & (d))                                                           \
            continue;                                                          \
        const TURN_BLOCK a = v[i], b = v[i + (d)];                             \
        v[i] = shuffle2(a, b, (TURN_MASK)LOW);                                 \
        v[i + (d)] = shuffle2(a, b, (TURN_MASK)HIGH);                          \
    }

__attribute__((always_inline)) static inline void turn16(TURN_BLOCK v[16])
{
#pragma unroll
    TURN(1, (0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30),
         (1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31))
#pragma unroll
    TURN(2, (0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29),
         (2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31))
#pragma unroll
    TURN(4, (0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27),
         (4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31))
#pragma unroll
    TURN(8, (0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
         (8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31))
}
