/* SPDX-License-Identifier: Apache-2.0
 *
 * A binary problem with as few dimensions as it can be told in, and a walk
 * through its output in stretches along the last of them.
 */
#ifndef ASSAY_KERNELS_BINARY_PLAN_H
#define ASSAY_KERNELS_BINARY_PLAN_H

#include <stdbool.h>

#include "kernels/kernel.h"

enum { ASSAY_BINARY_DIMS = 4 };

/* Neighbouring dimensions that both inputs have, or only one and the same, are
 * joined, so that equal shapes and scalars have a single one. */
struct assay_binary_plan {
    int64_t n;                       /* elements of y */
    int64_t size[ASSAY_BINARY_DIMS]; /* the innermost last */
    /* Distance of neighbours along each in the inputs, 0: repeated. Along the
     * innermost one 0 or 1. */
    int64_t a[ASSAY_BINARY_DIMS], b[ASSAY_BINARY_DIMS];
};

static inline struct assay_binary_plan
assay_binary_plan(const struct assay_binary *d)
{
    const int64_t sizes[] = {d->d0, d->d1, d->d2, d->d3};
    const int64_t in_a[] = {d->a0, d->a1, d->a2, d->a3};
    const int64_t in_b[] = {d->b0, d->b1, d->b2, d->b3};
    struct assay_binary_plan plan = {
        1, {1, 1, 1, 1}, {0, 0, 0, 0}, {0, 0, 0, 0}};
    int to = ASSAY_BINARY_DIMS, last = -1;
    int64_t a = 1, b = 1;
    for (int i = ASSAY_BINARY_DIMS - 1; i >= 0; i--) {
        if (sizes[i] == 1)
            continue;
        if (last < 0 || in_a[i] != in_a[last] || in_b[i] != in_b[last]) {
            to--;
            plan.a[to] = in_a[i] ? a : 0;
            plan.b[to] = in_b[i] ? b : 0;
        }
        last = i;
        plan.n *= sizes[i];
        plan.size[to] *= sizes[i];
        a *= in_a[i] ? sizes[i] : 1;
        b *= in_b[i] ? sizes[i] : 1;
    }
    return plan;
}

/* The next stretch of y: `count` elements from `at` on, and where its operands
 * begin. */
struct assay_binary_walk {
    int64_t at, end, count;
    int64_t a, b;
    int64_t place[ASSAY_BINARY_DIMS]; /* of `at`, by dimension */
};

static inline void assay_binary_stretch(const struct assay_binary_plan *plan,
                                        struct assay_binary_walk *walk)
{
    const int last = ASSAY_BINARY_DIMS - 1;
    const int64_t rest = plan->size[last] - walk->place[last];
    const int64_t left = walk->end - walk->at;
    walk->a = walk->b = 0;
    for (int i = 0; i < ASSAY_BINARY_DIMS; i++) {
        walk->a += walk->place[i] * plan->a[i];
        walk->b += walk->place[i] * plan->b[i];
    }
    walk->count = rest < left ? rest : left;
}

/* Through the elements begin … end - 1. */
static inline struct assay_binary_walk
assay_binary_begin(const struct assay_binary_plan *plan, int64_t begin,
                   int64_t end)
{
    struct assay_binary_walk walk = {.at = begin, .end = end};
    int64_t rest = begin;
    for (int i = ASSAY_BINARY_DIMS - 1; i >= 0; i--) {
        walk.place[i] = rest % plan->size[i];
        rest /= plan->size[i];
    }
    assay_binary_stretch(plan, &walk);
    return walk;
}

static inline bool assay_binary_more(const struct assay_binary_walk *walk)
{
    return walk->at < walk->end;
}

static inline void assay_binary_next(const struct assay_binary_plan *plan,
                                     struct assay_binary_walk *walk)
{
    int i = ASSAY_BINARY_DIMS - 1;
    walk->at += walk->count;
    walk->place[i] += walk->count;
    for (; i > 0 && walk->place[i] == plan->size[i]; i--) {
        walk->place[i] = 0;
        walk->place[i - 1]++;
    }
    if (walk->at < walk->end)
        assay_binary_stretch(plan, walk);
}

#endif
