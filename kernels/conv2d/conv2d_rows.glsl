/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d as a GEMM whose rows are output pixels: the push constants, and the
 * elements of a row, computed as they are wanted. The includer declares the
 * specialization constants ROWS (pixels of an invocation) and PAD (0: no window
 * leaves the image), the array x, and the macros
 *   ROWS_VALUE      the type of an element
 *   ROWS_GET(at)    element `at` of x
 *   ROWS_QUANTIZED  (s8, b1) the words of quantized.h are there; `extra` is
 *                   x_zero, which stands outside the image, or with b1, where
 *                   elements are words of 32, the channels of a sum
 */
#extension GL_EXT_control_flow_attributes : require

layout(push_constant) uniform words
{
    uint columns, depth, width; /* of one group's GEMM; width of a panel */
    uint pixels, groups, group_size; /* of its panels, as its GEMM counts */
    int h, w_in, c, p, q, s, group_c;
    int stride_h, stride_w, pad_top, pad_left, dil_h, dil_w;
    float low, high;
#ifdef ROWS_QUANTIZED
    int y_zero, extra;
#endif
};

int base[ROWS], top[ROWS], left[ROWS]; /* of each pixel's window */

/* The pixels first, first + step …; those beyond the last repeat it. */
void rows_begin(uint group, uint first, uint step)
{
    [[unroll]] for (uint i = 0u; i < ROWS; i++) {
        const int pixel = int(min(first + i * step, pixels - 1u));
        const int row = pixel / q;
        top[i] = row % p * stride_h - pad_top;
        left[i] = pixel % q * stride_w - pad_left;
        base[i] = ((row / p * h + top[i]) * w_in + left[i]) * c +
                  int(group) * group_c;
    }
}

/* What an element outside the image is. */
ROWS_VALUE rows_outside()
{
#if defined(ROWS_QUANTIZED) && !defined(ROWS_BITS)
    return ROWS_VALUE(extra);
#else
    return ROWS_VALUE(0);
#endif
}

/* Element l of every pixel's row: depth runs over [r][s][channel]. Zero beyond
 * the depth. Where nothing is read, element 0 is, and not used. */
void rows_load(uint l, out ROWS_VALUE a[ROWS])
{
    const int step = int(min(l, depth - 1u));
    const int tap = step / group_c;
    const int dy = tap / s * dil_h, dx = tap % s * dil_w;
    const int at = (dy * w_in + dx) * c + step % group_c;
    const ROWS_VALUE none = l < depth ? rows_outside() : ROWS_VALUE(0);
    [[unroll]] for (uint i = 0u; i < ROWS; i++) {
        bool inside = l < depth;
        if (PAD == 1u)
            inside = inside && uint(top[i] + dy) < uint(h) &&
                     uint(left[i] + dx) < uint(w_in);
        const ROWS_VALUE v = ROWS_GET(inside ? base[i] + at : 0);
        a[i] = inside ? v : none;
    }
}
