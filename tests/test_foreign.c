/* SPDX-License-Identifier: Apache-2.0
 *
 * Networks that PyTorch exported (tests/foreign/export.py) on a device against
 * what PyTorch computed:
 *
 *     test_foreign host|cpu|opencl|vulkan FOLDER NAME…
 *
 * Values may differ by 1e-4 of the largest one. Exit: 0 right, 1 not, 77 no
 * device.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "on_device.h"

enum { IMAGES = 3 };

/* FOLDER/NAME.SUFFIX, exactly n floats. */
static float *read_floats(const char *folder, const char *name,
                          const char *suffix, size_t n)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s.%s", folder, name, suffix);
    FILE *in = fopen(path, "rb");
    float *values = calloc(n + 1, sizeof *values);
    if (!in || !values || fread(values, sizeof *values, n + 1, in) != n) {
        printf("%s does not hold %zu floats\n", path, n);
        exit(1);
    }
    fclose(in);
    return values;
}

static int compare(struct assay_device *device, const char *folder,
                   const char *name)
{
    char path[512];
    struct assay_model *model;
    struct assay_lowered *lowered;
    struct assay_program *program = NULL;
    double error = 0, largest = 0;
    snprintf(path, sizeof path, "%s/%s.onnx", folder, name);
    must(assay_model_load(path, &model));
    must(assay_model_lower(model, IMAGES, &lowered));
    const size_t n = lowered->output_elements;
    float *x = read_floats(folder, name, "input", lowered->input_elements);
    float *want = read_floats(folder, name, "output", n);
    float *y = calloc(n, sizeof *y);
    if (!y)
        exit(1);
    if (device)
        must(assay_program_create(device, lowered, &program));
    on_device_infer(program, lowered, x, y);
    for (size_t i = 0; i < n; i++) {
        const double difference = fabs((double)y[i] - (double)want[i]);
        /* NaN, too, counts as the largest difference. */
        error = difference <= error ? error : difference;
        largest = fmax(largest, fabs((double)want[i]));
    }
    const int failed = !(error <= 1e-4 * largest);
    printf("%s %s on %s: differs from PyTorch by %.2g of %.3g\n",
           failed ? "WRONG" : "ok", name, device ? device->info.target : "host",
           error, largest);
    assay_program_destroy(&program);
    assay_lowered_free(&lowered);
    assay_model_free(&model);
    free(x);
    free(y);
    free(want);
    return failed;
}

int main(int argc, char **argv)
{
    int failed = 0;
    if (argc < 4) {
        fprintf(stderr, "usage: test_foreign API FOLDER NAME…\n");
        return 2;
    }
    struct assay_device *device = on_device_open(argv[1]);
    for (int i = 3; i < argc; i++)
        failed |= compare(device, argv[2], argv[i]);
    return failed | on_device_close(&device);
}
