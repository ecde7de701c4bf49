/* SPDX-License-Identifier: Apache-2.0
 *
 * kernels/act_vector.h, function_vector.h, pow_vector.h and half_vector.h as
 * ordinary functions, once for each ISA level.
 */
#ifndef ASSAY_TESTS_ACT_VECTOR_LEVEL_H
#define ASSAY_TESTS_ACT_VECTOR_LEVEL_H

#include <stdint.h>

enum { ACT_VECTOR_MOST = 16 };

struct act_vector_level {
    int lanes;
    /* y[i] = function(x[i]), one vector: an enum assay_act or one of those enum
     * assay_function that function_vector.h has, elu with alpha 1 */
    void (*apply)(int function, const float *x, float *y);
    void (*power)(const float *a, const float *b, float *y); /* a^b */
    /* assay_vf_load_part of n lanes into `loaded`, then assay_vf_store_part */
    void (*copy_part)(const float *x, float *y, int64_t n, float fill,
                      float *loaded);
    /* The first n lanes between halves and floats; `fill` in the others. */
    void (*widen)(const uint16_t *x, float *y, int64_t n, float fill);
    void (*narrow)(const float *x, uint16_t *y, int64_t n);
};

extern const struct act_vector_level act_vector_baseline, act_vector_avx2,
    act_vector_avx512;

#endif
