/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/launch.h"

enum {
    GROUPS = 64,   /* of an OpenCL CPU driver, enough for its threads */
    CHUNK = 4096,  /* elements of such a group, at least */
    CPU_ITEMS = 8, /* a Vulkan CPU driver's subgroup */
    GPU_ITEMS = 128,
};

/* Rows that a work-item of an OpenCL CPU row takes. */
static int64_t chunk_rows(int64_t rows, int64_t cols)
{
    const int64_t least = (CHUNK + cols - 1) / cols;
    const int64_t even = (rows + GROUPS - 1) / GROUPS;
    return least > even ? least : even;
}

enum assay_status assay_launch_rows(const struct assay_row *row, int64_t rows,
                                    int64_t cols, int64_t passes,
                                    struct assay_launch *launch)
{
    const bool opencl = row->api == ASSAY_API_OPENCL;
    int64_t chunk; /* rows of a group */
    uint32_t items = GPU_ITEMS;
    if (row->device_class == ASSAY_CLASS_GPU) {
        chunk = cols <= 64 ? GPU_ITEMS / 8 : cols <= 512 ? GPU_ITEMS / 32 : 1;
    } else if (opencl) {
        chunk = chunk_rows(rows, cols);
        items = 1;
    } else {
        chunk = items = CPU_ITEMS;
        launch->spec[launch->n_spec++] = cols % 4 == 0;
    }
    launch->words[launch->n_words++] = (uint32_t)rows;
    launch->words[launch->n_words++] = (uint32_t)cols;
    launch->words[launch->n_words++] = (uint32_t)chunk;
    assay_launch_groups(launch, (uint64_t)((rows + chunk - 1) / chunk), items);
    return assay_launch_turns(
        row, launch,
        passes * (cols / (cols % 4 == 0 ? 4 : 1) / ASSAY_LOOP_STEPS +
                  ASSAY_LOOP_STEPS));
}
