/* SPDX-License-Identifier: Apache-2.0
 *
 * The vector functions of one ISA level for test_act_vector.c: compiled once a
 * level, with LEVEL as its symbol.
 */
#include "tests/act_vector_level.h"

#include "kernels/binary/pow_vector.h"
#include "kernels/half_vector.h"
#include "kernels/unary/unary.h"

static assay_vf of(int function, assay_vf v)
{
    switch (function) {
    case ASSAY_FUNCTION_EXP:
        return assay_vf_exp(v);
    case ASSAY_FUNCTION_LOG:
        return assay_vf_log(v);
    case ASSAY_FUNCTION_ERF:
        return assay_vf_erf(v);
    case ASSAY_FUNCTION_SQRT:
        return assay_vf_sqrt(v);
    case ASSAY_FUNCTION_ELU:
        return assay_vf_elu(v, 1);
    case ASSAY_FUNCTION_SOFTPLUS:
        return assay_vf_softplus(v);
    case ASSAY_FUNCTION_FLOOR:
        return assay_vf_floor(v);
    case ASSAY_FUNCTION_ROUND:
        return assay_vf_round(v);
    default:
        return assay_vf_act(v, (enum assay_act)function);
    }
}

static void apply(int function, const float *x, float *y)
{
    assay_vf_store(y, of(function, assay_vf_load(x)));
}

static void power(const float *a, const float *b, float *y)
{
    assay_vf_store(y, assay_vf_pow(assay_vf_load(a), assay_vf_load(b)));
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

const struct act_vector_level LEVEL = {ASSAY_VF_LANES, apply, power,
                                       copy_part,      widen, narrow};
