/* SPDX-License-Identifier: Apache-2.0
 *
 * What the OpenCL rows of transpose that turn planes share: the plane of the
 * last axis of y (`rows` lines of x, x_step apart) and the last axis of x
 * (`cols` lines of y, y_step apart), once for every place along up to four
 * other axes. The `n` tiles are numbered down the lines of y first.
 */
#include "move/move.cl"

struct planes {
    uint n, chunk, rows, cols, x_step, y_step;
    uint count[4], x[4], y[4];
};

struct tile {
    uint i, j; /* first line and column in the plane of x */
    uint x, y; /* its element in each */
};

static inline struct tile tile_number(const struct planes *d, const uint t,
                                      const uint size)
{
    const uint down = (d->rows + size - 1) / size;
    const uint across = (d->cols + size - 1) / size;
    struct tile at;
    uint plane = t / down / across;
    at.i = t % down * size;
    at.j = t / down % across * size;
    at.x = at.i * d->x_step + at.j;
    at.y = at.j * d->y_step + at.i;
    for (uint a = 0; a < 4 && plane; a++) {
        at.x += plane % d->count[a] * d->x[a];
        at.y += plane % d->count[a] * d->y[a];
        plane /= d->count[a];
    }
    return at;
}
