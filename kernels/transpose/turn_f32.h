/* SPDX-License-Identifier: Apache-2.0
 *
 * Transposition of one tile of f32, for one ISA level: of 16 x 16, whose lines
 * of 64 bytes are thus read and written whole, made of squares as wide as a
 * vector that are turned in registers (turn_vector.h). At the borders lines are
 * partial and missing lines are left out. Bits are moved, whatever they mean.
 */
#include "kernels/turn_vector.h"

#define TILE 16

ASSAY_INLINE void square(const float *x, int64_t x_step, float *y,
                         int64_t y_step)
{
    assay_vf v[ASSAY_VF_LANES];
    for (int i = 0; i < ASSAY_VF_LANES; i++)
        v[i] = assay_vf_load(x + i * x_step);
    assay_vf_turn(v);
    for (int i = 0; i < ASSAY_VF_LANES; i++)
        assay_vf_store(y + i * y_step, v[i]);
}

/* The same with `rows` lines of `cols` elements, at most a vector of each. */
static void border(const float *x, int64_t x_step, float *y, int64_t y_step,
                   int64_t rows, int64_t cols)
{
    assay_vf v[ASSAY_VF_LANES];
    for (int i = 0; i < ASSAY_VF_LANES; i++)
        v[i] = i < rows ? assay_vf_load_part(x + i * x_step, cols, 0)
                        : (assay_vf){0};
    assay_vf_turn(v);
    for (int i = 0; i < ASSAY_VF_LANES; i++)
        if (i < cols)
            assay_vf_store_part(y + i * y_step, rows, v[i]);
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* x: `rows` lines, `x_step` apart, of `cols` elements; at most TILE of each. */
static void tile(const ELEMENT *from, int64_t x_step, ELEMENT *to,
                 int64_t y_step, int64_t rows, int64_t cols)
{
    const float *x = (const void *)from;
    float *y = (void *)to;
    for (int64_t i = 0; i < rows; i += ASSAY_VF_LANES)
        for (int64_t j = 0; j < cols; j += ASSAY_VF_LANES)
            if (rows - i >= ASSAY_VF_LANES && cols - j >= ASSAY_VF_LANES)
                square(x + i * x_step + j, x_step, y + j * y_step + i, y_step);
            else
                border(x + i * x_step + j, x_step, y + j * y_step + i, y_step,
                       least(rows - i, ASSAY_VF_LANES),
                       least(cols - j, ASSAY_VF_LANES));
}
