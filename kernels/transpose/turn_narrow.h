/* SPDX-License-Identifier: Apache-2.0
 *
 * Transposition of one tile of elements of 1 or 2 bytes, for one ISA level: of
 * 64 bytes a side, so that lines of memory are read and written whole, made of
 * squares as wide as a vector of 16 bytes that are turned in registers:
 * log2(lanes) rounds, each of which interleaves the rows of the upper half with
 * those of the lower (a perfect shuffle of rows and lanes; Stone, "Parallel
 * processing with the perfect shuffle", 1971). Tiles at the borders are copied
 * first.
 */
#include <stdint.h>
#include <string.h>

#include "kernels/move/line.h"

#define LANES (16 / (int)sizeof(ELEMENT))
#define TILE (64 / ELEMENT_BYTES)

typedef ELEMENT vector __attribute__((vector_size(16)));

#if ELEMENT_BYTES == 1
#define LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#else
#define LOW 0, 8, 1, 9, 2, 10, 3, 11
#define HIGH 4, 12, 5, 13, 6, 14, 7, 15
#endif

static inline __attribute__((always_inline)) void
interleave(const vector from[LANES], vector to[LANES])
{
#pragma GCC unroll 16
    for (int i = 0; i < LANES / 2; i++) {
        to[2 * i] = __builtin_shufflevector(from[i], from[i + LANES / 2], LOW);
        to[2 * i + 1] =
            __builtin_shufflevector(from[i], from[i + LANES / 2], HIGH);
    }
}

static inline void square(const ELEMENT *x, int64_t x_step, ELEMENT *y,
                          int64_t y_step)
{
    vector v[LANES], w[LANES];
#pragma GCC unroll 16
    for (int i = 0; i < LANES; i++)
        memcpy(&v[i], x + i * x_step, sizeof v[i]);
    interleave(v, w);
    interleave(w, v);
    interleave(v, w);
#if ELEMENT_BYTES == 1
    interleave(w, v);
    memcpy(w, v, sizeof w);
#endif
#pragma GCC unroll 16
    for (int i = 0; i < LANES; i++)
        memcpy(y + i * y_step, &w[i], sizeof w[i]);
}

static inline int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* One line of y, out of a line of a whole tile. */
static inline void put_line(ELEMENT *y, const ELEMENT *line, int64_t n)
{
    if (n == TILE)
        memcpy(y, line, 64);
    else
        copy_line(y, line, n);
}

/* x: `rows` lines, `x_step` apart, of `cols` elements, in memory up to the next
 * multiple of LANES; at most TILE of each. The tile is turned in a buffer, so
 * that lines of y are written whole even where they evict each other. */
static inline void turn(const ELEMENT *x, int64_t x_step, ELEMENT *y,
                        int64_t y_step, int64_t rows, int64_t cols)
{
    ELEMENT turned[TILE * TILE];
    for (int64_t i = 0; i < rows; i += LANES)
        for (int64_t j = 0; j < cols; j += LANES)
            square(x + i * x_step + j, x_step, turned + j * TILE + i, TILE);
    for (int64_t j = 0; j < cols; j++)
        put_line(y + j * y_step, turned + j * TILE, rows);
}

static void border(const ELEMENT *x, int64_t x_step, ELEMENT *y, int64_t y_step,
                   int64_t rows, int64_t cols)
{
    ELEMENT part[TILE * TILE] = {0};
    for (int64_t i = 0; i < rows; i++)
        copy_line(part + i * TILE, x + i * x_step, cols);
    turn(part, TILE, y, y_step, rows, cols);
}

/* x: `rows` lines, `x_step` apart, of `cols` elements; at most TILE of each. */
static void tile(const ELEMENT *x, int64_t x_step, ELEMENT *y, int64_t y_step,
                 int64_t rows, int64_t cols)
{
    if (rows % LANES == 0 && cols % LANES == 0)
        turn(x, x_step, y, y_step, rows, cols);
    else
        border(x, x_step, y, y_step, rows, cols);
}
