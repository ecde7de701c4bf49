/* SPDX-License-Identifier: Apache-2.0
 *
 * Pruning by magnitude. A unit is what becomes zero together: a weight, or a
 * block of 16 outputs by one input; its score is the mean of the squares. The
 * lowest scores go, the first of equal ones; of all layers together, or of each
 * alone. Of four successive inputs the two largest stay (nm24).
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "suites/model/compress_work.h"

enum { STRIP = 16 };

/* A layer's units, from a number on that all layers share, and its weights that
 * were not 0 before. */
struct units {
    struct assay_layer *layer;
    int64_t first, n, live;
};

static const char *fault_of(const struct assay_layer *layer,
                            enum assay_pattern pattern)
{
    if (pattern == ASSAY_PATTERN_NM24 && layer->k < 4)
        return "fewer than 4 inputs";
    if (pattern == ASSAY_PATTERN_BLOCK16 && layer->n < STRIP)
        return "fewer than 16 outputs";
    if (pattern == ASSAY_PATTERN_BLOCK16 && layer->groups > 1)
        return "grouped convolutions have no such blocks";
    return NULL;
}

static int64_t row_of(const struct assay_layer *layer)
{
    return layer->k * layer->taps;
}

static int64_t units_of(const struct assay_layer *layer,
                        enum assay_pattern pattern)
{
    return pattern == ASSAY_PATTERN_BLOCK16
               ? (layer->n + STRIP - 1) / STRIP * row_of(layer)
               : layer->n * row_of(layer);
}

/* One past the last output of a strip. */
static int64_t block_end(const struct assay_layer *layer, int64_t strip)
{
    const int64_t end = (strip + 1) * STRIP;
    return end < layer->n ? end : layer->n;
}

static void score(const struct assay_layer *layer, enum assay_pattern pattern,
                  float *scores)
{
    const int64_t row = row_of(layer), n = units_of(layer, pattern);
    for (int64_t u = 0; u < n; u++) {
        if (pattern != ASSAY_PATTERN_BLOCK16) {
            scores[u] = fabsf(layer->weights[u]);
            continue;
        }
        const int64_t first = u / row * STRIP, end = block_end(layer, u / row);
        double sum = 0;
        for (int64_t o = first; o < end; o++) {
            const double w = (double)layer->weights[o * row + u % row];
            sum += w * w;
        }
        scores[u] = (float)sqrt(sum / (double)(end - first));
    }
}

static void clear(struct assay_layer *layer, enum assay_pattern pattern,
                  int64_t unit)
{
    const int64_t row = row_of(layer);
    if (pattern != ASSAY_PATTERN_BLOCK16) {
        layer->weights[unit] = 0;
        return;
    }
    const int64_t end = block_end(layer, unit / row);
    for (int64_t o = unit / row * STRIP; o < end; o++)
        layer->weights[o * row + unit % row] = 0;
}

/* Clear the `fraction` of n units with the lowest scores, the first of equal
 * ones. */
static enum assay_status clear_lowest(struct assay_region *scratch,
                                      const struct units *units, size_t n_units,
                                      enum assay_pattern pattern,
                                      const float *scores, double fraction)
{
    const int64_t first = units[0].first;
    const int64_t n = units[n_units - 1].first + units[n_units - 1].n - first;
    const int64_t count = llround(fraction * (double)n);
    float *sorted = assay_region_alloc(scratch, (size_t)n, sizeof *sorted);
    if (!sorted)
        return ASSAY_NOMEM;
    for (int64_t i = 0; i < n; i++)
        sorted[i] = scores[first + i];
    qsort(sorted, (size_t)n, sizeof *sorted, assay_float_order);
    if (count == 0)
        return ASSAY_OK;
    const float limit = sorted[count - 1];
    int64_t equal = 0;
    for (int64_t i = count; i-- > 0 && !(sorted[i] < limit);)
        equal++;
    for (size_t i = 0; i < n_units; i++)
        for (int64_t u = 0; u < units[i].n; u++) {
            const float s = scores[units[i].first + u];
            if (s > limit || (!(s < limit) && equal-- <= 0))
                continue;
            clear(units[i].layer, pattern, u);
        }
    return ASSAY_OK;
}

