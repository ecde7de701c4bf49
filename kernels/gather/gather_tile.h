/* SPDX-License-Identifier: Apache-2.0
 *
 * Gather for one ISA level and size of element: the including file defines
 * KERNEL as its symbol and ELEMENT as an unsigned type of the size. y is one
 * run of elements, in which each thread takes a span of whole cache lines; the
 * span is copied row by row. Bound by memory. No alignment needed. Deviation:
 * none, elements are copied.
 */
#include "kernels/kernel.h"
#include "kernels/move/line.h"
#include "kernels/split.h"

assay_cpu_function KERNEL;

static inline int64_t row_of(int64_t index, int64_t n)
{
    index += index < 0 ? n : 0;
    index = index < 0 ? 0 : index;
    return index < n ? index : n - 1;
}

/* Rows of one element. */
static void pick(const ELEMENT *x, const int32_t *indices, int64_t n,
                 int64_t count, ELEMENT *y)
{
    for (int64_t k = 0; k < count; k++)
        y[k] = x[row_of(indices[k], n)];
}

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_gather *d = &call->problem->as.gather;
    const int64_t inner = d->inner, size = d->count * inner;
    const ELEMENT *x = call->inputs[0];
    const int32_t *indices = call->inputs[1];
    ELEMENT *y = call->output;
    const struct assay_range span =
        assay_split_units(d->outer * size, 4096 / (int64_t)sizeof(ELEMENT),
                          call->threads, call->thread);
    int64_t at = span.begin;
    while (at < span.end) {
        const int64_t o = at / size;
        const int64_t end =
            (o + 1) * size < span.end ? (o + 1) * size : span.end;
        const ELEMENT *from = x + o * d->n * inner;
        int64_t k = (at - o * size) / inner, j = (at - o * size) % inner;
        if (inner == 1) {
            pick(from, indices + k, d->n, end - at, y + at);
            at = end;
            continue;
        }
        for (; at < end; k++, j = 0) {
            const int64_t n = inner - j < end - at ? inner - j : end - at;
            copy_line(y + at, from + row_of(indices[k], d->n) * inner + j, n);
            at += n;
        }
    }
}
