/* SPDX-License-Identifier: Apache-2.0
 *
 * Shared weights: a layer's weights become K values, by k-means on a line. The
 * sorted weights are cut into at most BINS bins, of which the best partition
 * into K runs is found exactly (dynamic programming; that the best cuts move
 * the same way makes it O(K n log n)), and Lloyd's steps on the weights
 * themselves finish it. No chance is involved. Where weights are exactly 0, one
 * of the values is 0 and stands for these alone.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "suites/model/compress_work.h"

enum { BINS = 2048, LLOYD_MAX = 100 };

/* Bin i holds the sorted weights edge[i] … edge[i + 1] - 1; sums of all bins
 * before it. */
struct bins {
    int64_t n;
    int64_t edge[BINS + 1];
    double sum[BINS + 1], square[BINS + 1];
};

static int by_number(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The first of the sorted that is not below `value`. */
static int64_t lower_bound(const float *sorted, int64_t n, double value)
{
    int64_t low = 0, high = n;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if ((double)sorted[middle] < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Half of the edges cut equal numbers, half equal widths, so that neither the
 * crowd nor the outliers are lumped together. */
static void cut_bins(const float *w, int64_t n, struct bins *bins)
{
    int64_t edges[BINS + 2], count = 0;
    const double low = (double)w[0], width = (double)w[n - 1] - low;
    const int64_t parts = BINS / 2;
    for (int64_t i = 0; i < parts; i++) {
        edges[count++] = n <= BINS ? i * 2 : i * n / parts;
        edges[count++] =
            n <= BINS
                ? i * 2 + 1
                : lower_bound(w, n, low + width * (double)i / (double)parts);
    }
    qsort(edges, (size_t)count, sizeof *edges, by_number);
    memset(bins, 0, sizeof *bins);
    for (int64_t i = 0; i < count; i++)
        if (edges[i] < n && (i == 0 || edges[i] > edges[i - 1]))
            bins->edge[bins->n++] = edges[i];
    bins->edge[bins->n] = n;
    for (int64_t b = 0; b < bins->n; b++) {
        double sum = 0, square = 0;
        for (int64_t i = bins->edge[b]; i < bins->edge[b + 1]; i++) {
            sum += (double)w[i];
            square += (double)w[i] * (double)w[i];
        }
        bins->sum[b + 1] = bins->sum[b] + sum;
        bins->square[b + 1] = bins->square[b] + square;
    }
}

/* The squares about the mean of bins first … end - 1. */
static double cost_of(const struct bins *bins, int64_t first, int64_t end)
{
    const double n = (double)(bins->edge[end] - bins->edge[first]);
    const double sum = bins->sum[end] - bins->sum[first];
    const double cost =
        bins->square[end] - bins->square[first] - (n > 0 ? sum * sum / n : 0);
    return cost > 0 ? cost : 0;
}

/* One more run: for ends low … high the best start, which lies within
 * from … to. */
static void divide(const struct bins *bins, const double *before, double *after,
                   uint16_t *start, int64_t low, int64_t high, int64_t from,
                   int64_t to)
{
    if (low > high)
        return;
    const int64_t end = low + (high - low) / 2;
    int64_t best = from;
    after[end] = DBL_MAX;
    for (int64_t s = from; s <= to && s < end; s++) {
        const double cost = before[s] + cost_of(bins, s, end);
        if (cost < after[end]) {
            after[end] = cost;
            best = s;
        }
    }
    start[end] = (uint16_t)best;
    divide(bins, before, after, start, low, end - 1, from, best);
    divide(bins, before, after, start, end + 1, high, best, to);
}

/* The first weight of each of the k runs; k ≤ bins. */
static enum assay_status partition(struct assay_region *scratch,
                                   const struct bins *bins, int64_t k,
                                   int64_t *first)
{
    const size_t row = (size_t)bins->n + 1;
    uint16_t *starts =
        assay_region_alloc(scratch, row * (size_t)k, sizeof *starts);
    double *costs = assay_region_alloc(scratch, row * 2, sizeof *costs);
    if (!starts || !costs)
        return ASSAY_NOMEM;
    double *before = costs, *after = costs + row;
    for (int64_t end = 1; end <= bins->n; end++)
        before[end] = cost_of(bins, 0, end);
    for (int64_t run = 1; run < k; run++) {
        divide(bins, before, after, starts + (size_t)run * row, run + 1,
               bins->n, run, bins->n - 1);
        double *other = before;
        before = after;
        after = other;
    }
    int64_t end = bins->n;
    for (int64_t run = k; run-- > 0;) {
        end = run ? starts[(size_t)run * row + (size_t)end] : 0;
        first[run] = bins->edge[end];
    }
    return ASSAY_OK;
}

static double mean_of(const double *sums, int64_t first, int64_t end)
{
    return (sums[end] - sums[first]) / (double)(end - first);
}

/* Lloyd's steps on the sorted weights until no run changes. */
static enum assay_status polish(struct assay_region *scratch, const float *w,
                                int64_t n, int64_t k, int64_t *first,
                                float *values)
{
    double *sums = assay_region_alloc(scratch, (size_t)n + 1, sizeof *sums);
    if (!sums)
        return ASSAY_NOMEM;
    for (int64_t i = 0; i < n; i++)
        sums[i + 1] = sums[i] + (double)w[i];
    first[k] = n;
    for (int step = 0, moved = 1; step < LLOYD_MAX && moved; step++) {
        moved = 0;
        for (int64_t j = 1; j < k; j++) {
            const double a = mean_of(sums, first[j - 1], first[j]);
            const double b = mean_of(sums, first[j], first[j + 1]);
            int64_t cut = lower_bound(w, n, (a + b) / 2);
            /* No run may become empty. */
            cut = cut <= first[j - 1] ? first[j - 1] + 1 : cut;
            cut = cut >= first[j + 1] ? first[j + 1] - 1 : cut;
            moved |= cut != first[j];
            first[j] = cut;
        }
    }
    for (int64_t j = 0; j < k; j++)
        values[j] = (float)mean_of(sums, first[j], first[j + 1]);
    return ASSAY_OK;
}

/* At most k values for the n weights, ascending; *k becomes their number.
 * *zero: where the value for weights of exactly 0 is, or -1; runs may have a
 * mean of 0, too. */
static enum assay_status cluster(struct assay_region *scratch,
                                 const float *weights, int64_t n, float *values,
                                 int64_t *k, int64_t *zero)
{
    float *sorted = assay_region_alloc(scratch, (size_t)n + 1, sizeof *sorted);
    struct bins *bins = assay_region_alloc(scratch, 1, sizeof *bins);
    int64_t first[257], count = 0, different = 0;
    if (!sorted || !bins)
        return ASSAY_NOMEM;
    for (int64_t i = 0; i < n; i++)
        if (weights[i] > 0 || weights[i] < 0)
            sorted[count++] = weights[i];
    qsort(sorted, (size_t)count, sizeof *sorted, assay_float_order);
    const bool zeros = count < n;
    for (int64_t i = 0; i < count; i++)
        different += i == 0 || sorted[i] > sorted[i - 1];
    int64_t runs = *k - zeros;
    runs = runs > different ? different : runs;
    *k = runs + zeros;
    enum assay_status status = ASSAY_OK;
    if (runs) {
        cut_bins(sorted, count, bins);
        runs = runs > bins->n ? bins->n : runs;
        status = partition(scratch, bins, runs, first);
        if (!status)
            status = polish(scratch, sorted, count, runs, first, values);
    }
    *k = runs + zeros;
    *zero = -1;
    if (zeros && !status) {
        /* The means of the runs ascend already. */
        int64_t at = runs;
        for (; at > 0 && values[at - 1] > 0; at--)
            values[at] = values[at - 1];
        values[at] = 0;
        *zero = at;
    }
    return status;
}

/* The nearest value; that for 0 for 0 alone. */
static int64_t index_of(const float *values, int64_t k, int64_t zero,
                        float weight)
{
    int64_t best = -1;
    if (zero >= 0 && !(weight > 0) && !(weight < 0))
        return zero;
    for (int64_t j = 0; j < k; j++) {
        if (j == zero)
            continue;
        if (best < 0 ||
            fabsf(values[j] - weight) < fabsf(values[best] - weight))
            best = j;
    }
    return best;
}

static enum assay_status rewrite(struct assay_work *work,
                                 struct assay_layer *layer, const float *values,
                                 int64_t k, const uint8_t *indices)
{
    const struct assay_node *node = &work->model->nodes[layer->number];
    const struct assay_tensor *w = &work->lowering.tensors[node->inputs[1]];
    const struct assay_dims dims = {1, {k}};
    const char *base = work->model->values[node->inputs[1]].name;
    const char *index = assay_work_name(work, base, "index");
    const char *wide = assay_work_name(work, base, "index64");
    const char *codebook = assay_work_name(work, base, "values");
    const char *made = assay_work_name(work, base, "shared");
    if (!index || !wide || !codebook || !made ||
        !assay_work_tensor(work, index, ASSAY_ELEMENT_UINT8, &w->dims, indices))
        return ASSAY_NOMEM;
    Onnx__NodeProto *cast =
        assay_work_node(work, layer->node, "Cast", wide, &index, 1, wide);
    const char *inputs[] = {codebook, wide};
    Onnx__NodeProto *gather =
        assay_work_node(work, layer->node, "Gather", made, inputs, 2, made);
    if (!cast || !gather)
        return ASSAY_NOMEM;
    enum assay_status status =
        assay_work_set_int(work, cast, "to", ASSAY_ELEMENT_INT64);
    if (!status)
        status = assay_work_set_int(work, gather, "axis", 0);
    if (!status &&
        !assay_work_tensor(work, codebook, ASSAY_ELEMENT_FLOAT, &dims, values))
        status = ASSAY_NOMEM;
    layer->node->input[1] = gather->output[0];
    return status;
}

static enum assay_status share(struct assay_work *work,
                               struct assay_layer *layer, int64_t k)
{
    struct assay_region *scratch = &work->lowering.scratch;
    const int64_t n = layer->n * layer->k * layer->taps;
    struct assay_region local = {.budget = scratch->budget};
    float values[257];
    int64_t zero = -1;
    uint8_t *indices = assay_region_alloc(scratch, (size_t)n, 1);
    float *changed = assay_region_alloc(scratch, (size_t)n, sizeof *changed);
    enum assay_status status = indices && changed ? ASSAY_OK : ASSAY_NOMEM;
    if (!status)
        status = cluster(&local, layer->weights, n, values, &k, &zero);
    assay_region_free(&local);
    if (status)
        return status;
    for (int64_t i = 0; i < n; i++) {
        const int64_t at = index_of(values, k, zero, layer->weights[i]);
        indices[assay_layer_place(layer, i)] = (uint8_t)at;
        changed[i] = values[at];
    }
    assay_layer_done(layer, "share",
                     assay_relative_error(layer->weights, changed, n));
    return rewrite(work, layer, values, k, indices);
}

enum assay_status
assay_compress_share(struct assay_work *work,
                     const struct assay_compress_options *options)
{
    struct assay_layer *layers;
    size_t n;
    /* Shared values cannot take in a normalization any more. */
    enum assay_status status =
        options->half ? assay_compress_fold(work) : ASSAY_OK;
    if (!status)
        status = assay_layers(work, &layers, &n);
    for (size_t i = 0; !status && i < n; i++) {
        struct assay_layer *layer = &layers[i];
        const int64_t weights = layer->n * layer->k * layer->taps;
        const struct assay_node *node = &work->model->nodes[layer->number];
        /* An index, and the values, instead of floats. */
        if (weights * 3 <= options->share * 4)
            assay_layer_left(layer, "share", "too few weights for %lld values",
                             (long long)options->share);
        else if (work->lowering.tensors[node->inputs[1]].element !=
                 ASSAY_ELEMENT_FLOAT)
            assay_layer_left(layer, "share", "its weights are float16");
        else
            status = share(work, layer, options->share);
    }
    return status ? status : assay_work_refresh(work);
}
