/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "kernels/launch.h"
#include "kernels/window.h"

enum {
    GROUPS = 64,  /* of an OpenCL CPU driver, enough for its threads */
    CHUNK = 4096, /* taps times channels of such a group, at least */
    ITEMS = 64,   /* of a group of the other rows */
};

/* Output pixels that a work-item of the OpenCL CPU row takes. */
static int64_t chunk_pixels(const struct assay_pool *d, int64_t pixels)
{
    const int64_t work = d->r * d->s * d->c;
    const int64_t least = (CHUNK + work - 1) / work;
    const int64_t even = (pixels + GROUPS - 1) / GROUPS;
    return least > even ? least : even;
}

/* Device rows count in 32 bits: a window with its padding must fit there. */
static bool fits(const struct assay_pool *d)
{
    const int64_t most = INT32_MAX / 2;
    return d->h < most && d->w < most && (d->r - 1) * d->dil_h < most &&
           (d->s - 1) * d->dil_w < most;
}

enum assay_status assay_pool_launch(const struct assay_row *row,
                                    const struct assay_problem *problem,
                                    struct assay_launch *launch)
{
    const struct assay_pool *d = &problem->as.pool;
    const int64_t rows = assay_window_out(ASSAY_WINDOW_ROWS(d));
    const int64_t columns = assay_window_out(ASSAY_WINDOW_COLUMNS(d));
    const int64_t pixels = d->n * rows * columns;
    const bool opencl = row->api == ASSAY_API_OPENCL;
    if (!fits(d))
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s: image or window is larger than 2^30",
                          row->symbol);
    const int64_t words[] = {pixels,      d->h,        d->w,        d->c,
                             rows,        columns,     d->r,        d->s,
                             d->stride_h, d->stride_w, d->pad_top,  d->pad_left,
                             d->dil_h,    d->dil_w,    d->count_pad};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        launch->words[launch->n_words++] = (uint32_t)words[i];
    const float scale[] = {(float)(d->ratio * 0x1p-15),
                           (float)(d->low - d->y_zero),
                           (float)(d->high - d->y_zero)};
    launch->words[launch->n_words++] = (uint32_t)(int32_t)d->x_zero;
    launch->words[launch->n_words++] = (uint32_t)(int32_t)d->y_zero;
    memcpy(launch->words + launch->n_words, scale, sizeof scale);
    launch->n_words += sizeof scale / sizeof *scale;
    launch->spec[launch->n_spec++] = (uint32_t)d->kind;
    if (opencl && row->device_class == ASSAY_CLASS_CPU) {
        const int64_t chunk = chunk_pixels(d, pixels);
        launch->words[launch->n_words++] = (uint32_t)chunk;
        assay_launch_groups(launch, (uint64_t)((pixels + chunk - 1) / chunk),
                            1);
        return ASSAY_OK;
    }
    int64_t items = pixels * d->c;
    if (opencl) {
        launch->words[launch->n_words++] = ITEMS;
    } else {
        /* Four channels, or a word. */
        const bool vectors = d->c % 4 == 0;
        const int64_t word = 4 / (int64_t)assay_dtype_bytes(problem->dtype);
        const int64_t outputs = vectors ? 4 : word;
        const enum assay_status status = assay_launch_turns(
            row, launch, (d->r * (d->s + 1) + 1) * (vectors ? 1 : word));
        if (status != ASSAY_OK)
            return status;
        launch->spec[launch->n_spec++] = vectors;
        items = (items + outputs - 1) / outputs;
    }
    assay_launch_groups(launch, (uint64_t)((items + ITEMS - 1) / ITEMS), ITEMS);
    return ASSAY_OK;
}
