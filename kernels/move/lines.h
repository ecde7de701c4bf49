/* SPDX-License-Identifier: Apache-2.0
 *
 * A move line by line, for one ISA level and size of element: the including
 * file defines ELEMENT as an unsigned type of the size. A line is the last axis
 * of y; threads share lines, or the pieces of long ones. Bound by memory where
 * lines are contiguous in x.
 */
#ifndef ASSAY_KERNELS_MOVE_LINES_H
#define ASSAY_KERNELS_MOVE_LINES_H

#include "kernels/move/line.h"
#include "kernels/move/move.h"
#include "kernels/split.h"

/* Where a thread is in x and y: the numbers of the line along the axes but the
 * last, and the elements where it begins. */
struct cursor {
    int64_t i[ASSAY_MOVE_RANK];
    int64_t x, y;
};

/* Line number `line`. */
static inline void cursor_set(struct cursor *c, const struct assay_move *m,
                              int64_t line)
{
    c->x = m->x_base;
    c->y = line * m->axes[m->rank - 1].count;
    for (int a = m->rank - 2; a >= 0; a--) {
        c->i[a] = line % m->axes[a].count;
        c->x += c->i[a] * m->axes[a].x_step;
        line /= m->axes[a].count;
    }
}

static inline void cursor_next(struct cursor *c, const struct assay_move *m)
{
    c->y += m->axes[m->rank - 1].count;
    for (int a = m->rank - 2; a >= 0; a--) {
        c->x += m->axes[a].x_step;
        if (++c->i[a] < m->axes[a].count)
            return;
        c->x -= m->axes[a].count * m->axes[a].x_step;
        c->i[a] = 0;
    }
}

static inline void move_lines(const struct assay_move *m, const ELEMENT *x,
                              ELEMENT *y, size_t threads, size_t thread)
{
    const struct assay_move_axis last = m->axes[m->rank - 1];
    const int64_t piece = 16384 / (int64_t)sizeof(ELEMENT);
    const int64_t pieces = (last.count + piece - 1) / piece;
    int64_t lines = 1;
    for (int a = 0; a < m->rank - 1; a++)
        lines *= m->axes[a].count;
    const struct assay_range span =
        assay_split(lines * pieces, threads, thread);
    struct cursor c;
    cursor_set(&c, m, span.begin / pieces);
    int64_t part = span.begin % pieces;
    for (int64_t k = span.begin; k < span.end; k++) {
        const int64_t from = part * piece;
        const int64_t left = last.count - from;
        copy_steps(y + c.y + from, x + c.x + from * last.x_step, last.x_step,
                   left < piece ? left : piece);
        if (++part == pieces) {
            part = 0;
            cursor_next(&c, m);
        }
    }
}

#endif
