/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/lowrank/lowrank_launch.h"

#include "kernels/lowrank/lowrank_pack.h"

/* Local memory that every device has, and work-items that keep one busy. */
#define LOCAL_BYTES 16384
#define LEAST_ITEMS 16

static int64_t pieces(int64_t size, int64_t most)
{
    return (size + most - 1) / most;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Words and spec values of every row: those of the activation or of the
 * requantization, then m, n, k, r, where the panels of v begin (in units of
 * `unit` bytes), outputs of a work-group, the width of a panel and mid_zero;
 * rows of a work-group, and columns that it has room for in t. */
static enum assay_status put_words(const struct assay_row *row,
                                   const struct assay_problem *problem,
                                   int64_t unit, int64_t outputs, int64_t rows,
                                   int64_t room, struct assay_launch *launch)
{
    const struct assay_lowrank *d = &problem->as.lowrank;
    const int64_t after = (int64_t)assay_lowrank_v_bytes(
        problem, row->tile_n, assay_lowrank_group(row));
    int64_t words[] = {d->m,         d->n,    d->k,        d->r,
                       after / unit, outputs, row->tile_n, d->mid_zero};
    const size_t count = sizeof words / sizeof *words;
    if (after / unit > UINT32_MAX)
        return assay_fail(ASSAY_UNSUPPORTED, "%s: u is too large", row->symbol);
    /* OpenCL knows the width. */
    if (row->api == ASSAY_API_OPENCL)
        words[count - 2] = d->mid_zero;
    if (problem->dtype == ASSAY_S8)
        assay_launch_requantize(launch, ASSAY_S8, &d->q);
    else
        assay_launch_act(launch, d->act);
    for (size_t i = 0; i < count; i++)
        launch->words[launch->n_words++] = (uint32_t)words[i];
    launch->n_words -=
        (problem->dtype != ASSAY_S8) + (row->api == ASSAY_API_OPENCL);
    launch->spec[launch->n_spec++] = (uint32_t)rows;
    launch->spec[launch->n_spec++] = (uint32_t)room;
    return ASSAY_OK;
}

/* Columns that t has room for; few values, as each is a program. */
static enum assay_status room_of(const struct assay_row *row,
                                 const struct assay_lowrank *d, int64_t start,
                                 int64_t *room)
{
    for (*room = start; *room < d->r;)
        *room *= 2;
    if (*room * 4 <= LOCAL_BYTES)
        return ASSAY_OK;
    return assay_fail(ASSAY_UNSUPPORTED,
                      "%s: a row of t with r %lld does not fit into 16 KiB",
                      row->symbol, (long long)d->r);
}

/* Outputs of a work-group: all, unless there are too few rows to keep the
 * device busy; a multiple of `unit`. */
static int64_t outputs_of(const struct assay_lowrank *d, int64_t down,
                          int64_t unit)
{
    const int64_t parts = least(pieces(LEAST_ITEMS, down), 4);
    return pieces(pieces(d->n, unit), parts) * unit;
}

static enum assay_status put_groups(const struct assay_row *row, int64_t groups,
                                    uint32_t local, struct assay_launch *launch)
{
    if (groups > (int64_t)ASSAY_MAX_GROUPS * ASSAY_MAX_GROUPS)
        return assay_fail(ASSAY_UNSUPPORTED, "%s: too many work-groups",
                          row->symbol);
    assay_launch_groups(launch, (uint64_t)groups, local);
    return ASSAY_OK;
}

enum assay_status
assay_lowrank_launch_opencl(const struct assay_row *row,
                            const struct assay_problem *problem,
                            struct assay_launch *launch)
{
    const struct assay_lowrank *d = &problem->as.lowrank;
    const bool gpu = row->device_class == ASSAY_CLASS_GPU;
    int64_t room, rows = row->tile_m, outputs = d->n;
    /* On CPU drivers t comes in blocks of 256 columns (gemm_narrow.cl). */
    enum assay_status status = room_of(row, d, gpu ? 64 : 256, &room);
    if (status != ASSAY_OK)
        return status;
    if (gpu)
        rows = least(rows, LOCAL_BYTES / 4 / room);
    else if (d->m <= 4)
        rows = d->m == 1 ? 1 : 4;
    const int64_t down = pieces(d->m, rows);
    if (!gpu)
        outputs = outputs_of(d, down, 2 * row->tile_n);
    status = put_words(row, problem, 1, outputs, rows, room, launch);
    if (status != ASSAY_OK || gpu)
        return status != ASSAY_OK ? status : put_groups(row, down, 64, launch);
    launch->groups[0] = (uint32_t)down;
    launch->groups[1] = (uint32_t)pieces(d->n, outputs);
    launch->groups[2] = 1;
    launch->local[0] = launch->local[1] = launch->local[2] = 1;
    return ASSAY_OK;
}

/* Of the loops of an invocation, at most, in groups of `lanes`. */
static int64_t turns_of(const struct assay_lowrank *d, bool gemm, int64_t lanes,
                        int64_t outputs)
{
    const int64_t columns = gemm ? 4 * lanes : lanes;
    const int64_t steps = gemm ? lanes : ASSAY_LOOP_STEPS;
    return pieces(d->r, columns) * (d->k / steps + steps) +
           pieces(outputs, columns) * (d->r / steps + steps);
}

enum assay_status
assay_lowrank_launch_vulkan(const struct assay_row *row,
                            const struct assay_problem *problem,
                            struct assay_launch *launch)
{
    const struct assay_lowrank *d = &problem->as.lowrank;
    const bool cpu = row->device_class == ASSAY_CLASS_CPU;
    const uint32_t lanes = launch->subgroup_size;
    int64_t room, outputs = d->n;
    enum assay_status status = room_of(row, d, 64, &room);
    if (status != ASSAY_OK)
        return status;
    if (cpu && lanes != 4 && lanes != 8 && lanes != 16)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s: needs subgroups of 4, 8 or 16 and not of %u",
                          row->symbol, lanes);
    int64_t rows = least(row->tile_m, LOCAL_BYTES / 4 / room);
    if (d->m <= rows / 4)
        rows = d->m == 1 ? 1 : rows / 4;
    const int64_t down = pieces(d->m, rows);
    /* The others leave the outputs of a row to one group. */
    const bool gemm = cpu && problem->dtype == ASSAY_F32;
    if (gemm)
        outputs = outputs_of(d, down, 4 * (int64_t)lanes);
    status = put_words(row, problem, 4, outputs, rows, room, launch);
    if (status == ASSAY_OK)
        status = assay_launch_turns(
            row, launch, turns_of(d, gemm, cpu ? lanes : 64, outputs));
    return status != ASSAY_OK ? status
                              : put_groups(row, down * pieces(d->n, outputs),
                                           cpu ? lanes : 64, launch);
}
