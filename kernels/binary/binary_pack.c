/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/binary/binary_pack.h"

#include <math.h>

/* sa/sy and sb/sy */
static void ratios(const float *scales, double *a, double *b)
{
    *a = (double)scales[0] / (double)scales[2];
    *b = (double)scales[1] / (double)scales[2];
}

enum assay_status
assay_binary_check_constants(const struct assay_problem *problem,
                             const void *const *constants)
{
    static const char *const names[] = {"a", "b", "y"};
    double a, b;
    if (problem->dtype != ASSAY_S8)
        return ASSAY_OK;
    const float *scales = constants[0];
    for (int i = 0; i < 3; i++)
        if (!(scales[i] > 0) || isinf(scales[i]))
            return assay_fail(ASSAY_INVALID,
                              "binary: the scale of %s is %g, not a finite "
                              "number above 0",
                              names[i], (double)scales[i]);
    ratios(scales, &a, &b);
    const double most = a > b ? a : b;
    if (problem->as.binary.kind == ASSAY_BINARY_MUL) {
        const double product = a * (double)scales[1];
        if (!(product >= 0x1p-100) || product > 0x1p100)
            return assay_fail(ASSAY_INVALID,
                              "binary: the scales make a factor of %g",
                              product);
    } else if (!(most >= 0x1p-10) || most >= 0x1p8) {
        return assay_fail(ASSAY_INVALID,
                          "binary: the larger scale of the inputs is %g of "
                          "that of y; 2^-10 to 2^8 can be computed",
                          most);
    }
    return ASSAY_OK;
}

size_t assay_binary_packed_bytes(const struct assay_row *row,
                                 const struct assay_problem *problem)
{
    (void)row;
    return problem->dtype == ASSAY_S8 ? sizeof(struct assay_binary_scales) : 0;
}

void assay_binary_pack(const struct assay_row *row,
                       const struct assay_problem *problem,
                       const void *const *constants, void *packed)
{
    struct assay_binary_scales *to = packed;
    const float *scales = constants[0];
    double a, b;
    int exponent;
    (void)row;
    ratios(scales, &a, &b);
    *to = (struct assay_binary_scales){0};
    if (problem->as.binary.kind == ASSAY_BINARY_MUL) {
        to->product =
            (float)((double)scales[0] * (double)scales[1] / (double)scales[2]);
        return;
    }
    (void)frexp(a > b ? a : b, &exponent); /* the larger: [1/2, 1) 2^exponent */
    to->shift = 21 - exponent;
    to->a = (int32_t)rint(ldexp(a, to->shift));
    to->b = (int32_t)rint(ldexp(b, to->shift));
    if (to->a > 0x1fffff || to->b > 0x1fffff) { /* rounded up to 2^21 */
        to->shift--;
        to->a = (int32_t)rint(ldexp(a, to->shift));
        to->b = (int32_t)rint(ldexp(b, to->shift));
    }
    if (problem->as.binary.kind == ASSAY_BINARY_SUB)
        to->b = -to->b;
}
