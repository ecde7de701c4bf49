/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise, f32, OpenCL on a GPU. Formula and layouts: depthwise.h.
 * Accumulates in f32 with fused multiply-add, in the order r, s.
 * Needs OpenCL C 1.2 and groups of 64 work-items.
 * A work-item computes one output element, channels side by side, so that
 * loads and stores are contiguous; neighbouring pixels meet their common
 * inputs in the cache. The operator is bound by memory, not by arithmetic.
 * Work-items beyond the last element do nothing. Sizes are below 2^28
 * (depthwise_opencl.c). x, w, y do not overlap.
 * Method: own. Row: depthwise.def; test: test_kernels.c.
 */
#include "act.cl"

struct depthwise {
    float low, high;
    uint h, w, c, r, s;
    uint stride_h, stride_w, pad_top, pad_left, dil_h, dil_w;
    uint p, q;  /* height and width of the output */
    uint cp;    /* channels in the packed constants */
    uint total; /* elements of the output */
};

__attribute__((reqd_work_group_size(64, 1, 1))) __kernel void
assay_depthwise_f32_opencl_gpu(__global const float *restrict x,
                               __global const float *restrict w,
                               __global float *restrict y,
                               const struct depthwise d)
{
    const uint element = get_global_id(0);
    if (element >= d.total)
        return;
    const uint c = element % d.c, pixel = element / d.c;
    const uint q = pixel % d.q, p = pixel / d.q % d.p;
    const int top = (int)(p * d.stride_h) - (int)d.pad_top;
    const int left = (int)(q * d.stride_w) - (int)d.pad_left;
    float acc = w[c];
    x += (size_t)(pixel / d.q / d.p) * d.h * d.w * d.c + c;
    w += d.cp + c;
    for (uint r = 0; r < d.r; r++)
        for (uint s = 0; s < d.s; s++, w += d.cp) {
            const uint h = (uint)(top + (int)(r * d.dil_h));
            const uint at = (uint)(left + (int)(s * d.dil_w));
            if (h < d.h && at < d.w)
                acc = fma(x[((size_t)h * d.w + at) * d.c], *w, acc);
        }
    y[element] = act_f(bound_f(acc, d.low, d.high));
}
