/* SPDX-License-Identifier: Apache-2.0
 *
 * The vector functions of one ISA level for test_act_vector.c: compiled once a
 * level, with LEVEL as its symbol.
 */
#include "tests/act_vector_level.h"

#include "kernels/act_vector.h"
#include "kernels/half_vector.h"

static void apply(int function, const float *x, float *y)
{
    const assay_vf v = assay_vf_load(x);
    assay_vf_store(y, function == ACT_VECTOR_EXP
                          ? assay_vf_exp(v)
                          : assay_vf_act(v, (enum assay_act)function));
}

static void copy_part(const float *x, float *y, int64_t n, float fill,
                      float *loaded)
{
    const assay_vf v = assay_vf_load_part(x, n, fill);
    assay_vf_store(loaded, v);
    assay_vf_store_part(y, n, v);
}

static void widen(const uint16_t *x, float *y, int64_t n, float fill)
{
    assay_vf_store(y, n < ASSAY_VF_LANES ? assay_vf_load_half_part(x, n, fill)
                                         : assay_vf_load_half(x));
}

static void narrow(const float *x, uint16_t *y, int64_t n)
{
    if (n < ASSAY_VF_LANES)
        assay_vf_store_half_part(y, n, assay_vf_load(x));
    else
        assay_vf_store_half(y, assay_vf_load(x));
}

const struct act_vector_level LEVEL = {ASSAY_VF_LANES, apply, copy_part, widen,
                                       narrow};
