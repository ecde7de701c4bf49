/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "kernels/dropout/dropout_launch.h"
#include "kernels/dropout/philox.h"
#include "kernels/launch.h"

enum {
    GROUPS = 64, /* of an OpenCL CPU driver, enough for its threads */
    CHUNK = 32,  /* blocks of such a group, at least */
    BLOCK = 64,  /* elements of a block */
    ITEMS = 128, /* of a group, with a counter each */
};

enum assay_status assay_dropout_launch(const struct assay_row *row,
                                       const struct assay_problem *problem,
                                       struct assay_launch *launch)
{
    const struct assay_dropout *d = &problem->as.dropout;
    const uint64_t counter = assay_dropout_counter(d, 0);
    const float scale = assay_dropout_scale(d);
    int64_t units = d->samples * assay_dropout_counters(d), chunk = ITEMS;
    uint32_t items = ITEMS;
    if (row->api == ASSAY_API_OPENCL && row->device_class == ASSAY_CLASS_CPU) {
        units = d->samples * ((d->n + BLOCK - 1) / BLOCK);
        chunk = (units + GROUPS - 1) / GROUPS;
        chunk = chunk < CHUNK ? CHUNK : chunk;
        items = 1;
    }
    if (row->api == ASSAY_API_VULKAN)
        launch->spec[launch->n_spec++] = d->samples == 1 || d->n % 4 == 0;
    const uint32_t words[] = {
        (uint32_t)d->n,
        (uint32_t)d->samples,
        (uint32_t)chunk,
        assay_dropout_threshold(d),
        0, /* scale */
        (uint32_t)d->seed,
        (uint32_t)(d->seed >> 32),
        (uint32_t)counter,
        (uint32_t)(counter >> 32),
    };
    memcpy(launch->words, words, sizeof words);
    memcpy(&launch->words[4], &scale, sizeof scale);
    launch->n_words = sizeof words / sizeof *words;
    assay_launch_groups(launch, (uint64_t)((units + chunk - 1) / chunk), items);
    return ASSAY_OK;
}
