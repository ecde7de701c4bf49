/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/sparse/sparse_launch.h"

#include "kernels/sparse/sparse_pack.h"

/* Outputs that a work-item of a CPU driver holds at most, where its sums lie
 * along the rows, and how many work-items there should be at least. */
#define MOST_OUTPUTS 256
#define LEAST_ITEMS 16

#define GPU_ROWS 8

/* Words and spec values that every row has: those of the activation or of the
 * requantization first. */
static void put_words(const struct assay_problem *problem,
                      const struct assay_sparse_layout *l, int64_t outputs,
                      struct assay_launch *launch)
{
    const struct assay_sparse *s = &problem->as.sparse;
    const int64_t words[] = {s->m,
                             s->n,
                             s->k,
                             l->strips,
                             (int64_t)l->begins / 4,
                             (int64_t)l->columns / 4,
                             (int64_t)l->weights / 4,
                             outputs,
                             (int64_t)l->scale / 4};
    if (problem->dtype == ASSAY_S8)
        assay_launch_requantize(launch, ASSAY_S8, &s->q);
    else
        assay_launch_act(launch, s->act);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        launch->words[launch->n_words++] = (uint32_t)words[i];
    launch->spec[launch->n_spec++] = (uint32_t)l->height;
}

/* `groups` work-groups of `local` work-items. */
static enum assay_status put_groups(const struct assay_row *row, int64_t groups,
                                    uint32_t local, struct assay_launch *launch)
{
    if (groups > (int64_t)ASSAY_MAX_GROUPS * ASSAY_MAX_GROUPS)
        return assay_fail(ASSAY_UNSUPPORTED, "%s: too many work-groups",
                          row->symbol);
    assay_launch_groups(launch, (uint64_t)groups, local);
    return ASSAY_OK;
}

static int64_t pieces(int64_t size, int64_t most)
{
    return (size + most - 1) / most;
}

/* A GPU's work-items: GPU_ROWS rows by one output, 64 a group. */
static enum assay_status launch_gpu(const struct assay_row *row,
                                    const struct assay_sparse *s,
                                    struct assay_launch *launch)
{
    const enum assay_status status = assay_launch_turns(
        row, launch, s->k + s->k / ASSAY_SPARSE_DEPTH_DEVICE + 1);
    return status != ASSAY_OK
               ? status
               : put_groups(row, pieces(s->m, GPU_ROWS) * pieces(s->n, 64), 64,
                            launch);
}

enum assay_status
assay_sparse_launch_opencl(const struct assay_row *row,
                           const struct assay_problem *problem,
                           struct assay_launch *launch)
{
    const struct assay_sparse *s = &problem->as.sparse;
    struct assay_sparse_layout l;
    assay_sparse_layout(assay_sparse_user(row), problem, &l);
    if (row->device_class == ASSAY_CLASS_GPU) {
        put_words(problem, &l, 0, launch);
        return launch_gpu(row, s, launch);
    }
    /* Few values, as each is a program. */
    const int64_t rows = l.height < 16 ? 16 : s->m == 1 ? 1 : row->tile_m;
    const int64_t down = pieces(s->m, rows);
    /* f32 strips of 16 outputs need nothing that several of them could share.
     */
    const bool one = l.height == 16 && problem->dtype == ASSAY_F32;
    int64_t outputs = 16;
    while (!one && outputs < MOST_OUTPUTS &&
           down * pieces(s->n, 2 * outputs) >= LEAST_ITEMS)
        outputs *= 2;
    put_words(problem, &l, outputs, launch);
    launch->spec[launch->n_spec++] = (uint32_t)rows;
    launch->groups[0] = (uint32_t)down;
    launch->groups[1] = (uint32_t)pieces(s->n, outputs);
    launch->groups[2] = 1;
    launch->local[0] = launch->local[1] = launch->local[2] = 1;
    return ASSAY_OK;
}

/* f32: a strip of 16 outputs by ROWS rows, its outputs in the lanes, or a lower
 * strip by ROWS rows a lane. s8: four outputs by ROWS rows a lane. */
static enum assay_status launch_lanes(const struct assay_row *row,
                                      const struct assay_problem *problem,
                                      const struct assay_sparse_layout *l,
                                      struct assay_launch *launch)
{
    const struct assay_sparse *s = &problem->as.sparse;
    const uint32_t lanes = launch->subgroup_size;
    if (lanes != 4 && lanes != 8 && lanes != 16)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s: needs subgroups of 4, 8 or 16 and not of %u",
                          row->symbol, lanes);
    /* Few values, as each is a pipeline. */
    const bool panel = problem->dtype == ASSAY_F32 && l->height == 16;
    const int64_t each = panel ? 1 : lanes, most = panel ? row->tile_m : 4;
    const int64_t rows = s->m > most / 2 * each ? most
                         : s->m > each          ? most / 4
                                                : 1;
    launch->spec[launch->n_spec++] = (uint32_t)rows;
    launch->spec[launch->n_spec++] = panel ? 16 / lanes : 4;
    /* At most a turn for each k, and one for each block of them. */
    const enum assay_status status = assay_launch_turns(
        row, launch,
        panel ? s->k / lanes + 1 : s->k + s->k / ASSAY_SPARSE_DEPTH_DEVICE + 1);
    if (status != ASSAY_OK)
        return status;
    const int64_t across =
        problem->dtype == ASSAY_S8 ? pieces(s->n, 4) : l->strips;
    return put_groups(row, pieces(s->m, rows * each) * across, lanes, launch);
}

enum assay_status
assay_sparse_launch_vulkan(const struct assay_row *row,
                           const struct assay_problem *problem,
                           struct assay_launch *launch)
{
    const struct assay_sparse *s = &problem->as.sparse;
    struct assay_sparse_layout l;
    assay_sparse_layout(assay_sparse_user(row), problem, &l);
    put_words(problem, &l, 0, launch);
    if (row->device_class == ASSAY_CLASS_CPU)
        return launch_lanes(row, problem, &l, launch);
    if (problem->dtype == ASSAY_S8) {
        launch->spec[launch->n_spec++] = GPU_ROWS;
        launch->spec[launch->n_spec++] = 1;
    }
    return launch_gpu(row, s, launch);
}
