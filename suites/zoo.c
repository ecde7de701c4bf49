/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/zoo.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "suites/assets.h"
#include "suites/text.h"

#define MANIFEST_BYTES (4 << 20)
#define PREDICTIONS_BYTES (8 << 20)
#define MOST_BATCH 1048576

struct context {
    const char *path; /* of the manifest */
    const char *name; /* of the model */
};

static enum assay_status bad(const struct context *c, const char *member,
                             const char *what)
{
    return assay_fail(ASSAY_INVALID, "%s: model '%.60s': '%s' %s", c->path,
                      c->name, member, what);
}

static enum assay_status read_text(const struct context *c, const json_t *json,
                                   const char *member, const char *standard,
                                   char **text)
{
    const json_t *value = json_object_get(json, member);
    if (!value && !standard)
        return bad(c, member, "is missing");
    if (value &&
        (!json_is_string(value) || json_string_length(value) < 1 ||
         json_string_length(value) > 200 ||
         strlen(json_string_value(value)) != json_string_length(value)))
        return bad(c, member, "must be a text of 1 to 200 bytes");
    *text = strdup(value ? json_string_value(value) : standard);
    return *text ? ASSAY_OK : assay_fail(ASSAY_NOMEM, "%s: no memory", c->path);
}

static enum assay_status read_count(const struct context *c, const json_t *json,
                                    const char *member, int64_t *count)
{
    const json_t *value = json_object_get(json, member);
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return bad(c, member, "must be a whole number, not below 0");
    *count = json_integer_value(value);
    return ASSAY_OK;
}

/* Optional; the limit is that of lowering. */
static enum assay_status read_batch(const struct context *c, const json_t *json,
                                    int64_t *batch)
{
    const json_t *value = json_object_get(json, "batch");
    *batch = 0;
    if (!value)
        return ASSAY_OK;
    if (!json_is_integer(value) || json_integer_value(value) < 1 ||
        json_integer_value(value) > MOST_BATCH)
        return bad(c, "batch", "must be a whole number of 1 to 1048576");
    *batch = json_integer_value(value);
    return ASSAY_OK;
}

static enum assay_status read_share(const struct context *c, const json_t *json,
                                    const char *member, double *share)
{
    const json_t *value = json_object_get(json, member);
    if (!json_is_number(value) ||
        !(json_number_value(value) >= 0 && json_number_value(value) <= 1))
        return bad(c, member, "must be a number of 0 to 1");
    *share = json_number_value(value);
    return ASSAY_OK;
}

/* "NAME.onnx", a plain file name, so that a manifest cannot point outside its
 * folder; then the paths of the model and its predictions beside it. */
static enum assay_status read_file(const struct context *c, const json_t *json,
                                   const char *folder,
                                   struct assay_zoo_model *model)
{
    char *file;
    enum assay_status status = read_text(c, json, "file", NULL, &file);
    if (status != ASSAY_OK)
        return status;
    const size_t length = strlen(file);
    if (strchr(file, '/') || file[0] == '.' || length < 6 ||
        strcmp(file + length - 5, ".onnx") != 0) {
        free(file);
        return bad(c, "file", "must be a plain file name that ends in .onnx");
    }
    char beside[256];
    snprintf(beside, sizeof beside, "%.*s.predictions", (int)length - 5, file);
    model->path = assay_text_join(folder, file);
    model->predictions_path = assay_text_join(folder, beside);
    free(file);
    return model->path && model->predictions_path
               ? ASSAY_OK
               : assay_fail(ASSAY_NOMEM, "%s: no memory", c->path);
}

static bool is_sha256(const char *text)
{
    size_t n = 0;
    while (isxdigit((unsigned char)text[n]) && !isupper((unsigned char)text[n]))
        n++;
    return n == 64 && !text[n];
}

static enum assay_status read_model(const struct context *c, const json_t *json,
                                    const char *folder,
                                    struct assay_zoo_model *model)
{
    if (!json_is_object(json))
        return assay_fail(ASSAY_INVALID, "%s: model '%.60s' must be an object",
                          c->path, c->name);
    const json_t *recipe = json_object_get(json, "recipe");
    enum assay_status status = ASSAY_OK;
    if (!json_is_object(recipe) && !json_is_string(recipe))
        status = bad(c, "recipe", "must be a text or an object");
    model->name = strdup(c->name);
    if (!model->name)
        status = assay_fail(ASSAY_NOMEM, "%s: no memory", c->path);
    if (status == ASSAY_OK)
        status = read_text(c, json, "base", c->name, &model->base);
    if (status == ASSAY_OK)
        status = read_text(c, json, "variant", "fp32", &model->variant);
    if (status == ASSAY_OK)
        status = read_file(c, json, folder, model);
    if (status == ASSAY_OK)
        status = read_text(c, json, "sha256", NULL, &model->sha256);
    if (status == ASSAY_OK && !is_sha256(model->sha256))
        status = bad(c, "sha256", "must be 64 lower-case hexadecimal digits");
    if (status == ASSAY_OK)
        status = read_count(c, json, "parameters", &model->parameters);
    if (status == ASSAY_OK)
        status = read_count(c, json, "macs", &model->macs);
    if (status == ASSAY_OK)
        status = read_batch(c, json, &model->batch);
    if (status == ASSAY_OK)
        status = read_share(c, json, "validation_accuracy",
                            &model->validation_accuracy);
    if (status == ASSAY_OK)
        status = read_share(c, json, "test_accuracy", &model->test_accuracy);
    return status;
}

