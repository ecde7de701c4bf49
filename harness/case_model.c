/* SPDX-License-Identifier: Apache-2.0
 *
 * A model case: one model at one batch size, checked against the reference
 * rows, timed, and scored on the test images.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "kernels/element.h"
#include "measure.h"
#include "suites/zoo.h"
#include "worker.h"

/* Share of the largest |output| that a target may differ from the reference:
 * some twenty layers, each with the rounding of a few thousand terms, of floats
 * or of halves. A float computed in between that is made a byte, of which there
 * are 255 steps, may become the next one. */
#define OUTPUT_TOLERANCE 1e-4
#define OUTPUT_TOLERANCE_F16 1e-2
#define OUTPUT_TOLERANCE_BYTES 3e-2

struct bound {
    struct assay_lowered *lowered;
    struct assay_program *program;
    float *input, *output;
    size_t in, out; /* floats of one image */
};

static void unbind(struct bound *b)
{
    assay_program_destroy(&b->program);
    assay_lowered_free(&b->lowered);
    free(b->input);
    free(b->output);
}

static enum assay_status bind(struct assay_worker_state *state, int64_t batch,
                              struct bound *b, uint64_t *prepare_ns)
{
    const uint64_t start = assay_now_ns();
    enum assay_status status =
        assay_model_lower(state->model, batch, &b->lowered);
    if (status == ASSAY_OK)
        status = assay_program_create(state->device, b->lowered, &b->program);
    *prepare_ns = assay_now_ns() - start;
    if (status != ASSAY_OK)
        return status;
    b->in = b->lowered->input_elements / (size_t)batch;
    b->out = b->lowered->output_elements / (size_t)batch;
    b->input = calloc(b->lowered->input_elements, sizeof(float));
    b->output = calloc(b->lowered->output_elements, sizeof(float));
    if (!b->input || !b->output)
        return assay_fail(ASSAY_NOMEM, "no memory for the model's input");
    return ASSAY_OK;
}

static enum assay_status load(struct assay_worker_state *state,
                              const struct assay_case *c)
{
    if (state->model_path && strcmp(state->model_path, c->path) == 0)
        return ASSAY_OK;
    assay_model_free(&state->model);
    free(state->model_path);
    state->model_path = NULL;
    enum assay_status status = assay_model_load(c->path, &state->model);
    if (status == ASSAY_OK)
        state->model_path = strdup(c->path);
    return status;
}

static enum assay_status load_images(struct assay_worker_state *state,
                                     const struct assay_case *c)
{
    const char *folder = c->data ? c->data : "";
    if (state->dataset_folder && strcmp(state->dataset_folder, folder) == 0)
        return ASSAY_OK;
    assay_dataset_free(&state->dataset);
    free(state->dataset_folder);
    state->dataset_folder = NULL;
    enum assay_status status =
        assay_dataset_load(c->data, ASSAY_SPLIT_TEST, &state->dataset);
    if (status == ASSAY_OK)
        state->dataset_folder = strdup(folder);
    return status;
}

/* The order in which the model takes the data set's images. */
static enum assay_status find_order(const struct assay_worker_state *state,
                                    const struct assay_case *c,
                                    const struct bound *b,
                                    struct assay_image_order *order)
{
    const struct assay_dataset *d = state->dataset;
    struct assay_model_facts facts;
    assay_model_facts(state->model, &facts);
    if (b->out != d->classes)
        return assay_fail(ASSAY_INVALID,
                          "%s gives %zu values an image, the data set %s has "
                          "%zu classes",
                          c->path, b->out, d->name, d->classes);
    return assay_dataset_order(d, c->path, facts.input, facts.rank, order);
}

/* The first images of the test set where there are some, else random data. */
static enum assay_status fill(struct assay_worker_state *state,
                              const struct assay_case *c, struct bound *b)
{
    const size_t batch = (size_t)b->lowered->batch;
    if (c->images > 0) {
        const struct assay_dataset *d = state->dataset;
        struct assay_image_order order;
        const enum assay_status status = find_order(state, c, b, &order);
        if (status == ASSAY_OK)
            assay_dataset_fill_as(
                d, &order, 0, batch < d->images ? batch : d->images, b->input);
        return status;
    }
    struct assay_random random;
    assay_random_seed(&random, c->seed);
    assay_random_fill_f32(&random, b->input, batch * b->in);
    return ASSAY_OK;
}

