/* SPDX-License-Identifier: Apache-2.0
 *
 * What layernorm and rmsnorm share: packed constants, the same for every row
 * and both dtypes, names and random shapes.
 */
#ifndef ASSAY_KERNELS_LAYERNORM_PACK_H
#define ASSAY_KERNELS_LAYERNORM_PACK_H

#include "kernels/kernel.h"
#include "kernels/shape.h"

/* The least eps: 1 / sqrt(eps) is far from the limits of float. */
#define ASSAY_LAYERNORM_EPS_MIN 1e-30

/* Packed: gamma in f32, filled up with 0 to this many elements; then, for
 * layernorm, beta likewise. */
static inline int64_t assay_layernorm_stride(int64_t cols)
{
    return assay_round_up(cols, 16);
}

/* Write one constant of n elements of a type as a stride of floats; all
 * `absent` if it is NULL. */
void assay_layernorm_pack(enum assay_dtype type, int64_t n,
                          const void *constant, float absent, float *packed);

/* "128x768", then eps where it is not 1e-5. */
void assay_layernorm_shape(int64_t rows, int64_t cols, double eps, char *text,
                           size_t size);

void assay_layernorm_random(struct assay_random *random, int64_t *rows,
                            int64_t *cols, double *eps);

/* The words are those of assay_launch_rows, then stride and eps (float). */
enum assay_status assay_layernorm_launch(const struct assay_row *row,
                                         int64_t rows, int64_t cols, double eps,
                                         struct assay_launch *launch);

#endif
