/* SPDX-License-Identifier: Apache-2.0
 *
 * model_outputs MODEL BATCH: what a model makes of the float32 inputs on stdin,
 * on the CPU, as float32 on stdout; for scripts that compare.
 */
#include <stdio.h>
#include <stdlib.h>

#include "suites/model/model.h"

static void must(enum assay_status status)
{
    if (status == ASSAY_OK)
        return;
    fprintf(stderr, "model_outputs: %s\n", assay_message());
    exit(1);
}

int main(int argc, char **argv)
{
    struct assay_model *model;
    struct assay_lowered *lowered;
    struct assay_device *device;
    struct assay_program *program;
    if (argc != 3) {
        fprintf(stderr, "usage: model_outputs MODEL BATCH\n");
        return 2;
    }
    must(assay_model_load(argv[1], &model));
    must(assay_model_lower(model, strtol(argv[2], NULL, 10), &lowered));
    must(assay_device_open(assay_backend_find(ASSAY_API_CPU),
                           &(struct assay_open){0}, &device));
    must(assay_program_create(device, lowered, &program));
    float *x = calloc(lowered->input_elements, sizeof *x);
    float *y = calloc(lowered->output_elements, sizeof *y);
    if (!x || !y)
        return 1;
    while (fread(x, sizeof *x, lowered->input_elements, stdin) ==
           lowered->input_elements) {
        must(assay_program_infer(program, x, y, UINT64_C(60000000000)));
        fwrite(y, sizeof *y, lowered->output_elements, stdout);
    }
    assay_program_destroy(&program);
    assay_device_close(&device);
    assay_lowered_free(&lowered);
    assay_model_free(&model);
    free(x);
    free(y);
    return 0;
}