/* The images that one lowering of a single image, or of the batch, computes,
 * beginning with number `first`, against the reference. */
static enum assay_status compare(const struct assay_lowered *lowered,
                                 const struct bound *b, size_t first,
                                 float *want, double *error, double *largest)
{
    const size_t n = lowered->output_elements;
    enum assay_status status =
        assay_lowered_reference(lowered, b->input + first * b->in, want);
    if (status != ASSAY_OK)
        return status;
    const double difference =
        assay_max_error(ASSAY_F32, b->output + first * b->out, want, n);
    *error = difference > *error ? difference : *error;
    for (size_t i = 0; i < n; i++)
        if (fabs((double)want[i]) > *largest)
            *largest = fabs((double)want[i]);
    return ASSAY_OK;
}

static double tolerance_of(const struct assay_lowered *lowered)
{
    double tolerance = OUTPUT_TOLERANCE;
    for (size_t i = 0; i < lowered->n_steps; i++) {
        const struct assay_lowered_step *step = &lowered->steps[i];
        double own = 0;
        if (step->problem.op == ASSAY_OP_QUANTIZE &&
            step->tensors[0] != lowered->input)
            own = OUTPUT_TOLERANCE_BYTES;
        else if (step->problem.dtype == ASSAY_F16)
            own = OUTPUT_TOLERANCE_F16;
        tolerance = own > tolerance ? own : tolerance;
    }
    return tolerance;
}

/* Random masks differ from image to image of a batch. */
static bool has_dropout(const struct assay_lowered *lowered)
{
    for (size_t i = 0; i < lowered->n_steps; i++)
        if (lowered->steps[i].problem.op == ASSAY_OP_DROPOUT)
            return true;
    return false;
}

/* Compare the first and the last image of the batch with the reference, or all
 * of them where an image by itself is not the same, or not possible. */
static enum assay_status check(struct assay_worker_state *state,
                               struct bound *b, const char *when,
                               struct assay_record *record, bool *wrong)
{
    struct assay_model_facts facts;
    assay_model_facts(state->model, &facts);
    const bool whole = facts.input[0] > 0 || has_dropout(b->lowered);
    const size_t last = whole ? 0 : (size_t)b->lowered->batch - 1;
    struct assay_lowered *one = NULL;
    float *want =
        malloc((whole ? b->lowered->output_elements : b->out) * sizeof *want);
    double error = 0, largest = 0;
    enum assay_status status =
        want ? assay_model_lower(state->model, whole ? b->lowered->batch : 1,
                                 &one)
             : assay_fail(ASSAY_NOMEM, "no memory for the reference");
    if (status == ASSAY_OK)
        status = compare(one, b, 0, want, &error, &largest);
    if (status == ASSAY_OK && last > 0)
        status = compare(one, b, last, want, &error, &largest);
    assay_lowered_free(&one);
    free(want);
    if (status != ASSAY_OK)
        return status;
    const double allowed =
        tolerance_of(b->lowered) * (largest > 1 ? largest : 1);
    assay_record_real(record, ASSAY_FIELD_max_error, error);
    assay_record_real(record, ASSAY_FIELD_tolerance, allowed);
    if (!(error <= allowed)) {
        assay_fail(ASSAY_INVALID,
                   "differs from the reference by %g (allowed %g) %s", error,
                   allowed, when);
        *wrong = true;
    }
    return ASSAY_OK;
}

static enum assay_status score_images(struct assay_worker_state *state,
                                      const struct assay_case *c,
                                      struct bound *b, const uint8_t *expected)
{
    const struct assay_dataset *d = state->dataset;
    struct assay_score *score = &state->score;
    struct assay_scores *scores = &score->scores;
    struct assay_image_order order;
    const size_t batch = (size_t)b->lowered->batch;
    const size_t images =
        (size_t)c->images < d->images ? (size_t)c->images : d->images;
    enum assay_status status = find_order(state, c, b, &order);
    if (status == ASSAY_OK)
        status = assay_scores_begin(scores, d->classes, images);
    for (size_t first = 0; status == ASSAY_OK && first < images;
         first += batch) {
        /* What is left of an earlier batch fills the last one up. */
        const size_t n = images - first < batch ? images - first : batch;
        assay_dataset_fill_as(d, &order, first, n, b->input);
        status = assay_program_infer(b->program, b->input, b->output,
                                     (uint64_t)(c->timeout * 1e9));
        for (size_t i = 0; status == ASSAY_OK && i < n; i++) {
            assay_scores_add(scores, b->output + i * b->out,
                             d->labels[first + i]);
            if (expected)
                score->agreed +=
                    scores->predictions[first + i] / 2 == expected[first + i];
        }
        assay_worker_alive(state);
    }
    return status;
}

