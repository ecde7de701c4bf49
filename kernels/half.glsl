/* SPDX-License-Identifier: Apache-2.0
 *
 * f16 in words for Vulkan rows, two elements to a uint, the lower one first.
 * unpackHalf2x16 is exact but may flush subnormals, and packHalf2x16 may round
 * as it likes, so that both leave them to integers here: subnormals are kept,
 * and values are rounded to nearest, ties to even.
 */

/* Bits of a half as bits of a float. */
uint half_widen(uint h)
{
    const uint rest = h & 0x7fffu;
    const uint normal =
        (rest << 13) + (rest >= 0x7c00u ? 224u << 23 : 112u << 23);
    const uint small = floatBitsToUint(float(rest) * 5.9604644775390625e-8);
    return (rest < 0x400u ? small : normal) | ((h & 0x8000u) << 16);
}

/* And back. Below 2^-14 a half has 24 bits behind the point. */
uint half_narrow(float x)
{
    const uint bits = floatBitsToUint(x), rest = bits & 0x7fffffffu;
    const uint normal = (rest + 0xfffu + ((rest >> 13) & 1u) - (112u << 23)) >> 13;
    const uint small = uint(roundEven(uintBitsToFloat(rest) * 16777216.0));
    uint h = rest < 113u << 23 ? small : normal;
    h = rest >= 0x477ff000u ? 0x7c00u : h;
    h = rest > 0x7f800000u ? 0x7e00u : h;
    return h | ((bits >> 16) & 0x8000u);
}

vec2 half2_unpack(uint word)
{
    return vec2(uintBitsToFloat(half_widen(word & 0xffffu)),
                uintBitsToFloat(half_widen(word >> 16)));
}

uint half2_pack(vec2 v)
{
    return half_narrow(v.x) | half_narrow(v.y) << 16;
}
