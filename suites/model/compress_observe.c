/* SPDX-License-Identifier: Apache-2.0
 *
 * Calibration: the model, with all values of interest as outputs, runs on the
 * CPU with the first images, for which no labels are needed. A first pass finds
 * the least and the largest of each value and the means of its channels; a
 * second one counts, if the range is not simply that.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites/data/dataset.h"
#include "suites/model/compress_int8.h"
#include "suites/model/ports.h"

enum { MAGNITUDE_BINS = 2048, BATCH_MAX = 32 };
#define OUTPUT_BYTES_MAX ((size_t)256 << 20)
#define WAIT_NS UINT64_C(600000000000)

struct observer {
    struct assay_work *work;
    const struct assay_compress_options *options;
    struct assay_int8_plan *plan;
    struct assay_dataset *data;
    struct assay_model *model; /* with more outputs */
    struct assay_lowered *lowered;
    struct assay_device *device;
    struct assay_program *program;
    int64_t batch;
    size_t images;
    float *input;
    float **outputs; /* the model's own first, then those observed */
    struct assay_image_order order;
};

/* -- Preparing -- */

/* Of a user's own set there are no others: accuracy is that of the same. */
static void name_images(struct observer *o)
{
    struct assay_compress_report *report = o->work->report;
    char name[sizeof o->data->name];
    assay_text_clean(name, sizeof name, o->data->name);
    snprintf(report->images_of, sizeof report->images_of,
             o->data->own ? "images of %s (the same that --data scores on)"
                          : "training images of %s",
             name);
}

static enum assay_status check_images(struct observer *o)
{
    const size_t there = o->data->images;
    const int64_t asked = o->options->images;
    const char *images_of = o->work->report->images_of;
    name_images(o);
    if (there < ASSAY_CALIBRATE_LEAST)
        return assay_fail(ASSAY_INVALID,
                          "calibration: %zu %s; at least %d are needed, %d or "
                          "more recommended",
                          there, images_of, ASSAY_CALIBRATE_LEAST,
                          ASSAY_CALIBRATE_STANDARD);
    if (asked && asked < ASSAY_CALIBRATE_LEAST)
        return assay_fail(ASSAY_INVALID,
                          "calibration: %" PRId64 " images are asked for; at "
                          "least %d are needed, %d or more recommended",
                          asked, ASSAY_CALIBRATE_LEAST,
                          ASSAY_CALIBRATE_STANDARD);
    if (asked > (int64_t)there)
        return assay_fail(ASSAY_INVALID,
                          "calibration: %" PRId64 " images are asked for; "
                          "there are %zu %s",
                          asked, there, images_of);
    o->images = asked ? (size_t)asked : ASSAY_CALIBRATE_STANDARD;
    o->images = o->images > there ? there : o->images;
    return ASSAY_OK;
}

static enum assay_status check_shape(struct observer *o)
{
    const struct assay_model *model = o->work->model;
    const struct assay_dims *dims =
        &o->work->lowering.tensors[model->inputs[0]].dims;
    return assay_dataset_order(o->data, model->path, dims->size, dims->rank,
                               &o->order);
}

/* Dynamic: as many as memory allows, at most 32. */
static enum assay_status choose_batch(struct observer *o)
{
    const struct assay_model *model = o->work->model;
    const int64_t fixed = model->values[model->inputs[0]].tensor.dims.size[0];
    size_t bytes = 1;
    if (fixed > 0 && (size_t)fixed > o->images)
        return assay_fail(ASSAY_INVALID,
                          "calibration: %zu images; the model's batch is fixed "
                          "to %" PRId64,
                          o->images, fixed);
    o->batch = fixed;
    if (fixed > 0)
        return ASSAY_OK;
    for (size_t i = 0; i < o->plan->n_observed; i++)
        bytes +=
            sizeof(float) *
            (size_t)assay_dims_count(
                &o->work->lowering.tensors[o->plan->observed[i].value].dims);
    o->batch = BATCH_MAX;
    while (o->batch > 1 && (size_t)o->batch * bytes > OUTPUT_BYTES_MAX)
        o->batch /= 2;
    return ASSAY_OK;
}

