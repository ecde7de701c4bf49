/* SPDX-License-Identifier: Apache-2.0 */
#include "element.h"

#include <math.h>

#include "half.h"

void assay_fill(struct assay_random *random, enum assay_dtype type, void *out,
                size_t n)
{
    float one;
    switch (type) {
    case ASSAY_F32:
        assay_random_fill_f32(random, out, n);
        break;
    case ASSAY_F16:
        for (size_t i = 0; i < n; i++) {
            assay_random_fill_f32(random, &one, 1);
            ((uint16_t *)out)[i] = assay_half_from_float(one);
        }
        break;
    case ASSAY_S8:
    case ASSAY_U8:
        for (size_t i = 0; i < n; i++)
            ((uint8_t *)out)[i] = (uint8_t)(assay_random_next(random) >> 56);
        break;
    case ASSAY_B1:
        for (size_t i = 0; i < n; i++)
            ((uint32_t *)out)[i] = (uint32_t)(assay_random_next(random) >> 32);
        break;
    case ASSAY_S32:
        for (size_t i = 0; i < n; i++)
            ((int32_t *)out)[i] =
                (int32_t)assay_random_range(random, -1000, 1000);
        break;
    case ASSAY_ELEMENTS:
        break;
    }
}

double assay_element(enum assay_dtype type, const void *array, size_t i)
{
    switch (type) {
    case ASSAY_F32:
        return (double)((const float *)array)[i];
    case ASSAY_F16:
        return (double)assay_half_to_float(((const uint16_t *)array)[i]);
    case ASSAY_S8:
        return (double)((const int8_t *)array)[i];
    case ASSAY_U8:
        return (double)((const uint8_t *)array)[i];
    case ASSAY_B1:
        return (double)((const uint32_t *)array)[i];
    case ASSAY_S32:
        return (double)((const int32_t *)array)[i];
    case ASSAY_ELEMENTS:
        break;
    }
    return (double)NAN;
}

void assay_element_set(enum assay_dtype type, void *array, size_t i,
                       double value)
{
    if (type == ASSAY_F16)
        ((uint16_t *)array)[i] = assay_half_from_float((float)value);
    else
        ((float *)array)[i] = (float)value;
}

double assay_max_error(enum assay_dtype type, const void *got, const void *want,
                       size_t n)
{
    double worst = 0;
    for (size_t i = 0; i < n; i++) {
        const double a = assay_element(type, got, i),
                     b = assay_element(type, want, i);
        const double error = a == b ? 0 : fabs(a - b);
        if (!(error <= worst))
            worst = isnan(error) ? (double)INFINITY : error;
    }
    return worst;
}
