/* SPDX-License-Identifier: Apache-2.0
 *
 * Signs as bits, OpenCL: the includer names KERNEL. Formula: signpack.h. Needs
 * OpenCL C 1.2. A group takes `chunk` words; on a GPU its work-items stand side
 * by side, on a CPU driver it has one. SPEC0 is the enum assay_signpack_from.
 * Equal to the reference. Row: signpack.def; test: test_kernels.c.
 */
#include "group.cl"

#ifndef SPEC0
#define SPEC0 0
#endif
#if SPEC0 == 0
typedef float number;
typedef float16 number16;
#else
typedef char number;
typedef char16 number16;
#endif

struct signpack {
    uint words, chunk;
    int zero;
};

__kernel void KERNEL(__global const number *x, __global uint *y,
                     const struct signpack d)
{
    const uint begin = min(group_number() * d.chunk, d.words);
    const uint end = min(begin + d.chunk, d.words);
    const uint16 bits = (uint16)(1, 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5,
                                 1 << 6, 1 << 7, 1 << 8, 1 << 9, 1 << 10,
                                 1 << 11, 1 << 12, 1 << 13, 1 << 14, 1 << 15);
    const number16 border = (number16)(SPEC0 == 0 ? (number)0 : (number)d.zero);
    for (uint i = begin + get_local_id(0); i < end; i += get_local_size(0)) {
        const number16 a = vload16(2 * i, x), b = vload16(2 * i + 1, x);
#if SPEC0 == 0
        const uint16 low = as_uint16(a < border), high = as_uint16(b < border);
#else
        const uint16 low = as_uint16(convert_int16(a < border)),
                     high = as_uint16(convert_int16(b < border));
#endif
        const uint16 set = (low & bits) | ((high & bits) << 16);
        const uint8 s8 = set.lo | set.hi;
        const uint4 s4 = s8.lo | s8.hi;
        const uint2 s2 = s4.lo | s4.hi;
        y[i] = s2.x | s2.y;
    }
}
