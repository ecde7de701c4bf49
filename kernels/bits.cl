/* SPDX-License-Identifier: Apache-2.0
 *
 * Vectors of conditions to words of b1, for OpenCL rows.
 */

/* Bit j: element j of v is not 0. */
static inline uint mask16(int16 v)
{
    const uint16 lane = (uint16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
                                 14, 15);
    const uint16 bit = as_uint16(v) & ((uint16)(1) << lane);
    const uint8 eight = bit.lo | bit.hi;
    const uint4 four = eight.lo | eight.hi;
    const uint2 two = four.lo | four.hi;
    return two.x | two.y;
}
