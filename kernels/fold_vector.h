/* SPDX-License-Identifier: Apache-2.0
 *
 * One number from the lanes of a vector, folded in halves.
 */
#ifndef ASSAY_KERNELS_FOLD_VECTOR_H
#define ASSAY_KERNELS_FOLD_VECTOR_H

#include "kernels/act_vector.h"

ASSAY_INLINE float assay_vf_fold_sum(assay_vf v)
{
#if defined(__AVX512F__)
    return _mm512_reduce_add_ps((__m512)v);
#else
    float lanes[ASSAY_VF_LANES];
    assay_vf_store(lanes, v);
    for (int half = ASSAY_VF_LANES / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++)
            lanes[i] += lanes[i + half];
    return lanes[0];
#endif
}

/* Of lanes that are not NaN. */
ASSAY_INLINE float assay_vf_fold_max(assay_vf v)
{
#if defined(__AVX512F__)
    return _mm512_reduce_max_ps((__m512)v);
#else
    float lanes[ASSAY_VF_LANES];
    assay_vf_store(lanes, v);
    for (int half = ASSAY_VF_LANES / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++)
            lanes[i] = lanes[i] > lanes[i + half] ? lanes[i] : lanes[i + half];
    return lanes[0];
#endif
}

#endif
