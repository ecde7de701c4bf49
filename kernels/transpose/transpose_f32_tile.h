/* SPDX-License-Identifier: Apache-2.0
 *
 * Transposition, f32, for one ISA level: the including file defines KERNEL as
 * its symbol. Tiles of 16 x 16, whose lines of 64 bytes are thus read and
 * written whole, made of squares as wide as a vector that are turned in
 * registers (turn_vector.h). At the borders lines are partial and missing
 * lines are left out. A single row or column is a copy. Threads share the
 * tiles. x and y do not overlap. Deviation: none, elements are copied.
 */
#include <string.h>

#include "kernels/kernel.h"
#include "kernels/split.h"
#include "kernels/turn_vector.h"

assay_cpu_function KERNEL;

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
static void tile(const float *x, int64_t x_step, float *y, int64_t y_step,
                 int64_t rows, int64_t cols)
{
    for (int64_t i = 0; i < rows; i += ASSAY_VF_LANES)
        for (int64_t j = 0; j < cols; j += ASSAY_VF_LANES)
            if (rows - i >= ASSAY_VF_LANES && cols - j >= ASSAY_VF_LANES)
                square(x + i * x_step + j, x_step, y + j * y_step + i, y_step);
            else
                border(x + i * x_step + j, x_step, y + j * y_step + i, y_step,
                       least(rows - i, ASSAY_VF_LANES),
                       least(cols - j, ASSAY_VF_LANES));
}

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_transpose *d = &call->problem->as.transpose;
    const float *x = call->inputs[0];
    float *y = call->output;
    if (d->rows == 1 || d->cols == 1) {
        const struct assay_range span = assay_split_units(
            d->batch * d->rows * d->cols, 1024, call->threads, call->thread);
        if (span.end > span.begin)
            memcpy(y + span.begin, x + span.begin,
                   (size_t)(span.end - span.begin) * sizeof *y);
        return;
    }
    const int64_t down = (d->rows + TILE - 1) / TILE;
    const int64_t across = (d->cols + TILE - 1) / TILE;
    const struct assay_range span =
        assay_split(d->batch * across * down, call->threads, call->thread);
    for (int64_t t = span.begin; t < span.end; t++) {
        const int64_t i = t % down * TILE, j = t / down % across * TILE;
        const int64_t base = t / down / across * d->rows * d->cols;
        tile(x + base + i * d->cols + j, d->cols, y + base + j * d->rows + i,
             d->rows, least(d->rows - i, TILE), least(d->cols - j, TILE));
    }
}
