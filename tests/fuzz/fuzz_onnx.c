/* SPDX-License-Identifier: Apache-2.0
 *
 * libFuzzer entry of the ONNX reader: load, lower and, if that is quick, run.
 *
 *     CC=clang meson setup build-fuzz -Dfuzz=true
 * -Db_sanitize=address,undefined -Db_lundef=false build-fuzz/tests/fuzz_onnx
 * -max_len=20000 CORPUS suites/zoo
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "suites/model/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void run(const struct assay_lowered *lowered)
{
    if (lowered->flop > 1e7 || lowered->arena_bytes > 1 << 22)
        return;
    float *x = calloc(lowered->input_elements, sizeof *x);
    float *y = calloc(lowered->output_elements, sizeof *y);
    if (x && y)
        assay_lowered_reference(lowered, x, y);
    free(x);
    free(y);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static int file = -1;
    static char path[40];
    struct assay_model *model;
    if (file < 0) {
        file = memfd_create("fuzz", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    }
    if (ftruncate(file, 0) || pwrite(file, bytes, size, 0) != (ssize_t)size)
        abort();
    if (assay_model_load(path, &model))
        return 0;
    for (int64_t batch = 1; batch <= 3; batch += 2) {
        struct assay_lowered *lowered;
        if (assay_model_lower(model, batch, &lowered) == ASSAY_OK)
            run(lowered);
        assay_lowered_free(&lowered);
    }
    assay_model_free(&model);
    return 0;
}
