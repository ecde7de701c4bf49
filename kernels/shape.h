/* SPDX-License-Identifier: Apache-2.0
 *
 * Arithmetic on shapes, for the ops' tables. Overflow counts as a fault, never
 * as a wrapped number.
 */
#ifndef ASSAY_KERNELS_SHAPE_H
#define ASSAY_KERNELS_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most elements that an array of a problem may have. */
#define ASSAY_MAX_ELEMENTS ((int64_t)1 << 31)

/* The largest size that a parameter may have. */
#define ASSAY_MAX_SIZE ((int64_t)1 << 31)

/* The product of `n` sizes ≥ 0; -1 if it exceeds ASSAY_MAX_ELEMENTS. */
static inline int64_t assay_product(const int64_t *sizes, size_t n)
{
    int64_t product = 1;
    for (size_t i = 0; i < n; i++)
        if (__builtin_mul_overflow(product, sizes[i], &product) ||
            product > ASSAY_MAX_ELEMENTS)
            return -1;
    return product;
}

/* Positions of a window of `size` taps, `dilation` apart, that moves by
 * `stride` over `in` elements padded by `before` and `after`; ≤ 0 if it does
 * not fit. */
static inline int64_t assay_window_count(int64_t in, int64_t size,
                                         int64_t stride, int64_t before,
                                         int64_t after, int64_t dilation)
{
    int64_t room = in + before + after - ((size - 1) * dilation + 1);
    return room < 0 ? 0 : room / stride + 1;
}

static inline int64_t assay_round_up(int64_t value, int64_t multiple)
{
    return (value + multiple - 1) / multiple * multiple;
}

#endif