static enum assay_status load_expected(struct assay_worker_state *state,
                                       const struct assay_case *c,
                                       uint8_t **expected)
{
    const struct assay_dataset *d = state->dataset;
    *expected = NULL;
    state->score.no_agreement =
        !c->predictions     ? "no stored predictions for this model"
        : !d->fashion_mnist ? "the stored predictions are of Fashion-MNIST, "
                              "not of this data set"
                            : NULL;
    if (state->score.no_agreement)
        return ASSAY_OK;
    /* Only the path is read of the entry. */
    const struct assay_zoo_model entry = {.name = c->model,
                                          .predictions_path = c->predictions};
    return assay_zoo_predictions(&entry, d->images, expected);
}

/* Accuracy belongs to the model on the device, not to a batch size: it is
 * computed once, at the plan's accuracy_batch, and serves all. */
static enum assay_status score(struct assay_worker_state *state,
                               const struct assay_case *c)
{
    char *key;
    uint64_t ignored;
    uint8_t *expected = NULL;
    struct bound b = {0};
    if (asprintf(&key, "%s|%s|%s|%lld|%u|%lld|%lld", c->path,
                 c->data ? c->data : "", state->device_key,
                 (long long)c->threads, c->isa_off, (long long)c->images,
                 (long long)c->accuracy_batch) < 0)
        return assay_fail(ASSAY_NOMEM, "no memory for the scores");
    if (state->score.key && strcmp(state->score.key, key) == 0) {
        free(key);
        return ASSAY_OK;
    }
    free(state->score.key);
    assay_scores_end(&state->score.scores);
    state->score = (struct assay_score){0};
    enum assay_status status = load_expected(state, c, &expected);
    if (status == ASSAY_OK)
        status = bind(state, c->accuracy_batch, &b, &ignored);
    if (status == ASSAY_OK)
        status = score_images(state, c, &b, expected);
    if (status == ASSAY_OK)
        state->score.key = key;
    else
        free(key);
    unbind(&b);
    free(expected);
    return status;
}

static enum assay_status set_accuracy(struct assay_worker_state *state,
                                      const struct assay_case *c,
                                      struct assay_record *record)
{
    char crc[16];
    if (c->images <= 0) {
        assay_scores_absent(record, c->no_accuracy
                                        ? c->no_accuracy
                                        : "no images were asked for");
        return ASSAY_OK;
    }
    enum assay_status status = score(state, c);
    if (status != ASSAY_OK)
        return status;
    const struct assay_score *s = &state->score;
    assay_scores_record(&s->scores, record);
    snprintf(crc, sizeof crc, "%08x", (unsigned)state->dataset->crc32);
    assay_record_text(record, ASSAY_FIELD_dataset, state->dataset->name);
    assay_record_text(record, ASSAY_FIELD_dataset_crc32, crc);
    if (s->no_agreement)
        assay_record_absent(record, ASSAY_FIELD_agreement, s->no_agreement);
    else
        assay_record_real(record, ASSAY_FIELD_agreement,
                          (double)s->agreed / (double)s->scores.images);
    return ASSAY_OK;
}

/* The rows that ran, each once, in the order of the layers. */
static void set_rows(const struct bound *b, struct assay_record *record)
{
    char text[1000] = "";
    size_t used = 0;
    for (size_t i = 0; i < b->lowered->n_steps; i++) {
        const char *symbol = assay_program_row(b->program, i)->symbol;
        if (strstr(text, symbol) || used + strlen(symbol) + 2 > sizeof text)
            continue;
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s",
                                 used ? " " : "", symbol);
    }
    assay_record_text(record, ASSAY_FIELD_impl, text);
}

