/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/move/launch.h"
#include "kernels/pad/pad_value.h"

/* The value's bits, as often as they fit into a word. */
static uint32_t value_word(enum assay_dtype dtype, double value)
{
    if (dtype == ASSAY_F32)
        return assay_pad_f32(value);
    if (dtype == ASSAY_F16)
        return assay_pad_f16(value) * 0x10001u;
    return assay_pad_s8(value) * 0x1010101u;
}

enum assay_status assay_pad_launch(const struct assay_row *row,
                                   const struct assay_problem *problem,
                                   struct assay_launch *launch)
{
    const struct assay_pad *d = &problem->as.pad;
    struct assay_pad_plan plan;
    assay_pad_plan(d, &plan);
    /* Padding by copies, or between elements, is element by element. */
    struct assay_pad_axis *last = &plan.axes[plan.rank - 1];
    const bool plain = !last->before && !last->after;
    const bool whole =
        last->gap == 1 && (plain || d->kind == ASSAY_PAD_CONSTANT);
    const int64_t sizes[] = {whole ? last->size : 1, last->before, last->after};
    const int64_t unit = assay_move_unit(problem->dtype, sizes, 3);
    const int64_t per = unit / (int64_t)assay_dtype_bytes(problem->dtype);
    if (whole) {
        last->size /= per;
        last->before /= per;
        last->count /= per;
    }
    int64_t n = 1;
    for (int a = 0; a < plan.rank; a++)
        n *= plan.axes[a].count;
    assay_move_launch(row, n, unit, launch);
    launch->words[launch->n_words++] = value_word(problem->dtype, d->value);
    launch->words[launch->n_words++] = (uint32_t)plan.rank;
    for (int a = 0; a < plan.rank; a++) {
        uint32_t *word = launch->words + launch->n_words + a;
        word[0 * ASSAY_MOVE_RANK] = (uint32_t)plan.axes[a].size;
        word[1 * ASSAY_MOVE_RANK] = (uint32_t)plan.axes[a].before;
        word[2 * ASSAY_MOVE_RANK] = (uint32_t)plan.axes[a].gap;
        word[3 * ASSAY_MOVE_RANK] = (uint32_t)plan.axes[a].count;
    }
    launch->n_words += 4 * ASSAY_MOVE_RANK;
    launch->spec[launch->n_spec++] = (uint32_t)d->kind;
    return ASSAY_OK;
}
