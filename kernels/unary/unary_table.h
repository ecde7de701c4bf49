/* SPDX-License-Identifier: Apache-2.0
 *
 * A unary s8 problem as its rows want it: the 256 results, that of x at the
 * index (uint8_t)x.
 */
#ifndef ASSAY_KERNELS_UNARY_TABLE_H
#define ASSAY_KERNELS_UNARY_TABLE_H

#include "kernels/kernel.h"

enum { ASSAY_UNARY_TABLE = 256 };

/* y for one x, by the formula of unary.h. */
int8_t assay_unary_s8_apply(const struct assay_unary *d, const float *scales,
                            int8_t x);

enum assay_status
assay_unary_check_constants(const struct assay_problem *problem,
                            const void *const *constants);
size_t assay_unary_packed_bytes(const struct assay_row *row,
                                const struct assay_problem *problem);
void assay_unary_pack(const struct assay_row *row,
                      const struct assay_problem *problem,
                      const void *const *constants, void *packed);

#endif
