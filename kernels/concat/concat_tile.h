/* SPDX-License-Identifier: Apache-2.0
 *
 * Concat for one ISA level and size of element: the including file defines
 * KERNEL as its symbol and ELEMENT as an unsigned type of the size. y is one
 * run of elements, in which each thread takes a span of whole cache lines; the
 * span is copied in the stretches that come from one input. Bound by memory. No
 * alignment needed. Deviation: none, elements are copied.
 */
#include "kernels/kernel.h"
#include "kernels/move/line.h"
#include "kernels/move/move.h"
#include "kernels/split.h"

assay_cpu_function KERNEL;

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_concat *d = &call->problem->as.concat;
    const int64_t row = assay_concat_total(d) * d->inner;
    const struct assay_range span =
        assay_split_units(d->outer * row, 4096 / (int64_t)sizeof(ELEMENT),
                          call->threads, call->thread);
    ELEMENT *y = call->output;
    int64_t at = span.begin;
    while (at < span.end) {
        const int64_t o = at / row;
        int64_t begin = o * row;
        for (int part = 0; part < 4 && at < span.end; part++) {
            const int64_t length = d->n[part] * d->inner;
            const ELEMENT *x = (const ELEMENT *)call->inputs[part] + o * length;
            const int64_t from = at - begin;
            if (from < length) {
                const int64_t left = span.end - at;
                const int64_t n = length - from < left ? length - from : left;
                copy_line(y + at, x + from, n);
                at += n;
            }
            begin += length;
        }
    }
}