static bool is_name(const char *text)
{
    if (!text[0] || text[0] == '-' || strlen(text) > 60)
        return false;
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && !strchr("-_+.", *text))
            return false;
    return true;
}

static enum assay_status read_manifest(const char *path, const char *folder,
                                       const char *text, size_t size,
                                       struct assay_zoo *zoo)
{
    json_error_t error;
    json_t *json = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (!json)
        return assay_fail(ASSAY_INVALID, "%s:%d: not JSON: %s", path,
                          error.line, error.text);
    enum assay_status status = ASSAY_OK;
    if (!json_is_object(json) || json_object_size(json) > 1000)
        status =
            assay_fail(ASSAY_INVALID,
                       "%s: must be an object of at most 1000 models", path);
    else if (!(zoo->models =
                   calloc(json_object_size(json) + 1, sizeof *zoo->models)))
        status = assay_fail(ASSAY_NOMEM, "%s: no memory", path);
    void *at = status == ASSAY_OK ? json_object_iter(json) : NULL;
    for (; at && status == ASSAY_OK; at = json_object_iter_next(json, at)) {
        const struct context c = {path, json_object_iter_key(at)};
        if (!is_name(c.name))
            status = assay_fail(ASSAY_INVALID,
                                "%s: '%.60s' is no name of a model (letters, "
                                "digits, - _ + .)",
                                path, c.name);
        else
            status = read_model(&c, json_object_iter_value(at), folder,
                                &zoo->models[zoo->n_models++]);
    }
    json_decref(json);
    return status;
}

enum assay_status assay_zoo_load(struct assay_zoo **zoo)
{
    if (!assay_suites_folder()[0])
        return ASSAY_INVALID;
    struct assay_zoo *z = calloc(1, sizeof *z);
    char *folder = assay_suites_path("zoo");
    char *path = folder ? assay_text_join(folder, "manifest.json") : NULL;
    char *text = NULL;
    size_t size;
    enum assay_status status;
    if (!z || !path)
        status = assay_fail(ASSAY_NOMEM, "no memory for the zoo");
    else
        status = assay_text_read(path, MANIFEST_BYTES, &text, &size);
    if (status == ASSAY_OK)
        status = read_manifest(path, folder, text, size, z);
    free(text);
    free(path);
    free(folder);
    if (status != ASSAY_OK)
        assay_zoo_free(&z);
    else
        *zoo = z;
    return status;
}

void assay_zoo_free(struct assay_zoo **zoo)
{
    struct assay_zoo *z = *zoo;
    *zoo = NULL;
    for (size_t i = 0; z && i < z->n_models; i++) {
        struct assay_zoo_model *m = &z->models[i];
        free(m->name);
        free(m->base);
        free(m->variant);
        free(m->path);
        free(m->predictions_path);
        free(m->sha256);
    }
    if (z)
        free(z->models);
    free(z);
}

const struct assay_zoo_model *assay_zoo_find(const struct assay_zoo *zoo,
                                             const char *name)
{
    for (size_t i = 0; i < zoo->n_models; i++)
        if (strcmp(zoo->models[i].name, name) == 0)
            return &zoo->models[i];
    return NULL;
}

enum assay_status assay_zoo_predictions(const struct assay_zoo_model *model,
                                        size_t n, uint8_t **classes)
{
    const char *path = model->predictions_path;
    char *text;
    size_t size, got = 0;
    enum assay_status status =
        assay_text_read(path, PREDICTIONS_BYTES, &text, &size);
    if (status != ASSAY_OK)
        return status;
    uint8_t *all = malloc(n + 1);
    if (!all)
        status = assay_fail(ASSAY_NOMEM, "%s: no memory", path);
    for (size_t i = 0; i < size && status == ASSAY_OK; i++) {
        if (text[i] == '\n' || text[i] == '\r')
            continue;
        if (text[i] < '0' || text[i] > '9')
            status = assay_fail(ASSAY_INVALID,
                                "%s: byte %zu is no digit of 0 to 9", path, i);
        else if (got++ < n)
            all[got - 1] = (uint8_t)(text[i] - '0');
    }
    free(text);
    if (status == ASSAY_OK && got != n)
        status = assay_fail(ASSAY_INVALID,
                            "%s: %zu predictions, but there are %zu images",
                            path, got, n);
    if (status != ASSAY_OK) {
        free(all);
        return status;
    }
    *classes = all;
    return ASSAY_OK;
}
