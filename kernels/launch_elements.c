/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/launch.h"
#include "kernels/shape.h"

enum {
    GROUPS = 64,      /* of a CPU driver, enough for its threads */
    CPU_CHUNK = 1024, /* at least, in elements */
    GPU_ITEMS = 128,  /* of a group, with PER_ITEM elements each */
    PER_ITEM = 8,
    VULKAN_ITEMS = 64, /* of a group, with PER_ITEM vectors each */
};

static enum assay_status launch_opencl(const struct assay_row *row, int64_t n,
                                       int64_t act, struct assay_launch *launch)
{
    const bool gpu = row->device_class == ASSAY_CLASS_GPU;
    int64_t chunk = GPU_ITEMS * PER_ITEM;
    if (!gpu) {
        chunk = assay_round_up((n + GROUPS - 1) / GROUPS, 16);
        if (chunk < CPU_CHUNK)
            chunk = CPU_CHUNK;
    }
    assay_launch_groups(launch, (uint64_t)((n + chunk - 1) / chunk),
                        gpu ? GPU_ITEMS : 1);
    assay_launch_act(launch, act);
    launch->words[launch->n_words++] = (uint32_t)n;
    launch->words[launch->n_words++] = (uint32_t)chunk;
    return ASSAY_OK;
}

enum assay_status assay_launch_elements(const struct assay_row *row, int64_t n,
                                        int64_t act,
                                        struct assay_launch *launch)
{
    if (row->api == ASSAY_API_OPENCL)
        return launch_opencl(row, n, act, launch);
    const int64_t vectors = n / 4 > 0 ? n / 4 : 1;
    const int64_t chunk = VULKAN_ITEMS * PER_ITEM;
    assay_launch_groups(launch, (uint64_t)((vectors + chunk - 1) / chunk),
                        VULKAN_ITEMS);
    launch->words[launch->n_words++] = (uint32_t)n;
    launch->words[launch->n_words++] = (uint32_t)chunk;
    launch->spec[launch->n_spec++] = (uint32_t)act;
    return ASSAY_OK;
}