/* Of n weights, `step` apart, the two largest stay, the later of equal ones. */
static void keep_two(float *w, int64_t n, int64_t step)
{
    for (;;) {
        int64_t left = 0, least = -1;
        for (int64_t i = 0; i < n; i++) {
            const float size = fabsf(w[i * step]);
            left += size > 0;
            if (size > 0 && (least < 0 || size < fabsf(w[least * step])))
                least = i;
        }
        if (left <= 2)
            return;
        w[least * step] = 0;
    }
}

/* Every four inputs of an output and tap. */
static void prune_nm24(struct assay_layer *layer)
{
    for (int64_t o = 0; o < layer->n; o++)
        for (int64_t t = 0; t < layer->taps; t++)
            for (int64_t k = 0; k < layer->k; k += 4)
                keep_two(layer->weights + (o * layer->k + k) * layer->taps + t,
                         layer->k - k < 4 ? layer->k - k : 4, layer->taps);
}

/* Weights that are not 0. */
static int64_t live(const struct assay_layer *layer)
{
    const int64_t n = layer->n * row_of(layer);
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++)
        count += layer->weights[i] < 0 || layer->weights[i] > 0;
    return count;
}

static enum assay_status prune_units(struct assay_work *work,
                                     const struct assay_compress_options *o,
                                     struct units *units, size_t n)
{
    struct assay_region *scratch = &work->lowering.scratch;
    int64_t all = 0;
    for (size_t i = 0; i < n; i++) {
        units[i].first = all;
        units[i].n = units_of(units[i].layer, o->pattern);
        all += units[i].n;
    }
    float *scores = assay_region_alloc(scratch, (size_t)all, sizeof *scores);
    enum assay_status status = scores ? ASSAY_OK : ASSAY_NOMEM;
    for (size_t i = 0; !status && i < n; i++)
        score(units[i].layer, o->pattern, scores + units[i].first);
    for (size_t i = 0; !status && o->prune_layers && i < n; i++)
        status = clear_lowest(scratch, &units[i], 1, o->pattern, scores,
                              o->fraction);
    if (!status && !o->prune_layers && n)
        status =
            clear_lowest(scratch, units, n, o->pattern, scores, o->fraction);
    return status;
}

enum assay_status
assay_compress_prune(struct assay_work *work,
                     const struct assay_compress_options *options)
{
    struct assay_layer *layers;
    size_t n, some = 0;
    enum assay_status status = assay_layers(work, &layers, &n);
    struct units *units =
        assay_region_alloc(&work->lowering.scratch, n, sizeof *units);
    if (!status && !units)
        status = ASSAY_NOMEM;
    for (size_t i = 0; !status && i < n; i++) {
        const char *fault = fault_of(&layers[i], options->pattern);
        if (fault)
            assay_layer_left(&layers[i], "prune", "%s", fault);
        else
            units[some++] =
                (struct units){.layer = &layers[i], .live = live(&layers[i])};
    }
    if (!status && options->pattern != ASSAY_PATTERN_NM24)
        status = prune_units(work, options, units, some);
    for (size_t i = 0; !status && i < some; i++) {
        if (options->pattern == ASSAY_PATTERN_NM24)
            prune_nm24(units[i].layer);
        if (live(units[i].layer) < units[i].live)
            status = assay_layer_write(work, units[i].layer, "prune");
        else
            assay_layer_left(units[i].layer, "prune",
                             "none of its weights had to become 0");
        const int64_t rest = units[i].layer->k % 4;
        if (options->pattern == ASSAY_PATTERN_NM24 && rest)
            assay_layer_left(units[i].layer, "prune",
                             "its last %" PRId64 " of %" PRId64
                             " inputs are fewer than 4",
                             rest, units[i].layer->k);
    }
    return status ? status : assay_work_refresh(work);
}
