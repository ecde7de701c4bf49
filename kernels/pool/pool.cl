/* SPDX-License-Identifier: Apache-2.0
 *
 * What the OpenCL rows of pool share: their words, the taps of a window that
 * lie inside the image (window.h), and how taps are merged, one by one or in
 * sixteen channels. SPEC0 is enum assay_pool_kind. The includer defines S8, or
 * HALF for f16, or neither.
 */
#pragma OPENCL FP_CONTRACT OFF
#include "group.cl"
#include "real.cl"

#define AVERAGE (SPEC0 == 1)
#define PLACES (SPEC0 == 2)

struct pool {
    uint pixels, h, w, c, rows, columns, r, s;
    uint stride_h, stride_w, pad_top, pad_left, dil_h, dil_w, count_pad;
    int x_zero, y_zero;
    float ratio, low, high; /* ratio 2^-15; of y - y_zero */
    uint chunk;
};

struct taps {
    uint first; /* element of channel 0 */
    uint place; /* in the image: row * w + column */
    uint rows, columns;
    uint count; /* what a sum is divided by */
    uint row_step, column_step;
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
    t.place = y * d->w + x;
    t.rows = r.y - r.x;
    t.columns = s.y - s.x;
    t.count = d->count_pad ? d->r * d->s : t.rows * t.columns;
    t.row_step = d->dil_h * d->w * d->c;
    t.column_step = d->dil_w * d->c;
    return t;
}

#ifdef S8
#if AVERAGE
/* q = u / count, rest what is left over, for u and rest below 2^31: `inverse`
 * = (2^32 - 1) / count leaves one too few at most. Scalars and vectors. */
#define DIVIDE(u, count, inverse, q, rest)                                     \
    q = mul_hi(u, inverse);                                                    \
    rest = u - q * count;                                                      \
    q += (rest - count) >> 31 ^ 1;                                             \
    rest = min(rest, rest - count);

/* pool.h: sums of x - x_zero, lifted above 0 while they are divided. */
static inline char16 average16(const int16 sum, const struct pool *d,
                               const struct taps *t)
{
    const uint16 count = t->count, inverse = 0xffffffffu / t->count;
    const uint16 u = as_uint16(sum) + 256 * count;
    uint16 whole, part, rest;
    DIVIDE(u, count, inverse, whole, rest)
    const uint16 v = rest << 15;
    DIVIDE(v, count, inverse, part, rest)
    const int16 mean = as_int16((whole - 256) << 15) + as_int16(part);
    const float16 y = clamp(convert_float16(mean) * d->ratio, d->low, d->high);
    return convert_char16(convert_int16(rint(y)) + d->y_zero);
}

static inline char average(const int sum, const struct pool *d,
                           const struct taps *t)
{
    const uint count = t->count, inverse = 0xffffffffu / t->count;
    const uint u = (uint)sum + 256 * count;
    uint whole, part, rest;
    DIVIDE(u, count, inverse, whole, rest)
    const uint v = rest << 15;
    DIVIDE(v, count, inverse, part, rest)
    const int mean = (int)((whole - 256) << 15) + (int)part;
    const float y = clamp(convert_float(mean) * d->ratio, d->low, d->high);
    return convert_char(convert_int(rint(y)) + d->y_zero);
}

typedef int sum;
typedef int16 sum16;
#define TAP(x) convert_int(*(x))
#define TAP16(x) convert_int16(vload16(0, x))
#define MERGE(m, v) ((m) + (v))
#define FIRST(d, t) (-(d)->x_zero * (int)((t)->rows * (t)->columns))
#define KEEP(y, m, d, t) *(y) = average(m, d, t)
#define KEEP16(y, m, d, t) vstore16(average16(m, d, t), 0, y)
#else
typedef char sum;
typedef char16 sum16;
#define TAP(x) (*(x))
#define TAP16(x) vload16(0, x)
#define MERGE(m, v) max(m, v)
#define FIRST(d, t) ((char)-128)
#define KEEP(y, m, d, t) *(y) = m
#define KEEP16(y, m, d, t) vstore16(m, 0, y)
#endif
typedef char element;
typedef char result;

#else
typedef float sum;
typedef float16 sum16;
#define TAP(x) LOAD(x, 0)
#define TAP16(x) LOAD16(x)
#define SCALE(t) (AVERAGE ? 1.0f / (float)(t)->count : 1.0f)
#define MERGE(m, v) (AVERAGE ? (m) + (v) : fmax(m, v))
#define FIRST(d, t) (AVERAGE ? 0.0f : -INFINITY)
#define KEEP(y, m, d, t) STORE(y, 0, (m)*SCALE(t))
#define KEEP16(y, m, d, t) STORE16(y, (m)*SCALE(t))
typedef REAL element;
#if PLACES
typedef int result;
#else
typedef REAL result;
#endif
#endif

/* One channel, whose first tap is at x. */
#if PLACES
static inline void reduce(__global const element *x, __global result *y,
                          const struct pool *d, const struct taps *t)
{
    float m = *x;
    uint place = t->place;
    for (uint r = 0; r < t->rows; r++)
        for (uint s = 0; s < t->columns; s++) {
            const float v = x[(size_t)r * t->row_step + s * t->column_step];
            if (v > m) {
                m = v;
                place = t->place + r * d->dil_h * d->w + s * d->dil_w;
            }
        }
    *y = (int)place;
}
#else
static inline void reduce(__global const element *x, __global result *y,
                          const struct pool *d, const struct taps *t)
{
    sum m = FIRST(d, t);
    for (uint r = 0; r < t->rows; r++)
        for (uint s = 0; s < t->columns; s++)
            m = MERGE(m, TAP(x + (size_t)r * t->row_step + s * t->column_step));
    KEEP(y, m, d, t);
}
#endif

/* Sixteen channels. */
#if PLACES
static inline void reduce16(__global const element *x, __global result *y,
                            const struct pool *d, const struct taps *t)
{
    float16 m = vload16(0, x);
    int16 place = (int)t->place;
    for (uint r = 0; r < t->rows; r++)
        for (uint s = 0; s < t->columns; s++) {
            const float16 v = vload16(
                0, x + (size_t)r * t->row_step + (size_t)s * t->column_step);
            const int16 more = v > m;
            const uint at = t->place + r * d->dil_h * d->w + s * d->dil_w;
            m = select(m, v, more);
            place = select(place, (int16)(int)at, more);
        }
    vstore16(place, 0, y);
}
#else
static inline void reduce16(__global const element *x, __global result *y,
                            const struct pool *d, const struct taps *t)
{
    sum16 m = FIRST(d, t);
    for (uint r = 0; r < t->rows; r++)
        for (uint s = 0; s < t->columns; s++)
            m = MERGE(m, TAP16(x + (size_t)r * t->row_step +
                               (size_t)s * t->column_step));
    KEEP16(y, m, d, t);
}
#endif
