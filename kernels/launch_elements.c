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

void assay_launch_span(const struct assay_row *row, int64_t n,
                       struct assay_launch *launch)
{
    int64_t units = n, chunk, items;
    if (row->api == ASSAY_API_VULKAN) {
        units = (n + 3) / 4;
        items = VULKAN_ITEMS;
        chunk = VULKAN_ITEMS * PER_ITEM;
    } else if (row->device_class == ASSAY_CLASS_GPU) {
        items = GPU_ITEMS;
        chunk = GPU_ITEMS * PER_ITEM;
    } else {
        items = 1;
        chunk = assay_round_up((n + GROUPS - 1) / GROUPS, 64);
        if (chunk < CPU_CHUNK)
            chunk = CPU_CHUNK;
    }
    assay_launch_groups(launch, (uint64_t)((units + chunk - 1) / chunk),
                        (uint32_t)items);
    launch->words[launch->n_words++] = (uint32_t)n;
    launch->words[launch->n_words++] = (uint32_t)chunk;
}

enum assay_status assay_launch_elements(const struct assay_row *row, int64_t n,
                                        int64_t act,
                                        struct assay_launch *launch)
{
    if (row->api == ASSAY_API_OPENCL)
        assay_launch_act(launch, act);
    assay_launch_span(row, n, launch);
    if (row->api == ASSAY_API_VULKAN)
        launch->spec[launch->n_spec++] = (uint32_t)act;
    return ASSAY_OK;
}
