/* SPDX-License-Identifier: Apache-2.0
 *
 * From int sums to the outputs of quantized.h, for OpenCL rows; the same bits
 * as requantize.h. The includer defines OUT, the type of y as enum assay_dtype
 * numbers it (assay_launch_requantize of launch.h: a spec value), and passes
 * that function's three words: low and high (float), y_zero (int).
 *
 * `out` is the type of an element of y, out16 of sixteen. acc * scale is
 * rounded before anything is added to it.
 */
#pragma OPENCL FP_CONTRACT OFF

#if OUT == 0
typedef float out;
typedef float16 out16;
#elif OUT == 2
typedef char out;
typedef char16 out16;
#elif OUT == 5
typedef int out;
typedef int16 out16;
#else /* bits, 32 to a word */
typedef uint out;
typedef uint16 out16;
#endif

static inline out requantize(int acc, float scale, float low, float high,
                             int y_zero)
{
#if OUT == 0
    return convert_float(acc) * scale;
#elif OUT == 2
    const float v = clamp(convert_float(acc) * scale, low, high);
    return convert_char(convert_int(rint(v)) + y_zero);
#else
    return acc;
#endif
}

static inline out16 requantize16(int16 acc, float16 scale, float low,
                                 float high, int y_zero)
{
#if OUT == 0
    return convert_float16(acc) * scale;
#elif OUT == 2
    const float16 v = clamp(convert_float16(acc) * scale, low, high);
    return convert_char16(convert_int16(rint(v)) + y_zero);
#elif OUT == 5
    return acc;
#else
    return as_uint16(acc);
#endif
}

/* The first n of sixteen outputs; nothing beyond is written. */
static inline void out_store16(out16 v, __global out *y, uint n)
{
    if (n >= 16) {
        vstore16(v, 0, y);
    } else {
        out part[16];
        vstore16(v, 0, part);
        for (uint i = 0; i < n; i++)
            y[i] = part[i];
    }
}
