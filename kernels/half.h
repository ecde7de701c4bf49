/* SPDX-License-Identifier: Apache-2.0
 *
 * IEEE 754 binary16 as bits, to and from float, for references, baseline rows
 * and data. Rounds to nearest, ties to even; subnormals, infinities and NaN
 * are kept.
 */
#ifndef ASSAY_KERNELS_HALF_H
#define ASSAY_KERNELS_HALF_H

#include <stdint.h>
#include <string.h>

static inline float assay_half_to_float(uint16_t half)
{
    const uint32_t sign = (uint32_t)(half & 0x8000) << 16;
    const uint32_t exponent = (half >> 10) & 0x1f, fraction = half & 0x3ff;
    uint32_t bits;
    float value;
    if (exponent == 0) {
        value = (float)fraction * 0x1p-24f;
        return sign ? -value : value;
    }
    bits = exponent == 31 ? sign | 0x7f800000 | fraction << 13
                          : sign | (exponent + 112) << 23 | fraction << 13;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint16_t assay_half_from_float(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    const uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000)
        return (uint16_t)(sign | 0x7e00);
    if (magnitude >= 0x477ff000) /* 65520 rounds to infinity */
        return (uint16_t)(sign | 0x7c00);
    /* The fraction with its leading one, and how many of its bits go. */
    uint32_t whole = (magnitude & 0x7fffff) | 0x800000, drop = 13, base = 0;
    const uint32_t exponent = magnitude >> 23;
    if (exponent < 113) {
        if (exponent < 102)
            return (uint16_t)sign;
        drop = 126 - exponent;
    } else {
        base = (exponent - 113) << 10; /* the leading one adds 1 << 10 */
    }
    const uint32_t kept = whole >> drop, rest = whole & ((1u << drop) - 1);
    const uint32_t middle = 1u << (drop - 1);
    const uint32_t up = rest > middle || (rest == middle && (kept & 1));
    return (uint16_t)(sign | (base + kept + up));
}

#endif
