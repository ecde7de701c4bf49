/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "kernels/launch.h"

static uint32_t bits(double value)
{
    const float rounded = (float)value;
    uint32_t word;
    memcpy(&word, &rounded, sizeof word);
    return word;
}

enum assay_status assay_unary_launch(const struct assay_row *row,
                                     const struct assay_problem *problem,
                                     struct assay_launch *launch)
{
    const struct assay_unary *d = &problem->as.unary;
    const bool function = d->act >= ASSAY_FUNCTION_FIRST;
    if (problem->dtype == ASSAY_S8) {
        assay_launch_span(row, d->n, launch);
        return ASSAY_OK;
    }
    assay_launch_elements(row, d->n, function ? ASSAY_ACT_NONE : d->act,
                          launch);
    int64_t number = function ? d->act - ASSAY_FUNCTION_FIRST : 0;
    launch->words[launch->n_words++] = bits(d->alpha);
    launch->words[launch->n_words++] = bits(d->beta);
    if (row->api == ASSAY_API_VULKAN) {
        launch->words[launch->n_words++] = bits(d->low);
        launch->words[launch->n_words++] = bits(d->high);
    } else if (d->act == ASSAY_FUNCTION_CLIP) {
        /* The identity with bounds of its own. */
        launch->words[0] = bits(d->low);
        launch->words[1] = bits(d->high);
        number = 0;
    }
    launch->spec[launch->n_spec++] = (uint32_t)number;
    return ASSAY_OK;
}
