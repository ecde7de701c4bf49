/* SPDX-License-Identifier: Apache-2.0
 *
 * For CPU kernels whose code is the same for f32 and f16: the including file
 * defines ASSAY_HALF for f16. assay_real is the element type of the arrays;
 * vectors are assay_vf in both cases. The four functions are those of
 * act_vector.h, or of half_vector.h.
 */
#ifndef ASSAY_KERNELS_REAL_VECTOR_H
#define ASSAY_KERNELS_REAL_VECTOR_H

#include "kernels/half_vector.h"

#ifdef ASSAY_HALF
typedef uint16_t assay_real;
#define assay_real_load assay_vf_load_half
#define assay_real_load_part assay_vf_load_half_part
#define assay_real_store assay_vf_store_half
#define assay_real_store_part assay_vf_store_half_part
#else
typedef float assay_real;
#define assay_real_load assay_vf_load
#define assay_real_load_part assay_vf_load_part
#define assay_real_store assay_vf_store
#define assay_real_store_part assay_vf_store_part
#endif

#endif