/* The model with the values observed as further outputs. */
static enum assay_status read_variant(struct observer *o)
{
    struct assay_work *work = o->work;
    Onnx__GraphProto *graph = work->proto->graph;
    Onnx__ValueInfoProto **own = graph->output;
    const size_t n_own = graph->n_output, n = o->plan->n_observed;
    struct assay_region *scratch = &work->lowering.scratch;
    Onnx__ValueInfoProto *infos = assay_region_alloc(scratch, n, sizeof *infos);
    Onnx__ValueInfoProto **all =
        assay_region_alloc(scratch, n + n_own, sizeof(void *));
    uint8_t *bytes = NULL;
    size_t size = 0;
    if (!infos || !all)
        return ASSAY_NOMEM;
    memcpy(all, own, n_own * sizeof *all);
    for (size_t i = 0; i < n; i++) {
        onnx__value_info_proto__init(&infos[i]);
        infos[i].name = work->model->values[o->plan->observed[i].value].name;
        all[n_own + i] = &infos[i];
    }
    graph->output = all;
    graph->n_output = n_own + n;
    enum assay_status status = assay_work_pack(work, &bytes, &size);
    graph->output = own;
    graph->n_output = n_own;
    if (!status)
        status = assay_model_read(work->path, bytes, size, true, &o->model);
    free(bytes);
    return status;
}

static enum assay_status open_cpu(struct observer *o)
{
    const struct assay_backend *backend = assay_backend_find(ASSAY_API_CPU);
    if (!backend)
        return assay_fail(ASSAY_DEVICE, "no CPU backend to calibrate on");
    return assay_device_open(backend, &(struct assay_open){0}, &o->device);
}

static enum assay_status make_program(struct observer *o)
{
    struct assay_tensor input =
        o->work->lowering.tensors[o->work->model->inputs[0]];
    input.dims.size[0] = o->batch;
    enum assay_status status =
        assay_model_lower_for(o->model, &input, 0, false, &o->lowered);
    if (!status)
        status = open_cpu(o);
    if (!status)
        status = assay_program_create(o->device, o->lowered, &o->program);
    if (status)
        return status;
    struct assay_region *scratch = &o->work->lowering.scratch;
    const size_t n = o->lowered->n_outputs;
    o->outputs = assay_region_alloc(scratch, n, sizeof *o->outputs);
    o->input = assay_region_alloc(
        scratch, (size_t)assay_dims_count(&input.dims), sizeof *o->input);
    if (!o->outputs || !o->input)
        return ASSAY_NOMEM;
    for (size_t i = 0; i < n; i++) {
        o->outputs[i] = calloc(o->lowered->outputs[i].elements, sizeof(float));
        if (!o->outputs[i])
            return assay_fail(ASSAY_NOMEM, "no memory to calibrate");
    }
    return ASSAY_OK;
}

static void close_observer(struct observer *o)
{
    for (size_t i = 0; o->outputs && i < o->lowered->n_outputs; i++)
        free(o->outputs[i]);
    assay_program_destroy(&o->program);
    if (o->device)
        assay_device_close(&o->device);
    assay_lowered_free(&o->lowered);
    assay_model_free(&o->model);
    assay_dataset_free(&o->data);
}

/* -- Running -- */

typedef enum assay_status look(struct observer *o, struct assay_observed *at,
                               const float *values,
                               const struct assay_lowered_port *port);

/* All images once; the last batch is whole, too, and may see some twice. */
static enum assay_status pass(struct observer *o, look *each)
{
    const size_t batch = (size_t)o->batch;
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; !status && i < o->images; i += batch) {
        const size_t first = i + batch > o->images ? o->images - batch : i;
        assay_dataset_fill_as(o->data, &o->order, first, batch, o->input);
        status = assay_program_call(o->program, o->lowered,
                                    (const void *[]){o->input},
                                    (void *const *)(void *)o->outputs, WAIT_NS);
        for (size_t j = 0; !status && j < o->plan->n_observed; j++)
            status = each(o, &o->plan->observed[j], o->outputs[1 + j],
                          &o->lowered->outputs[1 + j]);
    }
    return status;
}

static enum assay_status not_finite(const struct observer *o,
                                    const struct assay_observed *at)
{
    char name[80];
    assay_text_clean(name, sizeof name, o->work->model->values[at->value].name);
    return assay_fail(ASSAY_INVALID,
                      "%s: calibration: '%s' is not finite for one of the %s",
                      o->work->path, name, o->work->report->images_of);
}

