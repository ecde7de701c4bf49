/* SPDX-License-Identifier: Apache-2.0
 *
 * The models of a plan, from the zoo and from files, and which of them are
 * variants of which. Internal to plan.c.
 *
 * A model of the zoo has its name and variant from the manifest. A file by
 * itself is named after the file, and its variant is "file". It is a variant of
 * another model where that is said, by --base, by a suite's key `base`, or by
 * the metadata that assay compress writes (SHA-256 of what it was made from),
 * if that file is in the plan too; of a chain (compressed twice), of the first.
 * The base then is "fp32", or "original" if something in it is quantized or of
 * halves already, and its variants have its name as their model and as their
 * variant what their file's name has beyond the base's: my.onnx and
 * my-int8.onnx are my/fp32 and my/int8. Where that would be nothing or taken,
 * it is the whole name. A file is scored on the images of its data, or, as a
 * variant of the zoo's, on the standard ones.
 */
#ifndef ASSAY_HARNESS_PLAN_MODELS_H
#define ASSAY_HARNESS_PLAN_MODELS_H

#include "suites/model/model.h"
#include "suites/suite.h"
#include "suites/zoo.h"

struct assay_plan_model {
    const char *which; /* name or path, as asked for */
    char *name, *variant, *path;
    char *predictions; /* or NULL */
    char *data;        /* folder of the images, or NULL: the standard ones */
    char *base; /* path or name of the model that it is a variant of, or NULL */
    bool is_file;
    struct assay_model_facts facts;
    int64_t parameters, images;
    int64_t accuracy_batch; /* 0: the largest that is measured */
    int64_t fixed;          /* the only batch size that the model has, or 0 */
    const char *no_accuracy;
    const int64_t *batches;
    size_t n_batches;
    const struct assay_suite_model *suite; /* for its exceptions, or NULL */
    double min_time;
    int64_t repetitions;
};

struct assay_plan_models {
    struct assay_plan_model *list;
    size_t n, capacity;
    struct assay_zoo *zoo; /* loaded when first needed */
    const char *data;      /* for all, whatever they say; or NULL */
    const char *base;      /* of all files that say none; or NULL */
};

/* Add what like->which names: a file, relative to `folder` unless that is NULL,
 * a model of the zoo, or all that match its * and ?. like->data and like->base
 * are copied, the other members of `like` that are not found here kept; what
 * they point to must outlive the list. INVALID: no such model, or a bad file.
 */
enum assay_status assay_plan_models_add(struct assay_plan_models *models,
                                        const struct assay_plan_model *like,
                                        const char *folder);

/* Find the bases and name their variants, after the last one was added; bases
 * that only others mention are added, as their first variant is measured.
 * INVALID: bases that go round in a circle or are variants of the zoo, or two
 * different files of one name. */
enum assay_status assay_plan_models_link(struct assay_plan_models *models);

void assay_plan_models_free(struct assay_plan_models *models);

#endif
