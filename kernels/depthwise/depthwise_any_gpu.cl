/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise, any dtype, OpenCL on a GPU. Formula and layouts: depthwise.h,
 * quantized.h. Accumulates in f32 with fused multiply-add, or s8 in int, in the
 * order r, s. Needs OpenCL C 1.2 (f16: vload_half) and groups of 64
 * work-items. The includer defines KERNEL and what depthwise_element.cl asks
 * for.
 * A work-item computes one output element, channels side by side, so that
 * loads and stores are contiguous; neighbouring pixels meet their common
 * inputs in the cache. The operator is bound by memory, not by arithmetic.
 * Work-items beyond the last element do nothing. Sizes are below 2^28
 * (depthwise_opencl.c). x, w, y do not overlap.
 * Method: own. Rows: depthwise.def; test: test_kernels.c.
 */
#include "depthwise/depthwise_element.cl"

__attribute__((reqd_work_group_size(64, 1, 1))) __kernel void
KERNEL(__global const X *restrict x, __global const PACKED *restrict packed,
       __global Y *restrict y, const struct depthwise d)
{
    __global const WEIGHT *w = WEIGHTS(packed, d.cp);
    const uint element = get_global_id(0);
    if (element >= d.total)
        return;
    const uint c = element % d.c, pixel = element / d.c;
    const uint q = pixel % d.q, p = pixel / d.q % d.p;
    const int top = (int)(p * d.stride_h) - (int)d.pad_top;
    const int left = (int)(q * d.stride_w) - (int)d.pad_left;
    SUM acc = packed[c];
    x += (size_t)(pixel / d.q / d.p) * d.h * d.w * d.c + c;
    w += c;
    for (uint r = 0; r < d.r; r++)
        for (uint s = 0; s < d.s; s++, w += d.cp) {
            const uint h = (uint)(top + (int)(r * d.dil_h));
            const uint at = (uint)(left + (int)(s * d.dil_w));
            if (h < d.h && at < d.w)
                acc = MAC(X_OF(x, ((size_t)h * d.w + at) * d.c), (SUM)*w, acc);
        }
    PUT(y, element, acc, packed, c);
}