static enum assay_status look_range(struct observer *o,
                                    struct assay_observed *at,
                                    const float *values,
                                    const struct assay_lowered_port *port)
{
    int64_t inner = 1;
    for (int i = 2; i < port->rank; i++)
        inner *= port->size[i];
    for (size_t i = 0; i < port->elements; i++) {
        const double v = (double)values[i];
        if (!isfinite(v))
            return not_finite(o, at);
        at->low = v < at->low ? v : at->low;
        at->high = v > at->high ? v : at->high;
        if (at->means)
            at->means[(int64_t)i / inner % at->channels] += v;
    }
    at->count += (double)port->elements;
    return ASSAY_OK;
}

static enum assay_status look_counts(struct observer *o,
                                     struct assay_observed *at,
                                     const float *values,
                                     const struct assay_lowered_port *port)
{
    const bool magnitudes =
        o->options->calibration == ASSAY_CALIBRATION_ENTROPY;
    const size_t bins = magnitudes ? MAGNITUDE_BINS : ASSAY_RANGE_BINS;
    const double low = magnitudes ? 0 : at->low;
    const double high = magnitudes ? fmax(-at->low, at->high) : at->high;
    if (!(high > low))
        return ASSAY_OK;
    for (size_t i = 0; i < port->elements; i++) {
        const double v =
            magnitudes ? fabs((double)values[i]) : (double)values[i];
        /* Zeros are exact whatever the scale is; their crowd behind a Relu
         * would decide everything. */
        if (magnitudes && !(v > 0))
            continue;
        const double bin = (v - low) / (high - low) * (double)bins;
        at->counts[bin < (double)bins ? (size_t)bin : bins - 1]++;
    }
    return ASSAY_OK;
}

/* From what was counted to the range. */
static void choose_range(const struct observer *o, struct assay_observed *at)
{
    if (o->options->calibration == ASSAY_CALIBRATION_PERCENTILE) {
        assay_range_percentile(at->counts, ASSAY_RANGE_BINS, at->low, at->high,
                               o->options->percentile, &at->low, &at->high);
        return;
    }
    const double most = fmax(-at->low, at->high);
    const size_t kept = assay_range_entropy(at->counts, MAGNITUDE_BINS,
                                            at->low < 0 ? 128 : 256);
    const double limit = most * (double)kept / MAGNITUDE_BINS;
    at->low = fmax(at->low, -limit);
    at->high = fmin(at->high, limit);
}

static enum assay_status run_passes(struct observer *o)
{
    struct assay_region *scratch = &o->work->lowering.scratch;
    struct assay_int8_plan *plan = o->plan;
    for (size_t i = 0; i < plan->n_observed; i++) {
        struct assay_observed *at = &plan->observed[i];
        at->low = INFINITY;
        at->high = -INFINITY;
        at->counts =
            assay_region_alloc(scratch, ASSAY_RANGE_BINS, sizeof *at->counts);
        if (at->channels)
            at->means = assay_region_alloc(scratch, (size_t)at->channels,
                                           sizeof *at->means);
        if (!at->counts || (at->channels && !at->means))
            return ASSAY_NOMEM;
    }
    enum assay_status status = pass(o, look_range);
    for (size_t i = 0; !status && i < plan->n_observed; i++)
        for (int64_t c = 0; c < plan->observed[i].channels; c++)
            plan->observed[i].means[c] *=
                (double)plan->observed[i].channels / plan->observed[i].count;
    if (!status && o->options->calibration != ASSAY_CALIBRATION_MINMAX) {
        status = pass(o, look_counts);
        for (size_t i = 0; !status && i < plan->n_observed; i++)
            if (plan->observed[i].high > plan->observed[i].low)
                choose_range(o, &plan->observed[i]);
    }
    /* Values of one scale have the range of all. */
    for (size_t i = 0; !status && i < plan->n_observed; i++) {
        struct assay_observed *of = &plan->observed[plan->observed[i].same];
        of->low = fmin(of->low, plan->observed[i].low);
        of->high = fmax(of->high, plan->observed[i].high);
    }
    return status;
}

enum assay_status
assay_int8_observe(struct assay_work *work,
                   const struct assay_compress_options *options,
                   struct assay_int8_plan *plan)
{
    struct observer o = {.work = work, .options = options, .plan = plan};
    enum assay_status status =
        assay_dataset_load(options->data, ASSAY_SPLIT_UNLABELLED, &o.data);
    if (!status)
        status = check_images(&o);
    if (!status)
        status = check_shape(&o);
    if (!status)
        status = choose_batch(&o);
    if (!status)
        status = read_variant(&o);
    if (!status)
        status = make_program(&o);
    if (!status)
        status = run_passes(&o);
    work->report->images = o.images;
    close_observer(&o);
    return status;
}
