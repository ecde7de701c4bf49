/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/sparse/sparse_launch.h"

#include "kernels/sparse/sparse_pack.h"

/* Outputs that a work-item of a CPU driver holds at most, where its sums lie
 * along the rows, and how many work-items there should be at least. */
#define MOST_OUTPUTS 256
#define LEAST_ITEMS 16

/* Words that every row has; the activation's or the bounds are before them. */
static void put_words(const struct assay_problem *problem,
                      const struct assay_sparse_layout *l, int64_t outputs,
                      struct assay_launch *launch)
{
    const struct assay_sparse *s = &problem->as.sparse;
    const uint32_t words[] = {(uint32_t)s->m,
                              (uint32_t)s->n,
                              (uint32_t)s->k,
                              (uint32_t)l->strips,
                              (uint32_t)(l->begins / 4),
                              (uint32_t)(l->columns / 4),
                              (uint32_t)(l->weights / 4),
                              (uint32_t)outputs};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        launch->words[launch->n_words++] = words[i];
}

/* Work-items of a GPU: `rows` rows by one output, 64 a group. */
static enum assay_status launch_gpu(const struct assay_row *row,
                                    const struct assay_sparse *s,
                                    struct assay_launch *launch)
{
    const int64_t count =
        (s->m + row->tile_m - 1) / row->tile_m * ((s->n + 63) / 64);
    if (count > (int64_t)ASSAY_MAX_GROUPS * ASSAY_MAX_GROUPS)
        return assay_fail(ASSAY_UNSUPPORTED, "%s: too many work-groups",
                          row->symbol);
    assay_launch_groups(launch, (uint64_t)count, 64);
    return ASSAY_OK;
}

enum assay_status
assay_sparse_launch_opencl(const struct assay_row *row,
                           const struct assay_problem *problem,
                           struct assay_launch *launch)
{
    const struct assay_sparse *s = &problem->as.sparse;
    struct assay_sparse_layout l;
    assay_sparse_layout(assay_sparse_user(row), problem, &l);
    assay_launch_act(launch, s->act);
    launch->spec[launch->n_spec++] = (uint32_t)l.height;
    if (row->device_class == ASSAY_CLASS_GPU) {
        put_words(problem, &l, 0, launch);
        return launch_gpu(row, s, launch);
    }
    /* Few values, as each is a program. */
    const int64_t rows = l.height < 16 ? 16 : s->m == 1 ? 1 : row->tile_m;
    const int64_t down = (s->m + rows - 1) / rows;
    int64_t outputs = 16;
    while (l.height < 16 && outputs < MOST_OUTPUTS &&
           down * ((s->n + 2 * outputs - 1) / (2 * outputs)) >= LEAST_ITEMS)
        outputs *= 2;
    put_words(problem, &l, outputs, launch);
    launch->spec[launch->n_spec++] = (uint32_t)rows;
    launch->groups[0] = (uint32_t)down;
    launch->groups[1] = (uint32_t)((s->n + outputs - 1) / outputs);
    launch->groups[2] = 1;
    launch->local[0] = launch->local[1] = launch->local[2] = 1;
    return ASSAY_OK;
}

enum assay_status
assay_sparse_launch_vulkan(const struct assay_row *row,
                           const struct assay_problem *problem,
                           struct assay_launch *launch)
{
    const struct assay_sparse *s = &problem->as.sparse;
    const uint32_t lanes = launch->subgroup_size;
    struct assay_sparse_layout l;
    assay_sparse_layout(assay_sparse_user(row), problem, &l);
    assay_launch_act(launch, s->act);
    launch->spec[launch->n_spec++] = (uint32_t)l.height;
    put_words(problem, &l, 0, launch);
    if (row->device_class == ASSAY_CLASS_GPU)
        return launch_gpu(row, s, launch);
    if (lanes != 4 && lanes != 8 && lanes != 16)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s: needs subgroups of 4, 8 or 16 and not of %u",
                          row->symbol, lanes);
    /* Few values, as each is a pipeline. */
    const int64_t each = l.height == 16 ? 1 : lanes;
    const int64_t most = l.height == 16 ? row->tile_m : 4;
    const int64_t rows = s->m > most / 2 * each ? most
                         : s->m > 1 * each      ? most / 4
                                                : 1;
    launch->spec[launch->n_spec++] = (uint32_t)rows;
    launch->spec[launch->n_spec++] = 16 / lanes;
    const int64_t down = (s->m + rows * each - 1) / (rows * each);
    if (down * l.strips > (int64_t)ASSAY_MAX_GROUPS * ASSAY_MAX_GROUPS)
        return assay_fail(ASSAY_UNSUPPORTED, "%s: too many work-groups",
                          row->symbol);
    assay_launch_groups(launch, (uint64_t)(down * l.strips), lanes);
    return ASSAY_OK;
}
