/* SPDX-License-Identifier: Apache-2.0
 *
 * A bundled model's classes on a device against those that its recipe stored:
 *
 *     test_predictions host|cpu|opencl|vulkan MODEL [IMAGES]
 *
 * over the first IMAGES test images (standard: all). At most one in a thousand
 * may differ, and the accuracy may not be off by more than that from the
 * manifest's when all are compared. Exit: 0 right, 1 not, 77 no device.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites/data/dataset.h"
#include "suites/model/model.h"
#include "suites/zoo.h"

enum { BATCH = 50 };
static const uint64_t WAIT_NS = UINT64_C(120000000000);

static void must(enum assay_status status)
{
    if (status) {
        printf("%s: %s\n", assay_status_name(status), assay_message());
        exit(1);
    }
}

static struct assay_device *open_device(const char *name)
{
    struct assay_device *device;
    struct assay_device_info info;
    size_t n = 0;
    int api = 0;
    while (assay_api_names[api] && strcmp(assay_api_names[api], name) != 0)
        api++;
    const struct assay_backend *backend =
        assay_api_names[api] ? assay_backend_find((enum assay_api)api) : NULL;
    if (!backend || assay_device_enumerate(backend, &info, 1, &n) || n == 0) {
        printf("%s: %s\n", name,
               backend ? assay_message() : "not part of this build");
        exit(77);
    }
    must(assay_device_open(backend, &(struct assay_open){0}, &device));
    return device;
}

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
        must(program ? assay_program_infer(program, x, y, WAIT_NS)
                     : assay_lowered_reference(lowered, x, y));
        for (size_t j = 0; j < count; j++)
            classes[i + j] = class_of(y + j * n, n);
    }
    assay_program_destroy(&program);
    free(x);
    free(y);
}

int main(int argc, char **argv)
{
    struct assay_zoo *zoo;
    struct assay_dataset *data;
    struct assay_model *model;
    struct assay_lowered *lowered;
    uint8_t *stored;
    if (argc < 3) {
        fprintf(stderr, "usage: test_predictions API MODEL [IMAGES]\n");
        return 2;
    }
    struct assay_device *device =
        strcmp(argv[1], "host") ? open_device(argv[1]) : NULL;
    must(assay_zoo_load(&zoo));
    const struct assay_zoo_model *entry = assay_zoo_find(zoo, argv[2]);
    if (!entry) {
        printf("no model '%s' in the zoo\n", argv[2]);
        return 1;
    }
    must(assay_dataset_load(NULL, ASSAY_SPLIT_TEST, &data));
    must(assay_zoo_predictions(entry, data->images, &stored));
    must(assay_model_load(entry->path, &model));
    must(assay_model_lower(model, entry->batch ? entry->batch : BATCH,
                           &lowered));
    size_t images = argc > 3 ? strtoul(argv[3], NULL, 10) : data->images;
    images = images < data->images ? images : data->images;
    uint8_t *classes = calloc(images, 1);
    if (!classes || images == 0)
        return 1;
    classify(lowered, device, data, images, classes);
    size_t other = 0, right = 0;
    for (size_t i = 0; i < images; i++) {
        other += classes[i] != stored[i];
        right += classes[i] == data->labels[i];
    }
    const double accuracy = (double)right / (double)images;
    printf("%s on %s: %zu of %zu images classified otherwise than stored, "
           "accuracy %.4f (stored: %.4f over all)\n",
           argv[2], device ? device->info.target : "host", other, images,
           accuracy, entry->test_accuracy);
    int failed = other * 1000 > images ||
                 (images == data->images &&
                  !(fabs(accuracy - entry->test_accuracy) <= 0.001));
    free(classes);
    free(stored);
    assay_lowered_free(&lowered);
    assay_model_free(&model);
    assay_dataset_free(&data);
    assay_zoo_free(&zoo);
    if (device && assay_device_close(&device)) {
        printf("close: %s\n", assay_message());
        failed = 1;
    }
    return failed;
}
