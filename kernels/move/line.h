/* SPDX-License-Identifier: Apache-2.0
 *
 * Copies within a line of elements, for CPU rows of the moving ops; the
 * including file defines ELEMENT as an unsigned type of the element's size.
 * Loops of a constant distance become shuffles of vectors; short lines are not
 * worth a call of memcpy.
 */
#ifndef ASSAY_KERNELS_MOVE_LINE_H
#define ASSAY_KERNELS_MOVE_LINE_H

#include <stdint.h>
#include <string.h>

enum { SHORT_LINE = 8 };

static inline void copy_line(ELEMENT *restrict y, const ELEMENT *restrict x,
                             int64_t n)
{
    if (n >= SHORT_LINE) {
        memcpy(y, x, (size_t)n * sizeof *y);
        return;
    }
    for (int64_t i = 0; i < n; i++)
        y[i] = x[i];
}

/* n elements, `step` apart in x. */
static inline void copy_steps(ELEMENT *restrict y, const ELEMENT *restrict x,
                              int64_t step, int64_t n)
{
    switch (step) {
    case 1:
        copy_line(y, x, n);
        break;
    case -1:
        for (int64_t i = 0; i < n; i++)
            y[i] = x[-i];
        break;
    case 2:
        for (int64_t i = 0; i < n; i++)
            y[i] = x[2 * i];
        break;
    default:
        for (int64_t i = 0; i < n; i++)
            y[i] = x[i * step];
        break;
    }
}

#endif
