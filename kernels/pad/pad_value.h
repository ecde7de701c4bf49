/* SPDX-License-Identifier: Apache-2.0
 *
 * The value of a pad as an element, by the type's bits.
 */
#ifndef ASSAY_KERNELS_PAD_VALUE_H
#define ASSAY_KERNELS_PAD_VALUE_H

#include <stdint.h>
#include <string.h>

#include "kernels/half.h"

static inline uint32_t assay_pad_f32(double value)
{
    const float single = (float)value;
    uint32_t bits;
    memcpy(&bits, &single, sizeof bits);
    return bits;
}

static inline uint16_t assay_pad_f16(double value)
{
    return assay_half_from_float((float)value);
}

static inline uint8_t assay_pad_s8(double value)
{
    return (uint8_t)(int8_t)value;
}

#endif
