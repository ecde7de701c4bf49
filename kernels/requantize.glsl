/* SPDX-License-Identifier: Apache-2.0
 *
 * From int sums to the outputs of quantized.h, for Vulkan rows; the same bits
 * as requantize.h. The includer declares OUT, a specialization constant with
 * the type of y as enum assay_dtype numbers it, and the three words of
 * assay_launch_requantize (launch.h): float low, high; int y_zero. y is
 * declared once for each type that it can have, at one binding:
 *
 *     writeonly buffer y_array { float y[]; };
 *     writeonly buffer y_array8 { int8_t y8[]; };
 *     writeonly buffer y_array32 { int y32[]; };
 *
 * The row needs ASSAY_HAS_STORAGE8, as neighbours may write bytes of one word.
 */
#extension GL_EXT_shader_8bit_storage : require
#extension GL_EXT_shader_explicit_arithmetic_types_int8 : require

const uint OUT_F32 = 0u, OUT_S8 = 2u, OUT_B1 = 3u, OUT_S32 = 5u;

/* y as s8 from v = acc * scale. */
int requantize(float v)
{
    return int(roundEven(clamp(v, low, high))) + y_zero;
}

#define REQUANTIZE_STORE(at, acc, scale)                                       \
    {                                                                          \
        if (OUT == OUT_S8)                                                     \
            y8[at] = int8_t(requantize(float(acc) * (scale)));                 \
        else if (OUT == OUT_F32)                                               \
            y[at] = float(acc) * (scale);                                      \
        else                                                                   \
            y32[at] = acc;                                                     \
    }
