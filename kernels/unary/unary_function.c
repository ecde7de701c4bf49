/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "kernels/kernel.h"

const char *const assay_function_names[] = {
    ASSAY_ACT_NAMES, "identity", "erf",      "sqrt",       "exp",
    "log",           "neg",      "abs",      "reciprocal", "hardsigmoid",
    "leakyrelu",     "elu",      "softplus", "clip",       "sign",
    "floor",         "ceil",     "round",    NULL};

static double bound(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

double assay_unary_apply(const struct assay_unary *d, double x)
{
    const double alpha = (double)(float)d->alpha, beta = (double)(float)d->beta;
    switch ((enum assay_function)d->act) {
    case ASSAY_FUNCTION_IDENTITY:
        return x;
    case ASSAY_FUNCTION_ERF:
        return erf(x);
    case ASSAY_FUNCTION_SQRT:
        return sqrt(x);
    case ASSAY_FUNCTION_EXP:
        return exp(x);
    case ASSAY_FUNCTION_LOG:
        return log(x);
    case ASSAY_FUNCTION_NEG:
        return -x;
    case ASSAY_FUNCTION_ABS:
        return fabs(x);
    case ASSAY_FUNCTION_RECIPROCAL:
        return 1 / x;
    case ASSAY_FUNCTION_HARDSIGMOID:
        return bound(alpha * x + beta, 0, 1);
    case ASSAY_FUNCTION_LEAKYRELU:
        return x < 0 ? alpha * x : x;
    case ASSAY_FUNCTION_ELU:
        return x > 0 ? x : alpha * expm1(x);
    case ASSAY_FUNCTION_SOFTPLUS:
        return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
    case ASSAY_FUNCTION_CLIP:
        return bound(x, (double)(float)d->low, (double)(float)d->high);
    case ASSAY_FUNCTION_SIGN:
        return x < 0 ? -1 : x > 0 ? 1 : x;
    case ASSAY_FUNCTION_FLOOR:
        return floor(x);
    case ASSAY_FUNCTION_CEIL:
        return ceil(x);
    case ASSAY_FUNCTION_ROUND:
        return rint(x);
    case ASSAY_FUNCTIONS:
        break;
    }
    return assay_act_apply((enum assay_act)d->act, x);
}
