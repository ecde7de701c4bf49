/* SPDX-License-Identifier: Apache-2.0
 *
 * The classes of bundled models on a device against those that the recipe
 * stored:
 *
 *     test_predictions host|cpu|opencl|vulkan PATTERN [IMAGES]
 *
 * for the models whose names match, over the first IMAGES test images
 * (standard: all). At most one in a thousand may differ (one in 200 of models
 * of 8 bits), and the accuracy may not be off by more than 0.05 percentage
 * points from the manifest's when all are compared. Exit: 0 right, 1 not, 77
 * no device.
 */
#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "on_device.h"
#include "suites/data/dataset.h"
#include "suites/zoo.h"

enum { BATCH = 50 };

static uint8_t class_of(const float *scores, size_t n)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (scores[i] > scores[best])
            best = i;
    return (uint8_t)best;
}

/* The classes of the first `images` images. */
static void classify(const struct assay_lowered *lowered,
                     struct assay_device *device,
                     const struct assay_dataset *data, size_t images,
                     uint8_t *classes)
{
    const size_t batch = (size_t)lowered->batch;
    const size_t n = lowered->output_elements / batch;
    float *x = calloc(lowered->input_elements, sizeof *x);
    float *y = calloc(lowered->output_elements, sizeof *y);
    struct assay_program *program = NULL;
    if (!x || !y)
        exit(1);
    if (device)
        must(assay_program_create(device, lowered, &program));
    for (size_t i = 0; i < images; i += batch) {
        const size_t count = images - i < batch ? images - i : batch;
        assay_dataset_fill(data, i, count, x);
        on_device_infer(program, lowered, x, y);
        for (size_t j = 0; j < count; j++)
            classes[i + j] = class_of(y + j * n, n);
    }
    assay_program_destroy(&program);
    free(x);
    free(y);
}

/* A model's classes against those stored, and its accuracy. Quantized models
 * round at their own points, where the smallest difference counts whole. */
static int compare(struct assay_device *device,
                   const struct assay_zoo_model *entry,
                   const struct assay_dataset *data, size_t images)
{
    struct assay_model *model;
    struct assay_lowered *lowered;
    uint8_t *stored, *classes = calloc(images, 1);
    const bool rounded = strstr(entry->variant, "int8") ||
                         strstr(entry->variant, "qat") ||
                         strstr(entry->variant, "combined");
    const int64_t batch = entry->batch ? entry->batch : BATCH;
    if (!classes)
        exit(1);
    must(assay_zoo_predictions(entry, data->images, &stored));
    must(assay_model_load(entry->path, &model));
    must(assay_model_lower(model, batch, &lowered));
    classify(lowered, device, data, images, classes);
    size_t other = 0, right = 0;
    for (size_t i = 0; i < images; i++) {
        other += classes[i] != stored[i];
        right += classes[i] == data->labels[i];
    }
    const double accuracy = (double)right / (double)images;
    const size_t allowed = (images - 1) / (rounded ? 200 : 1000) + 1;
    const int failed =
        other > allowed ||
        (images == data->images &&
         !(fabs(accuracy - entry->test_accuracy) <= 0.0005 + 1e-9));
    printf("%s %s on %s: %zu of %zu images classified otherwise than stored, "
           "accuracy %.4f (stored: %.4f over all)\n",
           failed ? "WRONG" : "ok", entry->name,
           device ? device->info.target : "host", other, images, accuracy,
           entry->test_accuracy);
    fflush(stdout);
    free(classes);
    free(stored);
    assay_lowered_free(&lowered);
    assay_model_free(&model);
    return failed;
}

int main(int argc, char **argv)
{
    struct assay_zoo *zoo;
    struct assay_dataset *data;
    int failed = 0;
    size_t compared = 0;
    if (argc < 3) {
        fprintf(stderr, "usage: test_predictions API PATTERN [IMAGES]\n");
        return 2;
    }
    struct assay_device *device = on_device_open(argv[1]);
    must(assay_zoo_load(&zoo));
    must(assay_dataset_load(NULL, ASSAY_SPLIT_TEST, &data));
    size_t images = argc > 3 ? strtoul(argv[3], NULL, 10) : data->images;
    images = images < data->images ? images : data->images;
    for (size_t i = 0; i < zoo->n_models && images > 0; i++)
        if (fnmatch(argv[2], zoo->models[i].name, 0) == 0) {
            failed |= compare(device, &zoo->models[i], data, images);
            compared++;
        }
    if (compared == 0)
        printf("no model '%s' in the zoo\n", argv[2]);
    assay_dataset_free(&data);
    assay_zoo_free(&zoo);
    return failed | on_device_close(&device) | (compared == 0);
}
