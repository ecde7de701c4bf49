/* SPDX-License-Identifier: Apache-2.0
 *
 * Between f32 and f16 for OpenCL rows, by SPEC0, the enum assay_cast_to.
 */
#include "group.cl"

#ifndef SPEC0
#define SPEC0 0
#endif
#if SPEC0 == 0
#define FROM float
#define TO half
#define CAST(x, y, i) vstore_half_rte((x)[i], i, y)
#define CAST16(x, y, i) vstore_half16_rte(vload16(0, (x) + (i)), 0, (y) + (i))
#else
#define FROM half
#define TO float
#define CAST(x, y, i) (y)[i] = vload_half(i, x)
#define CAST16(x, y, i) vstore16(vload_half16(0, (x) + (i)), 0, (y) + (i))
#endif

struct cast {
    uint n, chunk;
};
