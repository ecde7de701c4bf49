/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/launch.h"

enum {
    GROUPS = 64,   /* of an OpenCL CPU driver, enough for its threads */
    CHUNK = 4096,  /* elements of such a group, at least */
    CPU_ITEMS = 8, /* a Vulkan CPU driver's subgroup */
    GPU_ITEMS = 128,
};

/* Rows that a group of a GPU row takes, a divisor of GPU_ITEMS. */
static int64_t teams(int64_t cols)
{
    return cols <= 64 ? GPU_ITEMS / 8 : cols <= 512 ? GPU_ITEMS / 32 : 1;
}

/* Rows that a work-item of the OpenCL CPU row takes. */
static int64_t chunk_rows(const struct assay_softmax *d)
{
    const int64_t least = (CHUNK + d->cols - 1) / d->cols;
    const int64_t even = (d->rows + GROUPS - 1) / GROUPS;
    return least > even ? least : even;
}

enum assay_status assay_softmax_launch(const struct assay_row *row,
                                       const struct assay_problem *problem,
                                       struct assay_launch *launch)
{
    const struct assay_softmax *d = &problem->as.softmax;
    const bool gpu = row->device_class == ASSAY_CLASS_GPU;
    const bool opencl = row->api == ASSAY_API_OPENCL;
    launch->words[launch->n_words++] = (uint32_t)d->rows;
    launch->words[launch->n_words++] = (uint32_t)d->cols;
    int64_t rows = teams(d->cols);
    if (gpu) {
        launch->spec[launch->n_spec++] = (uint32_t)rows;
    } else if (opencl) {
        rows = chunk_rows(d);
        launch->words[launch->n_words++] = (uint32_t)rows;
    } else {
        rows = CPU_ITEMS;
        launch->spec[launch->n_spec++] = d->cols % 4 == 0;
    }
    assay_launch_groups(launch, (uint64_t)((d->rows + rows - 1) / rows),
                        gpu      ? GPU_ITEMS
                        : opencl ? 1
                                 : CPU_ITEMS);
    return ASSAY_OK;
}
