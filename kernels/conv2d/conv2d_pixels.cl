/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d as a GEMM of output pixels for OpenCL rows: the sizes, as
 * conv2d_opencl.c passes them, and where a pixel's window lies. The includer
 * defines X, the element of x (of b1, a word: c and cg count those), and if it
 * has included requantize.cl, whose words come first, OUT.
 */
struct conv2d {
    float low, high;
#ifdef OUT
    int y_zero;
#endif
    uint images, h, w, c, r, s;
    uint stride_h, stride_w, pad_top, pad_left, dil_h, dil_w;
    uint p, q;           /* height and width of the output */
    uint groups, cg, kg; /* groups; input channels and outputs of each */
    uint k;              /* all outputs */
#ifdef OUT
    int x_zero; /* s8 */
    uint group; /* bytes (b1: words) of a group's panels */
#endif
};

/* Where a pixel's receptive field begins, in the image at `image`. */
struct pixel {
    __global const X *image;
    int h, w;
};

/* The `count` pixels from `first` on; those beyond the last are never inside
 * an image. */
static inline void locate(struct pixel *pixels, const uint count,
                          __global const X *x, const struct conv2d d,
                          const uint first)
{
    uint q = first % d.q, p = first / d.q % d.p, image = first / d.q / d.p;
#pragma unroll
    for (uint i = 0; i < count; i++) {
        pixels[i].image = x + (size_t)image * d.h * d.w * d.c;
        pixels[i].h = (int)(p * d.stride_h) - (int)d.pad_top;
        pixels[i].w = (int)(q * d.stride_w) - (int)d.pad_left;
        if (image >= d.images)
            pixels[i].h = INT_MIN / 2;
        if (++q == d.q) {
            q = 0;
            if (++p == d.p) {
                p = 0;
                image++;
            }
        }
    }
}

/* Element 0 of tap `tap` of a pixel's window; NULL outside the image. */
static inline __global const X *tap_of(const struct pixel pixel,
                                       const struct conv2d d, const uint tap)
{
    const uint h = (uint)(pixel.h + (int)(tap / d.s * d.dil_h));
    const uint w = (uint)(pixel.w + (int)(tap % d.s * d.dil_w));
    return h < d.h && w < d.w ? pixel.image + ((size_t)h * d.w + w) * d.c : 0;
}
