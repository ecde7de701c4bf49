/* SPDX-License-Identifier: Apache-2.0
 *
 * Pad for one ISA level and size of element: the including file defines KERNEL
 * as its symbol, ELEMENT as an unsigned type of the size and VALUE(x) as the
 * element that stands for the number x. Axes are joined where that changes
 * nothing (move.h). y is one run of elements, in which each thread takes a span
 * of whole cache lines; along the last axis a line is filled, copied and filled
 * again. Bound by memory. No alignment needed. Deviation: none, elements are
 * copied.
 */
#include "kernels/move/line.h"
#include "kernels/move/move.h"
#include "kernels/pad/pad_value.h"
#include "kernels/split.h"

assay_cpu_function KERNEL;

static void fill(ELEMENT *y, int64_t from, int64_t to, ELEMENT value)
{
    for (int64_t o = from; o < to; o++)
        y[o] = value;
}

static inline int64_t clip(int64_t at, int64_t from, int64_t to)
{
    return at < from ? from : at > to ? to : at;
}

/* The element that place o of an axis takes, -1 for the value. */
static inline int64_t source(const struct assay_pad_axis *axis, int64_t kind,
                             int64_t o)
{
    const int64_t t = o - axis->before;
    const int64_t last = (axis->size - 1) * axis->gap;
    if (t >= 0 && t <= last)
        return axis->gap == 1 ? t : t % axis->gap ? -1 : t / axis->gap;
    if (kind == ASSAY_PAD_CONSTANT)
        return -1;
    if (kind == ASSAY_PAD_EDGE)
        return t < 0 ? 0 : last;
    return t < 0 ? -t : 2 * last - t;
}

/* Places `from` … `to` - 1 of a line whose element 0 is at x. */
static void pad_line(const struct assay_pad_axis *axis, int64_t kind,
                     const ELEMENT *x, ELEMENT value, ELEMENT *y, int64_t from,
                     int64_t to)
{
    const int64_t last = axis->size - 1;
    const int64_t begin = clip(axis->before, from, to);
    const int64_t end = clip(axis->before + last * axis->gap + 1, from, to);
    if (kind == ASSAY_PAD_REFLECT) {
        for (int64_t o = from; o < begin; o++)
            y[o] = x[axis->before - o];
        for (int64_t o = end; o < to; o++)
            y[o] = x[2 * last - (o - axis->before)];
    } else {
        const bool edge = kind == ASSAY_PAD_EDGE;
        fill(y, from, begin, edge ? x[0] : value);
        fill(y, end, to, edge ? x[last] : value);
    }
    if (axis->gap == 1) {
        if (begin < end)
            copy_line(y + begin, x + begin - axis->before, end - begin);
        return;
    }
    fill(y, begin, end, value);
    int64_t i = (begin - axis->before + axis->gap - 1) / axis->gap;
    for (int64_t o = axis->before + i * axis->gap; o < end; o += axis->gap)
        y[o] = x[i++];
}

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_pad *d = &call->problem->as.pad;
    struct assay_pad_plan plan;
    assay_pad_plan(d, &plan);
    const struct assay_pad_axis *last = &plan.axes[plan.rank - 1];
    const ELEMENT value = VALUE(d->value);
    int64_t i[ASSAY_MOVE_RANK] = {0}, size = 1;
    for (int a = 0; a < plan.rank; a++)
        size *= plan.axes[a].count;
    const struct assay_range span = assay_split_units(
        size, 4096 / (int64_t)sizeof(ELEMENT), call->threads, call->thread);
    int64_t line = span.begin / last->count, at = span.begin % last->count;
    ELEMENT *y = (ELEMENT *)call->output + line * last->count;
    for (int a = plan.rank - 2; a >= 0; a--) {
        i[a] = line % plan.axes[a].count;
        line /= plan.axes[a].count;
    }
    for (int64_t left = span.end - span.begin; left > 0;) {
        const int64_t n = last->count - at < left ? last->count - at : left;
        int64_t x = 0;
        for (int a = 0; a < plan.rank - 1 && x >= 0; a++) {
            const int64_t k = source(&plan.axes[a], d->kind, i[a]);
            x = k < 0 ? -1 : x + k * plan.axes[a].x_step;
        }
        if (x < 0)
            fill(y, at, at + n, value);
        else
            pad_line(last, d->kind, (const ELEMENT *)call->inputs[0] + x, value,
                     y, at, at + n);
        left -= n;
        at = 0;
        y += last->count;
        for (int a = plan.rank - 2; a >= 0; a--) {
            if (++i[a] < plan.axes[a].count)
                break;
            i[a] = 0;
        }
    }
}
