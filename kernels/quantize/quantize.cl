/* SPDX-License-Identifier: Apache-2.0
 *
 * f32 to s8 for OpenCL rows: one element, and sixteen.
 */
#include "quantize/scales.cl"

static inline char quantize(float x, float inv, int zero, const struct scales d)
{
    const float v = fmin(fmax(x * inv, -512.0f), 512.0f);
    return convert_char(clamp(convert_int(rint(v)) + zero, d.low, d.high));
}

static inline char16 quantize16(float16 x, float16 inv, int16 zero,
                                const struct scales d)
{
    const float16 v = fmin(fmax(x * inv, -512.0f), 512.0f);
    return convert_char16(clamp(convert_int16(rint(v)) + zero, d.low, d.high));
}
