/* SPDX-License-Identifier: Apache-2.0
 *
 * The bundled models: suites/zoo/manifest.json and the files that it names.
 * The manifest is an object with one member a model: file, sha256, parameters,
 * macs, recipe, validation_accuracy, test_accuracy, base (optional: the model
 * that this one is a variant of), variant and batch (both optional: the batch
 * that the predictions were made with, where they depend on it).
 */
#ifndef ASSAY_SUITES_ZOO_H
#define ASSAY_SUITES_ZOO_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/status.h"

struct assay_zoo_model {
    char *name, *base, *variant; /* base: itself; variant: "fp32" if silent */
    char *path;                  /* of the ONNX file */
    char *predictions_path;
    char *sha256; /* 64 hexadecimal digits, as the manifest has it */
    int64_t parameters, macs;
    int64_t batch; /* 0: any */
    double validation_accuracy, test_accuracy;
};

struct assay_zoo {
    struct assay_zoo_model *models;
    size_t n_models;
};

/* INVALID names the manifest's member that is missing or of a wrong type. */
enum assay_status assay_zoo_load(struct assay_zoo **zoo);
void assay_zoo_free(struct assay_zoo **zoo);
const struct assay_zoo_model *assay_zoo_find(const struct assay_zoo *zoo,
                                             const char *name);

/* The stored predictions, one class (0-9) for each of the n test images, as a
 * new array; another number of them is INVALID. */
enum assay_status assay_zoo_predictions(const struct assay_zoo_model *model,
                                        size_t n, uint8_t **classes);

#endif
