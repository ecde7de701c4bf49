/* SPDX-License-Identifier: Apache-2.0
 *
 * What the OpenCL rows of quantize and dequantize share: the words of their
 * launch, and which factor an element has, by SPEC0, the enum assay_scales. The
 * packed constants are `count` factors, then as many zero points.
 */
#pragma OPENCL FP_CONTRACT OFF
#include "group.cl"

#ifndef SPEC0
#define SPEC0 0
#endif

struct scales {
    uint n, chunk, cols, count; /* cols: n where all have one factor */
    int low, high;
};

#define ZEROS(factors, d) ((__global const int *)((factors) + (d).count))

static inline uint factor_of(const struct scales d, uint i)
{
#if SPEC0 == 0
    return 0;
#elif SPEC0 == 1
    return i / d.cols;
#else
    return i % d.cols;
#endif
}

/* Of element j of a stretch along a row whose first factor is f; of sixteen. */
#if SPEC0 == 2
#define ALONG(array, f, j) (array)[(f) + (j)]
#define ALONG16(array, f, j) vload16(0, (array) + (f) + (j))
#else
#define ALONG(array, f, j) (array)[f]
#define ALONG16(array, f, j) ((array)[f])
#endif
