/* SPDX-License-Identifier: Apache-2.0
 *
 * The arena: every tensor gets an offset such that tensors that are alive at
 * the same step do not overlap. Largest first, each into the smallest gap that
 * holds it (greedy by size; Pisarchyk and Lee, "Efficient Memory Management
 * for Deep Neural Net Inference", 2020, section 5).
 */
#include <stdlib.h>

#include "suites/model/lower.h"

enum { ALIGNMENT = 512 };

struct life {
    size_t tensor;
    size_t bytes;       /* rounded up */
    size_t first, last; /* steps, inclusive; 0 is before the first step */
    size_t offset;
};

static int by_size(const void *a, const void *b)
{
    const struct life *x = a, *y = b;
    if (x->bytes != y->bytes)
        return x->bytes < y->bytes ? 1 : -1;
    return x->tensor < y->tensor ? -1 : x->tensor > y->tensor;
}

static int by_offset(const void *a, const void *b)
{
    const struct life *x = *(const struct life *const *)a;
    const struct life *y = *(const struct life *const *)b;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static void find_lives(const struct assay_lowered *lowered, struct life *lives)
{
    for (size_t i = 0; i < lowered->n_tensors; i++)
        lives[i] =
            (struct life){.tensor = i,
                          .bytes = (lowered->tensor_bytes[i] + ALIGNMENT - 1) /
                                   ALIGNMENT * ALIGNMENT};
    for (size_t i = 0; i < lowered->n_steps; i++) {
        const struct assay_lowered_step *step = &lowered->steps[i];
        const unsigned inputs = assay_op_info(step->problem.op)->inputs;
        for (unsigned j = 0; j < inputs; j++)
            lives[step->tensors[j]].last = i + 1;
        struct life *made = &lives[step->tensors[inputs]];
        made->first = made->last = i + 1;
    }
    /* These stay intact from the first step to the next run. */
    for (size_t i = 0; i < lowered->n_constants; i++)
        lives[lowered->constants[i].tensor].last = lowered->n_steps + 1;
    for (size_t i = 0; i < lowered->n_inputs + lowered->n_outputs; i++) {
        const struct assay_lowered_port *port =
            i < lowered->n_inputs ? &lowered->inputs[i]
                                  : &lowered->outputs[i - lowered->n_inputs];
        if (!port->runs)
            continue;
        lives[port->tensor].first = 0;
        lives[port->tensor].last = lowered->n_steps + 1;
    }
}

/* The smallest gap between the `n` neighbours, which are sorted. */
static size_t best_gap(struct life *const *neighbours, size_t n, size_t bytes)
{
    size_t end = 0, best = SIZE_MAX, offset = 0;
    for (size_t i = 0; i < n; i++) {
        if (neighbours[i]->offset > end) {
            const size_t gap = neighbours[i]->offset - end;
            if (gap >= bytes && gap < best) {
                best = gap;
                offset = end;
            }
        }
        const size_t after = neighbours[i]->offset + neighbours[i]->bytes;
        end = after > end ? after : end;
    }
    return best == SIZE_MAX ? end : offset;
}

enum assay_status assay_arena_plan(struct assay_lowered *lowered)
{
    const size_t n = lowered->n_tensors;
    struct life *lives = calloc(n + 1, sizeof *lives);
    struct life **neighbours = calloc(n + 1, sizeof(struct life *));
    lowered->tensor_offset = calloc(n + 1, sizeof *lowered->tensor_offset);
    if (!lives || !neighbours || !lowered->tensor_offset) {
        free(lives);
        free(neighbours);
        return assay_fail(ASSAY_NOMEM, "no memory to plan %zu tensors", n);
    }
    find_lives(lowered, lives);
    qsort(lives, n, sizeof *lives, by_size);
    for (size_t i = 0; i < n; i++) {
        size_t near = 0;
        for (size_t j = 0; j < i; j++)
            if (lives[j].first <= lives[i].last &&
                lives[i].first <= lives[j].last)
                neighbours[near++] = &lives[j];
        qsort(neighbours, near, sizeof *neighbours, by_offset);
        lives[i].offset = best_gap(neighbours, near, lives[i].bytes);
        lowered->tensor_offset[lives[i].tensor] = lives[i].offset;
        if (lives[i].offset + lives[i].bytes > lowered->arena_bytes)
            lowered->arena_bytes = lives[i].offset + lives[i].bytes;
    }
    free(lives);
    free(neighbours);
    return ASSAY_OK;
}
