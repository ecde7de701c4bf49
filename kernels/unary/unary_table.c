/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/unary/unary_table.h"

#include <math.h>

enum assay_status
assay_unary_check_constants(const struct assay_problem *problem,
                            const void *const *constants)
{
    if (problem->dtype != ASSAY_S8)
        return ASSAY_OK;
    const float *scales = constants[0];
    for (int i = 0; i < 2; i++)
        if (!(scales[i] > 0) || isinf(scales[i]))
            return assay_fail(ASSAY_INVALID,
                              "unary: the scale of %s is %g, not a finite "
                              "number above 0",
                              i ? "y" : "x", (double)scales[i]);
    return ASSAY_OK;
}

size_t assay_unary_packed_bytes(const struct assay_row *row,
                                const struct assay_problem *problem)
{
    (void)row;
    return problem->dtype == ASSAY_S8 ? ASSAY_UNARY_TABLE : 0;
}

int8_t assay_unary_s8_apply(const struct assay_unary *d, const float *scales,
                            int8_t x)
{
    const double real = (double)scales[0] * (double)(x - d->x_zero);
    const double y = rint(assay_unary_apply(d, real) / (double)scales[1]);
    if (isnan(y))
        return (int8_t)d->y_zero;
    const double moved = y + (double)d->y_zero;
    return (int8_t)(moved < -128 ? -128 : moved > 127 ? 127 : moved);
}

void assay_unary_pack(const struct assay_row *row,
                      const struct assay_problem *problem,
                      const void *const *constants, void *packed)
{
    int8_t *table = packed;
    (void)row;
    for (int i = 0; i < ASSAY_UNARY_TABLE; i++)
        table[i] = assay_unary_s8_apply(&problem->as.unary, constants[0],
                                        (int8_t)(i < 128 ? i : i - 256));
}
