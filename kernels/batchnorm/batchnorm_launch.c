/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/batchnorm/batchnorm_pack.h"
#include "kernels/launch.h"

enum {
    GROUPS = 64,       /* of an OpenCL CPU driver, enough for its threads */
    CPU_CHUNK = 4096,  /* elements of such a group, at least */
    GPU_ITEMS = 128,   /* of a group, with PER_ITEM elements each */
    VULKAN_ITEMS = 64, /* of a group, with PER_ITEM units each */
    PER_ITEM = 8,
};

static void finish(struct assay_launch *launch, int64_t n, int64_t c,
                   int64_t chunk, int64_t stride, uint32_t items)
{
    launch->words[launch->n_words++] = (uint32_t)n;
    launch->words[launch->n_words++] = (uint32_t)c;
    launch->words[launch->n_words++] = (uint32_t)chunk;
    launch->words[launch->n_words++] = (uint32_t)stride;
    assay_launch_groups(launch, (uint64_t)((n + chunk - 1) / chunk), items);
}

enum assay_status assay_batchnorm_launch(const struct assay_row *row,
                                         const struct assay_problem *problem,
                                         struct assay_launch *launch)
{
    const struct assay_batchnorm *d = &problem->as.batchnorm;
    const int64_t stride = assay_batchnorm_stride(d->c), n = d->rows * d->c;
    if (row->api == ASSAY_API_VULKAN) {
        const int64_t unit = d->c % 4 == 0 ? 4 : 1;
        launch->spec[launch->n_spec++] = (uint32_t)d->act;
        launch->spec[launch->n_spec++] = unit == 4;
        finish(launch, n / unit, d->c / unit, VULKAN_ITEMS * PER_ITEM,
               stride / unit, VULKAN_ITEMS);
        return ASSAY_OK;
    }
    assay_launch_act(launch, d->act);
    if (row->device_class == ASSAY_CLASS_GPU) {
        finish(launch, n, d->c, GPU_ITEMS * PER_ITEM, stride, GPU_ITEMS);
    } else {
        const int64_t least = (CPU_CHUNK + d->c - 1) / d->c;
        const int64_t even = (d->rows + GROUPS - 1) / GROUPS;
        finish(launch, d->rows, d->c, least > even ? least : even, stride, 1);
    }
    return ASSAY_OK;
}
