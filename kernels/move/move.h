/* SPDX-License-Identifier: Apache-2.0
 *
 * What the ops that only move elements share (transpose, slice; in part pad,
 * concat, gather): a move copies elements of x, each axis of which has its own
 * distance, into a dense y. Movement does not look at values, so a kernel
 * knows the size of an element only, and any type of that size may be moved.
 */
#ifndef ASSAY_KERNELS_MOVE_H
#define ASSAY_KERNELS_MOVE_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/kernel.h"

enum { ASSAY_MOVE_RANK = 6 };

struct assay_move_axis {
    int64_t count;  /* ≥ 1 */
    int64_t x_step; /* in elements; may be negative or 0 */
    int64_t y_step; /* product of the counts of the later axes */
};

/* y[sum i_a y_step_a] = x[x_base + sum i_a x_step_a], outermost axis first. */
struct assay_move {
    int rank; /* 1 … ASSAY_MOVE_RANK */
    int64_t x_base;
    struct assay_move_axis axes[ASSAY_MOVE_RANK];
};

/* Leave out axes of one element and join those that lie as one; y_step is
 * computed anew. Rank 1 remains at least. */
void assay_move_collapse(struct assay_move *move);

/* Both collapsed. */
void assay_transpose_move(const struct assay_transpose *d,
                          struct assay_move *move);
void assay_slice_move(const struct assay_slice *d, struct assay_move *move);

/* Elements of y along axis a of a slice, its count of 0 resolved. */
int64_t assay_slice_count(const struct assay_slice *d, int a);

/* The same of a pad. */
int64_t assay_pad_count(const struct assay_pad *d, int a);

/* A pad, its axes joined where that changes nothing: one without any padding
 * joins the axis before it, unless places of that one are copied singly. */
struct assay_pad_axis {
    int64_t size;          /* of x */
    int64_t before, after; /* places of y */
    int64_t gap;           /* interior + 1 */
    int64_t count;         /* of y */
    int64_t x_step;        /* in elements */
};
struct assay_pad_plan {
    int rank; /* 1 … ASSAY_MOVE_RANK */
    struct assay_pad_axis axes[ASSAY_MOVE_RANK];
};
void assay_pad_plan(const struct assay_pad *d, struct assay_pad_plan *plan);

/* The parts of a concat that are there: 2 … 4; and their sum. */
unsigned assay_concat_parts(const struct assay_concat *d);
int64_t assay_concat_total(const struct assay_concat *d);

/* How many of n sizes name a shape: trailing ones are not told. At least 1. */
int assay_move_rank(const int64_t *sizes, int n);

/* Append `n` numbers with `between` in between, "2x3x4", to a text that ends
 * with NUL, as far as they fit. */
void assay_move_text(const int64_t *numbers, int n, char between, char *text,
                     size_t size);

/* Append a text, likewise. */
void assay_move_append(char *text, size_t size, const char *more);

/* A size that hits edges, at most `most`. */
int64_t assay_move_random_size(struct assay_random *random, int64_t most);

/* Table entries that are the same in all of them: nothing is computed, and
 * elements are copied. */
double assay_move_flops(const struct assay_problem *problem);
double assay_move_tolerance(const struct assay_problem *problem);

#endif
