/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "kernels/launch.h"
#include "kernels/reduce/reduce_launch.h"

enum {
    GROUPS = 64,   /* of an OpenCL CPU driver, enough for its threads */
    CHUNK = 4096,  /* elements of such a group, at least */
    WIDTH = 16,    /* results that it has side by side */
    CPU_ITEMS = 8, /* a Vulkan CPU driver's subgroup */
    GPU_ITEMS = 128,
};

static void push_float(struct assay_launch *launch, float value)
{
    memcpy(&launch->words[launch->n_words++], &value, sizeof value);
}

/* Results that are not rows: `units` of work, `chunk` of them a group. */
static enum assay_status launch_columns(const struct assay_row *row,
                                        const struct assay_reduce *d,
                                        struct assay_launch *launch)
{
    int64_t units = d->outer * d->inner, chunk = GPU_ITEMS;
    uint32_t items = GPU_ITEMS;
    if (row->device_class != ASSAY_CLASS_GPU && row->api == ASSAY_API_OPENCL) {
        units = d->outer * ((d->inner + WIDTH - 1) / WIDTH);
        const int64_t least = (CHUNK + d->n * WIDTH - 1) / (d->n * WIDTH);
        const int64_t even = (units + GROUPS - 1) / GROUPS;
        chunk = least > even ? least : even;
        items = 1;
    } else if (row->device_class != ASSAY_CLASS_GPU) {
        const bool vectors = d->inner % 4 == 0;
        units /= vectors ? 4 : 1;
        chunk = items = CPU_ITEMS;
        launch->spec[launch->n_spec++] = vectors;
    }
    launch->words[launch->n_words++] = (uint32_t)d->outer;
    launch->words[launch->n_words++] = (uint32_t)d->n;
    launch->words[launch->n_words++] = (uint32_t)chunk;
    assay_launch_groups(launch, (uint64_t)((units + chunk - 1) / chunk), items);
    /* GPU rows take one element a turn. */
    const int64_t steps =
        row->device_class == ASSAY_CLASS_GPU ? 1 : 2 * ASSAY_LOOP_STEPS;
    return assay_launch_turns(row, launch, d->n / steps + ASSAY_LOOP_STEPS);
}

enum assay_status assay_reduce_launch(const struct assay_row *row,
                                      const struct assay_problem *problem,
                                      struct assay_launch *launch)
{
    const struct assay_reduce *d = &problem->as.reduce;
    const bool rows = d->inner == 1;
    const bool gpu = row->device_class == ASSAY_CLASS_GPU;
    const bool least = d->kind == ASSAY_REDUCE_MIN;
    const uint32_t form = d->kind == ASSAY_REDUCE_SUMSQ          ? 1
                          : least || d->kind == ASSAY_REDUCE_MAX ? 2
                                                                 : 0;
    if (row->api == ASSAY_API_OPENCL)
        launch->spec[launch->n_spec++] = form;
    if (gpu)
        launch->spec[launch->n_spec++] = rows;
    const enum assay_status status =
        rows ? assay_launch_rows(row, d->outer, d->n, 1, launch)
             : launch_columns(row, d, launch);
    if (row->api == ASSAY_API_VULKAN)
        launch->spec[launch->n_spec++] = form;
    launch->words[launch->n_words++] = (uint32_t)d->inner;
    push_float(launch, least                          ? -1
                       : d->kind == ASSAY_REDUCE_MEAN ? 1.0f / (float)d->n
                                                      : 1);
    push_float(launch, least ? -1 : 1);
    return status;
}
