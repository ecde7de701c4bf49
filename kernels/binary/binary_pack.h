/* SPDX-License-Identifier: Apache-2.0
 *
 * The scales of a binary s8 problem as its rows want them: four words.
 */
#ifndef ASSAY_KERNELS_BINARY_PACK_H
#define ASSAY_KERNELS_BINARY_PACK_H

#include "kernels/kernel.h"

struct assay_binary_scales {
    int32_t a, b;  /* the factors of add and sub; that of b with its sign */
    int32_t shift; /* 13 to 30 */
    float product; /* the factor of mul */
};

enum assay_status
assay_binary_check_constants(const struct assay_problem *problem,
                             const void *const *constants);
size_t assay_binary_packed_bytes(const struct assay_row *row,
                                 const struct assay_problem *problem);
void assay_binary_pack(const struct assay_row *row,
                       const struct assay_problem *problem,
                       const void *const *constants, void *packed);

#endif
