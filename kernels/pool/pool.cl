/* SPDX-License-Identifier: Apache-2.0
 *
 * What the OpenCL rows of pool share: their words, and the taps of a window
 * that lie inside the image (window.h). SPEC0 is enum assay_pool_kind.
 */
#define AVERAGE (SPEC0 == 1)

struct pool {
    uint pixels, h, w, c, rows, columns, r, s;
    uint stride_h, stride_w, pad_top, pad_left, dil_h, dil_w, count_pad;
    uint chunk;
};

struct taps {
    uint first, rows, columns; /* first: element of channel 0 */
    float scale;               /* of a sum */
};

/* Taps first … end - 1 of `taps`, `dilation` apart, lie in 0 … size - 1. */
static inline uint2 inside(const int start, const uint taps,
                           const uint dilation, const uint size)
{
    uint first = 0, end = taps;
    if (start < 0)
        first = ((uint)-start + dilation - 1) / dilation;
    if ((long)start + (long)(taps - 1) * dilation >= (long)size)
        end = (uint)(((long)size - start + dilation - 1) / dilation);
    return (uint2)(first, end);
}

static inline struct taps window(const struct pool *d, const uint pixel)
{
    const uint q = pixel % d->columns, line = pixel / d->columns;
    const uint p = line % d->rows, n = line / d->rows;
    const int top = (int)(p * d->stride_h) - (int)d->pad_top;
    const int left = (int)(q * d->stride_w) - (int)d->pad_left;
    const uint2 r = inside(top, d->r, d->dil_h, d->h);
    const uint2 s = inside(left, d->s, d->dil_w, d->w);
    const uint y = (uint)(top + (int)(r.x * d->dil_h));
    const uint x = (uint)(left + (int)(s.x * d->dil_w));
    struct taps t;
    t.first = ((n * d->h + y) * d->w + x) * d->c;
    t.rows = r.y - r.x;
    t.columns = s.y - s.x;
    t.scale = 1.0f / (float)(d->count_pad ? d->r * d->s : t.rows * t.columns);
    return t;
}
