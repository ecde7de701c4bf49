/* SPDX-License-Identifier: Apache-2.0
 *
 * Channel pruning: output channels of a layer go, and with them what belongs to
 * them in every node on the way to the next layers, and these layers' inputs.
 * The score of a channel is the root mean square of its weights, times what a
 * BatchNormalization right behind it multiplies it with; to compare layers, in
 * units of the layer's mean score.
 *
 * What reads the channels is walked twice: first to see that all of it is
 * known, then to cut.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "suites/model/compress_channels.h"

/* What a channel is scored by, and what goes. */
struct candidate {
    struct assay_layer *layer; /* until the next refresh */
    struct assay_compress_row *row;
    uint32_t number;
    double *scores; /* [n] */
    bool *gone;     /* [n] */
    int64_t n, n_gone;
};

static double norm_scale(const struct assay_work *work, uint32_t value,
                         int64_t channel)
{
    const uint32_t at = assay_only_reader(work, value);
    if (at == ASSAY_ABSENT ||
        strcmp(work->model->nodes[at].op->name, "BatchNormalization") != 0)
        return 1;
    const struct assay_node *norm = &work->model->nodes[at];
    const struct assay_tensor *s = &work->lowering.tensors[norm->inputs[1]];
    const struct assay_tensor *v = &work->lowering.tensors[norm->inputs[4]];
    if (!s->data || !v->data || s->element != ASSAY_ELEMENT_FLOAT ||
        v->element != ASSAY_ELEMENT_FLOAT ||
        assay_dims_count(&s->dims) <= channel ||
        assay_dims_count(&v->dims) <= channel)
        return 1;
    return fabs((double)((const float *)s->data)[channel]) /
           sqrt((double)((const float *)v->data)[channel] +
                (double)assay_node_float(norm, "epsilon", 1e-5f));
}

static void score(const struct assay_work *work, struct candidate *c)
{
    const struct assay_layer *layer = c->layer;
    const uint32_t value = work->model->nodes[c->number].outputs[0];
    const int64_t row = layer->k * layer->taps;
    double mean = 0;
    for (int64_t o = 0; o < c->n; o++) {
        double sum = 0;
        for (int64_t i = 0; i < row; i++) {
            const double w = (double)layer->weights[o * row + i];
            sum += w * w;
        }
        c->scores[o] = sqrt(sum / (double)row) * norm_scale(work, value, o);
        mean += c->scores[o] / (double)c->n;
    }
    for (int64_t o = 0; mean > 0 && o < c->n; o++)
        c->scores[o] /= mean;
}

/* A channel among those of all candidates. */
struct ranked {
    double score;
    size_t candidate;
    int64_t channel;
};

static int by_score(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->score < y->score || x->score > y->score)
        return x->score < y->score ? -1 : 1;
    if (x->candidate != y->candidate)
        return x->candidate < y->candidate ? -1 : 1;
    return (x->channel > y->channel) - (x->channel < y->channel);
}

/* The lowest of the `n` candidates' channels go, but the last of a layer. */
static enum assay_status choose(struct assay_work *work, struct candidate *c,
                                size_t n, double fraction)
{
    int64_t all = 0;
    for (size_t i = 0; i < n; i++)
        all += c[i].n;
    struct ranked *ranked =
        assay_region_alloc(&work->region, (size_t)all, sizeof *ranked);
    if (!ranked)
        return ASSAY_NOMEM;
    int64_t at = 0, left = llround(fraction * (double)all);
    for (size_t i = 0; i < n; i++)
        for (int64_t o = 0; o < c[i].n; o++)
            ranked[at++] = (struct ranked){c[i].scores[o], i, o};
    qsort(ranked, (size_t)all, sizeof *ranked, by_score);
    for (int64_t i = 0; i < all && left > 0; i++) {
        struct candidate *of = &c[ranked[i].candidate];
        if (of->n_gone + 1 == of->n)
            continue;
        of->gone[ranked[i].channel] = true;
        of->n_gone++;
        left--;
    }
    return ASSAY_OK;
}

/* The layers whose readers are all known. What is needed for longer than the
 * next refresh is from the region. */
static enum assay_status find(struct assay_work *work,
                              struct candidate **candidates, size_t *n)
{
    struct assay_layer *layers;
    size_t n_layers;
    enum assay_status status = assay_layers(work, &layers, &n_layers);
    struct candidate *c =
        status ? NULL : assay_region_alloc(&work->region, n_layers, sizeof *c);
    if (!c)
        return status ? status : ASSAY_NOMEM;
    for (size_t i = 0; i < n_layers; i++) {
        struct assay_channels channels = {.work = work, .n = layers[i].n};
        if (layers[i].groups > 1)
            continue;
        const char *fault = assay_channels_walk(&channels, &layers[i]);
        if (fault) {
            assay_layer_left(&layers[i], "channels", "%s", fault);
            continue;
        }
        struct candidate *to = &c[(*n)++];
        to->layer = &layers[i];
        to->row = layers[i].row;
        to->number = layers[i].number;
        to->n = layers[i].n;
        to->scores = assay_region_alloc(&work->region, (size_t)to->n,
                                        sizeof *to->scores);
        to->gone =
            assay_region_alloc(&work->region, (size_t)to->n, sizeof *to->gone);
        if (!to->scores || !to->gone)
            return ASSAY_NOMEM;
        score(work, to);
    }
    *candidates = c;
    return ASSAY_OK;
}

/* Cut the channels of one layer, in a model as refreshed; nodes keep their
 * numbers. */
static enum assay_status cut(struct assay_work *work, struct candidate *c)
{
    struct assay_layer *layers;
    size_t n, at = 0;
    enum assay_status status = assay_layers(work, &layers, &n);
    while (!status && at < n && layers[at].number != c->number)
        at++;
    if (status || at == n)
        return status;
    struct assay_channels channels = {
        .work = work, .n = c->n, .gone = c->gone, .n_gone = c->n_gone};
    assay_channels_walk(&channels, &layers[at]);
    return channels.status ? channels.status : assay_work_refresh(work);
}

/* Layers that have no channel to lose, and no input either. */
static void name_kept(const struct candidate *c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct assay_layer layer = {.row = c[i].row};
        if (!c[i].n_gone && !strstr(c[i].row->done, "channels"))
            assay_layer_left(&layer, "channels", "none had to go");
    }
}

/* Depthwise convolutions lose the channels of the layer before them. */
static enum assay_status name_grouped(struct assay_work *work)
{
    struct assay_layer *layers;
    size_t n;
    enum assay_status status = assay_layers(work, &layers, &n);
    for (size_t i = 0; !status && i < n; i++)
        if (layers[i].groups > 1 && !strstr(layers[i].row->done, "channels"))
            assay_layer_left(&layers[i], "channels",
                             "a grouped convolution goes with the layer before "
                             "it, which stays");
    return status;
}

enum assay_status
assay_compress_channels(struct assay_work *work,
                        const struct assay_compress_options *options)
{
    struct candidate *c = NULL;
    size_t n = 0;
    enum assay_status status = find(work, &c, &n);
    if (!status && options->channels_global && n)
        status = choose(work, c, n, options->channels);
    for (size_t i = 0; !status && !options->channels_global && i < n; i++)
        status = choose(work, &c[i], 1, options->channels);
    for (size_t i = 0; !status && i < n; i++)
        if (c[i].n_gone)
            status = cut(work, &c[i]);
    if (status)
        return status;
    name_kept(c, n);
    return name_grouped(work);
}
