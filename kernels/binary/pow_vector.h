/* SPDX-License-Identifier: Apache-2.0
 *
 * Powers of vectors of float, for CPU kernels: exp(b ln |a|), with the sign of
 * an odd power of a negative a. Relative error 2^-23 (2 + 1.5 |b ln a|). As C's
 * pow for a NaN, for a = ±0 (but that the sign of 0 is lost), ±infinity,
 * b = 0, a = 1, and for a negative a with a b that is not whole (NaN).
 */
#ifndef ASSAY_KERNELS_BINARY_POW_VECTOR_H
#define ASSAY_KERNELS_BINARY_POW_VECTOR_H

#include "kernels/function_vector.h"

ASSAY_INLINE assay_vf assay_vf_pow(assay_vf a, assay_vf b)
{
    const assay_vf one = assay_vf_set(1.0f);
    const assay_vf size = assay_vf_max(-a, a);
    assay_vf y = assay_vf_exp(b * assay_vf_log(size));
    /* From 2^24 on every float is whole and even. */
    const assay_vf bounded = assay_vf_min(
        assay_vf_set(0x1p24f), assay_vf_max(assay_vf_set(-0x1p24f), b));
    const assay_vi whole = __builtin_convertvector(bounded, assay_vi);
    const assay_vi fractional =
        __builtin_convertvector(whole, assay_vf) != bounded;
    const assay_vi negative = a < 0.0f;
    y = (assay_vf)((assay_vi)y ^ (negative & (whole << 31)));
    y = assay_vf_choose(negative & fractional & (size < INFINITY),
                        assay_vf_set(NAN), y);
    return assay_vf_choose((a == one) | (b == (assay_vf){0}), one, y);
}

#endif
