/* SPDX-License-Identifier: Apache-2.0
 *
 * Permutation of axes for one ISA level and size of element: the including file
 * defines KERNEL as its symbol, ELEMENT as an unsigned type of the size and
 * ELEMENT_BYTES as that. Axes are joined where they stay together. If the last
 * axis stays the last, lines are copied (move/lines.h). Else the plane of the
 * last axes of x and y is turned in tiles (turn_f32.h, turn_narrow.h), which
 * threads share. x and y do not overlap; no alignment needed. Deviation: none,
 * elements are copied.
 */
#include "kernels/move/lines.h"
#if ELEMENT_BYTES == 4
#include "kernels/transpose/turn_f32.h"
#else
#include "kernels/transpose/turn_narrow.h"
#endif

assay_cpu_function KERNEL;

/* `across` is the axis of y that is the last one of x. */
static void turn_planes(const struct assay_move *m, int across,
                        const ELEMENT *x, ELEMENT *y, size_t threads,
                        size_t thread)
{
    const struct assay_move_axis rows = m->axes[m->rank - 1];
    const struct assay_move_axis cols = m->axes[across];
    const int64_t down = (rows.count + TILE - 1) / TILE;
    const int64_t along = (cols.count + TILE - 1) / TILE;
    int64_t planes = 1;
    for (int a = 0; a < m->rank - 1; a++)
        planes *= a == across ? 1 : m->axes[a].count;
    const struct assay_range span =
        assay_split(planes * along * down, threads, thread);
    for (int64_t t = span.begin; t < span.end; t++) {
        const int64_t i = t % down * TILE, j = t / down % along * TILE;
        int64_t plane = t / down / along, x_at = 0, y_at = 0;
        for (int a = m->rank - 2; a >= 0 && plane; a--) {
            if (a == across)
                continue;
            const int64_t at = plane % m->axes[a].count;
            x_at += at * m->axes[a].x_step;
            y_at += at * m->axes[a].y_step;
            plane /= m->axes[a].count;
        }
        tile(x + x_at + i * rows.x_step + j, rows.x_step,
             y + y_at + j * cols.y_step + i, cols.y_step,
             least(rows.count - i, TILE), least(cols.count - j, TILE));
    }
}

void KERNEL(const struct assay_cpu_call *call)
{
    struct assay_move move;
    assay_transpose_move(&call->problem->as.transpose, &move);
    int across = move.rank - 1;
    while (across > 0 && move.axes[across].x_step != 1)
        across--;
    if (across == move.rank - 1)
        move_lines(&move, call->inputs[0], call->output, call->threads,
                   call->thread);
    else
        turn_planes(&move, across, call->inputs[0], call->output, call->threads,
                    call->thread);
}