/* Each layer with many zeros, with the times that decided how it runs. */
static void set_choices(const struct bound *b, struct assay_record *record)
{
    size_t n;
    const struct assay_layer_choice *c = assay_program_choices(b->program, &n);
    json_t *all = json_array();
    for (size_t i = 0; i < n; i++, c++) {
        json_t *one = json_pack(
            "{s:s, s:f, s:s, s:s*}", "layer", c->layer, "zeros", c->zeros,
            "runs", c->sparse ? "sparse" : "dense", "reason", c->why);
        if (c->format)
            json_object_set_new(one, "format", json_string(c->format));
        if (c->dense_ns > 0) {
            json_object_set_new(one, "dense_ns", json_real(c->dense_ns));
            json_object_set_new(one, "sparse_ns", json_real(c->sparse_ns));
        }
        json_array_append_new(all, one);
    }
    char *text = json_dumps(all, JSON_COMPACT | JSON_REAL_PRECISION(6));
    if (n)
        assay_record_text(record, ASSAY_FIELD_choices,
                          text ? text : "out of memory");
    free(text);
    json_decref(all);
}

static void set_facts(struct assay_worker_state *state, struct bound *b,
                      struct assay_record *record)
{
    struct assay_model_facts facts;
    char shape[100];
    size_t used = 0;
    assay_model_facts(state->model, &facts);
    used = (size_t)snprintf(shape, sizeof shape, "%lld",
                            (long long)b->lowered->batch);
    for (int i = 1; i < facts.rank && used < sizeof shape; i++)
        used += (size_t)snprintf(shape + used, sizeof shape - used, "x%lld",
                                 (long long)facts.input[i]);
    assay_record_text(record, ASSAY_FIELD_shape, shape);
    assay_record_int(record, ASSAY_FIELD_model_bytes,
                     (int64_t)facts.file_bytes);
    assay_record_text(record, ASSAY_FIELD_model_sha256, facts.sha256);
    assay_record_int(record, ASSAY_FIELD_weights_bytes,
                     (int64_t)b->lowered->weights_bytes);
    if (!record->fields[ASSAY_FIELD_parameters].present)
        assay_record_int(record, ASSAY_FIELD_parameters, facts.parameters);
    assay_record_real(record, ASSAY_FIELD_flop, b->lowered->flop);
    set_rows(b, record);
    set_choices(b, record);
}

static enum assay_status measure(struct assay_worker_state *state,
                                 const struct assay_case *c, struct bound *b,
                                 struct assay_record *record, bool *wrong)
{
    const struct assay_measure_options options = {
        .min_time = c->min_time,
        .repetitions = c->repetitions,
        .timeout_ns = (uint64_t)(c->timeout * 1e9)};
    double ns;
    enum assay_status status =
        assay_measure(assay_program_kernel(b->program), NULL, 0, c->name,
                      (double)c->batch, &options, record);
    if (status != ASSAY_OK)
        return status;
    if (assay_record_number(record, ASSAY_FIELD_latency_ns_median, &ns) &&
        ns > 0)
        assay_record_real(record, ASSAY_FIELD_gflops, b->lowered->flop / ns);
    /* The input was not written again: this is the timed runs' output. */
    const struct assay_view out = assay_program_output(b->program);
    status = assay_buffer_read(out.buffer, out.offset, b->output,
                               b->lowered->output_elements * sizeof(float));
    if (status != ASSAY_OK)
        return status;
    return check(state, b, "after timing", record, wrong);
}

enum assay_status assay_model_case(struct assay_worker_state *state,
                                   const struct assay_case *c,
                                   struct assay_record *record, bool *wrong)
{
    struct bound b = {0};
    uint64_t prepare_ns = 0;
    enum assay_status status = load(state, c);
    if (status == ASSAY_OK && c->images > 0)
        status = load_images(state, c);
    if (status == ASSAY_OK)
        status = bind(state, c->batch, &b, &prepare_ns);
    assay_worker_alive(state);
    if (status == ASSAY_OK) {
        assay_record_int(record, ASSAY_FIELD_prepare_ns, (int64_t)prepare_ns);
        set_facts(state, &b, record);
        status = fill(state, c, &b);
    }
    if (status == ASSAY_OK)
        status = assay_program_infer(b.program, b.input, b.output,
                                     (uint64_t)(c->timeout * 1e9));
    if (status == ASSAY_OK)
        status = check(state, &b, "before timing", record, wrong);
    assay_worker_alive(state);
    if (status == ASSAY_OK && !*wrong && !c->check_only)
        status = measure(state, c, &b, record, wrong);
    /* Before scoring, which has a batch of its own. */
    if (status == ASSAY_OK)
        assay_record_int(record, ASSAY_FIELD_device_peak_bytes,
                         (int64_t)state->device->peak_bytes);
    unbind(&b);
    if (status == ASSAY_OK && !*wrong)
        status = set_accuracy(state, c, record);
    return status;
}
