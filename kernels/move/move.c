/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/move/move.h"

#include <stdio.h>
#include <string.h>

#include "kernels/random.h"

void assay_move_collapse(struct assay_move *move)
{
    struct assay_move_axis kept[ASSAY_MOVE_RANK];
    int n = 0;
    for (int a = 0; a < move->rank; a++) {
        const struct assay_move_axis axis = move->axes[a];
        if (axis.count == 1)
            continue;
        if (n && kept[n - 1].x_step == axis.x_step * axis.count) {
            kept[n - 1].count *= axis.count;
            kept[n - 1].x_step = axis.x_step;
        } else {
            kept[n++] = axis;
        }
    }
    if (n == 0)
        kept[n++] = (struct assay_move_axis){1, 1, 1};
    int64_t step = 1;
    for (int a = n - 1; a >= 0; a--) {
        kept[a].y_step = step;
        step *= kept[a].count;
        move->axes[a] = kept[a];
    }
    move->rank = n;
}

void assay_transpose_move(const struct assay_transpose *d,
                          struct assay_move *move)
{
    int64_t steps[ASSAY_MOVE_RANK], step = 1;
    for (int a = ASSAY_MOVE_RANK - 1; a >= 0; a--) {
        steps[a] = step;
        step *= d->d[a];
    }
    *move = (struct assay_move){.rank = ASSAY_MOVE_RANK};
    for (int a = 0; a < ASSAY_MOVE_RANK; a++) {
        move->axes[a].count = d->d[d->p[a]];
        move->axes[a].x_step = steps[d->p[a]];
    }
    assay_move_collapse(move);
}

void assay_slice_move(const struct assay_slice *d, struct assay_move *move)
{
    int64_t step = 1;
    *move = (struct assay_move){.rank = ASSAY_MOVE_RANK};
    for (int a = ASSAY_MOVE_RANK - 1; a >= 0; a--) {
        move->axes[a].count = assay_slice_count(d, a);
        move->axes[a].x_step = step * d->step[a];
        move->x_base += step * d->start[a];
        step *= d->d[a];
    }
    assay_move_collapse(move);
}

int64_t assay_slice_count(const struct assay_slice *d, int a)
{
    if (d->count[a])
        return d->count[a];
    return d->step[a] > 0 ? (d->d[a] - 1 - d->start[a]) / d->step[a] + 1
                          : d->start[a] / -d->step[a] + 1;
}

int64_t assay_pad_count(const struct assay_pad *d, int a)
{
    return d->before[a] + d->d[a] + (d->d[a] - 1) * d->interior[a] +
           d->after[a];
}

void assay_pad_plan(const struct assay_pad *d, struct assay_pad_plan *plan)
{
    int n = 0;
    for (int a = 0; a < ASSAY_MOVE_RANK; a++) {
        const struct assay_pad_axis axis = {
            .size = d->d[a],
            .before = d->before[a],
            .after = d->after[a],
            .gap = d->interior[a] + 1,
        };
        const bool plain = !axis.before && !axis.after && axis.gap == 1;
        struct assay_pad_axis *outer = n ? &plan->axes[n - 1] : NULL;
        if (plain && axis.size == 1)
            continue;
        if (plain && outer &&
            ((!outer->before && !outer->after && outer->gap == 1) ||
             (d->kind == ASSAY_PAD_CONSTANT && outer->gap == 1))) {
            outer->size *= axis.size;
            outer->before *= axis.size;
            outer->after *= axis.size;
        } else {
            plan->axes[n++] = axis;
        }
    }
    if (n == 0)
        plan->axes[n++] = (struct assay_pad_axis){.size = 1, .gap = 1};
    plan->rank = n;
    int64_t step = 1;
    for (int a = n - 1; a >= 0; a--) {
        struct assay_pad_axis *axis = &plan->axes[a];
        axis->count =
            axis->before + (axis->size - 1) * axis->gap + 1 + axis->after;
        axis->x_step = step;
        step *= axis->size;
    }
}

unsigned assay_concat_parts(const struct assay_concat *d)
{
    return d->n[3] ? 4 : d->n[2] ? 3 : 2;
}

int64_t assay_concat_total(const struct assay_concat *d)
{
    return d->n[0] + d->n[1] + d->n[2] + d->n[3];
}

int assay_move_rank(const int64_t *sizes, int n)
{
    while (n > 1 && sizes[n - 1] == 1)
        n--;
    return n;
}

void assay_move_text(const int64_t *numbers, int n, char between, char *text,
                     size_t size)
{
    size_t length = strlen(text);
    for (int i = 0; i < n && length + 1 < size; i++)
        length += (size_t)snprintf(text + length, size - length, "%.*s%lld",
                                   i > 0, &between, (long long)numbers[i]);
}

void assay_move_append(char *text, size_t size, const char *more)
{
    const size_t length = strlen(text);
    snprintf(text + length, size - length, "%s", more);
}

int64_t assay_move_random_size(struct assay_random *random, int64_t most)
{
    static const int64_t edges[] = {1,  2,  3,  4,  5,  7,  8,  9,  15,
                                    16, 17, 31, 32, 33, 63, 64, 65, 97};
    int64_t last = sizeof edges / sizeof *edges - 1;
    while (last > 0 && edges[last] > most)
        last--;
    return edges[assay_random_range(random, 0, last)];
}

double assay_move_flops(const struct assay_problem *problem)
{
    (void)problem;
    return 0;
}

double assay_move_tolerance(const struct assay_problem *problem)
{
    (void)problem;
    return 0;
}
