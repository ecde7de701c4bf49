/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise for OpenCL rows of any dtype: its sizes, and how an element is
 * loaded, multiplied, summed and stored, one by one or sixteen channels side by
 * side. The includer defines HALF for f16 or BYTES for s8, and X and Y (the
 * elements of x and y) follow. Packed constants: depthwise_pack.h.
 */
#ifdef BYTES
#define OUT SPEC0
#include "requantize.cl"
#define X char
#define Y out
#define PACKED int
#define WEIGHT short
#define SUM int
#define SUM16 int16
#define HEAD_ROWS 2
#define WEIGHTS(packed, cp)                                                    \
    ((__global const short *)((packed) + (size_t)HEAD_ROWS * (cp)))
#define X_OF(p, at) (convert_int((p)[at]) - d.x_zero)
#define X16_OF(p) (convert_int16(vload16(0, p)) - d.x_zero)
#define W16_OF(p) convert_int16(vload16(0, p))
#define MAC(x, w, sum) ((sum) + (x) * (w))
#define PUT(y, at, sum, packed, c)                                             \
    (y)[at] = requantize(sum, as_float((packed)[d.cp + (c)]), d.low, d.high,   \
                         d.y_zero)
#define PUT16(y, at, sum, packed, c)                                           \
    vstore16(requantize16(sum,                                                 \
                          as_float16(vload16(0, (packed) + d.cp + (c))),       \
                          d.low, d.high, d.y_zero),                            \
             0, (y) + (at))
#else
#include "act.cl"
#include "real.cl"
#define X REAL
#define Y REAL
#define PACKED float
#define WEIGHT float
#define SUM float
#define SUM16 float16
#define WEIGHTS(packed, cp) ((packed) + (cp))
#define X_OF(p, at) LOAD(p, at)
#define X16_OF(p) LOAD16(p)
#define W16_OF(p) vload16(0, p)
#define MAC(x, w, sum) fma(x, w, sum)
#define PUT(y, at, sum, packed, c)                                             \
    STORE(y, at, act_f(bound_f(sum, d.low, d.high)))
#define PUT16(y, at, sum, packed, c)                                           \
    STORE16((y) + (at), act_f16(bound_f16(sum, d.low, d.high)))
#endif

struct depthwise {
    float low, high;
#ifdef BYTES
    int y_zero, x_zero;
#endif
    uint h, w, c, r, s;
    uint stride_h, stride_w, pad_top, pad_left, dil_h, dil_w;
    uint p, q;  /* height and width of the output */
    uint cp;    /* channels in the packed constants */
    uint total; /* elements of the output */
};
