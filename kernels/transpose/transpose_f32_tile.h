/* SPDX-License-Identifier: Apache-2.0
 *
 * Transposition, f32, for one ISA level: the including file defines KERNEL as
 * its symbol. Tiles of 16 x 16, whose lines of 64 bytes are thus read and
 * written whole, made of squares as wide as a vector that are turned in
 * registers: log2(lanes) rounds, each of which exchanges the off-diagonal
 * quarters of squares of twice the size (Eklundh, "A fast computer method for
 * matrix transposing", 1972). At the borders lines are partial and missing
 * lines are left out. A single row or column is a copy. Threads share the
 * tiles. x and y do not overlap. Deviation: none, elements are copied.
 */
#include <string.h>

#include "kernels/act_vector.h"
#include "kernels/kernel.h"
#include "kernels/split.h"

assay_cpu_function KERNEL;

#define TILE 16

/* Exchange lane l + d of row i with lane l of row i + d, for l and i without
 * bit d. LOW and HIGH choose the lanes of the two new rows. */
#define EXCHANGE(d, LOW, HIGH)                                                 \
    for (int i = 0; i < ASSAY_VF_LANES; i++) {                                 \
        if (i & (d))                                                           \
            continue;                                                          \
        const assay_vf a = v[i], b = v[i + (d)];                               \
        v[i] = __builtin_shufflevector(a, b, LOW);                             \
        v[i + (d)] = __builtin_shufflevector(a, b, HIGH);                      \
    }

#if ASSAY_VF_LANES == 16
#define LOW_1 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30
#define HIGH_1 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31
#define LOW_2 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#define HIGH_2 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#define LOW_4 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27
#define HIGH_4 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31
#define LOW_8 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23
#define HIGH_8 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31
#elif ASSAY_VF_LANES == 8
#define LOW_1 0, 8, 2, 10, 4, 12, 6, 14
#define HIGH_1 1, 9, 3, 11, 5, 13, 7, 15
#define LOW_2 0, 1, 8, 9, 4, 5, 12, 13
#define HIGH_2 2, 3, 10, 11, 6, 7, 14, 15
#define LOW_4 0, 1, 2, 3, 8, 9, 10, 11
#define HIGH_4 4, 5, 6, 7, 12, 13, 14, 15
#else
#define LOW_1 0, 4, 2, 6
#define HIGH_1 1, 5, 3, 7
#define LOW_2 0, 1, 4, 5
#define HIGH_2 2, 3, 6, 7
#endif

ASSAY_INLINE void turn(assay_vf v[ASSAY_VF_LANES])
{
    EXCHANGE(1, LOW_1, HIGH_1)
    EXCHANGE(2, LOW_2, HIGH_2)
#if ASSAY_VF_LANES >= 8
    EXCHANGE(4, LOW_4, HIGH_4)
#endif
#if ASSAY_VF_LANES >= 16
    EXCHANGE(8, LOW_8, HIGH_8)
#endif
}

ASSAY_INLINE void square(const float *x, int64_t x_step, float *y,
                         int64_t y_step)
{
    assay_vf v[ASSAY_VF_LANES];
    for (int i = 0; i < ASSAY_VF_LANES; i++)
        v[i] = assay_vf_load(x + i * x_step);
    turn(v);
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
    turn(v);
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
