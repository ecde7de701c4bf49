/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/suite.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites/assets.h"
#include "suites/suite_kernels.h"
#include "suites/text.h"
#include "suites/yaml_read.h"

#define MAX_BATCH 65536
#define MAX_IMAGES 1000000

static enum assay_status no_memory(const struct assay_yaml *y)
{
    return assay_fail(ASSAY_NOMEM, "%s: no memory", y->path);
}

static enum assay_status read_seconds(const struct assay_yaml *y,
                                      const struct assay_yaml_node *node,
                                      double *value)
{
    const enum assay_status status =
        assay_yaml_expect(y, node, node->key, ASSAY_YAML_SCALAR);
    if (status != ASSAY_OK)
        return status;
    char *end;
    const double parsed = strtod(node->text, &end);
    if (end == node->text || *end || !(parsed > 0 && parsed <= 3600))
        return assay_yaml_fail(
            y, node->line, node->key,
            "'%.40s' is not a number of seconds above 0, at most 3600",
            node->text);
    *value = parsed;
    return ASSAY_OK;
}

/* The number of `text` in a NULL-terminated list; -1: not in it. */
static int name_index(const char *const *names, const char *text)
{
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], text) == 0)
            return i;
    return -1;
}

static enum assay_status read_exception(const struct assay_yaml *y,
                                        const struct assay_yaml_node *node,
                                        struct assay_suite_exception *exception)
{
    static const char *const keys[] = {"backend", "class", "images", "skip",
                                       NULL};
    static const char *const classes[] = {"cpu", "gpu", NULL};
    enum assay_status status =
        assay_yaml_expect(y, node, "except", ASSAY_YAML_MAP);
    if (status == ASSAY_OK)
        status = assay_yaml_known(y, node, keys);
    if (status != ASSAY_OK)
        return status;
    const struct assay_yaml_node *backend = assay_yaml_get(y, node, "backend");
    const struct assay_yaml_node *class = assay_yaml_get(y, node, "class");
    const struct assay_yaml_node *images = assay_yaml_get(y, node, "images");
    const struct assay_yaml_node *skip = assay_yaml_get(y, node, "skip");
    const int api = backend && backend->kind == ASSAY_YAML_SCALAR
                        ? name_index(assay_api_names, backend->text)
                        : -1;
    if (api < 0)
        return assay_yaml_fail(y, backend ? backend->line : node->line,
                               "backend",
                               "must be cpu, opencl, vulkan or null");
    exception->api = (enum assay_api)api;
    exception->device_class = ASSAY_CLASS_ANY;
    if (class) {
        const int number = class->kind == ASSAY_YAML_SCALAR
                               ? name_index(classes, class->text)
                               : -1;
        if (number < 0)
            return assay_yaml_fail(y, class->line, "class",
                                   "must be cpu or gpu");
        exception->device_class = (enum assay_device_class)number;
    }
    if (!images == !skip)
        return assay_yaml_fail(y, node->line, "except",
                               "needs one of the keys images and skip");
    return images ? assay_yaml_int(y, images, "images", 1, MAX_IMAGES,
                                   &exception->images)
                  : assay_yaml_text(y, skip, 200, &exception->skip);
}

static enum assay_status read_exceptions(const struct assay_yaml *y,
                                         const struct assay_yaml_node *list,
                                         struct assay_suite_model *model)
{
    enum assay_status status =
        assay_yaml_expect(y, list, "except", ASSAY_YAML_LIST);
    if (status != ASSAY_OK)
        return status;
    if (list->n < 1 || list->n > 64)
        return assay_yaml_fail(y, list->line, "except",
                               "must have 1 to 64 entries");
    model->exceptions = calloc(list->n, sizeof *model->exceptions);
    if (!model->exceptions)
        return no_memory(y);
    const struct assay_yaml_node *node = NULL;
    while (status == ASSAY_OK && (node = assay_yaml_next(y, list, node)))
        status =
            read_exception(y, node, &model->exceptions[model->n_exceptions++]);
    return status;
}

static enum assay_status read_batches(const struct assay_yaml *y,
                                      const struct assay_yaml_node *node,
                                      struct assay_suite_model *model)
{
    const bool list = node && node->kind == ASSAY_YAML_LIST;
    const size_t n = list ? node->n : 1;
    if (n < 1 || n > 64)
        return assay_yaml_fail(y, node->line, "batch",
                               "must have 1 to 64 values");
    model->batches = calloc(n, sizeof *model->batches);
    if (!model->batches)
        return no_memory(y);
    if (!node) {
        model->batches[model->n_batches++] = 1;
        return ASSAY_OK;
    }
    const struct assay_yaml_node *value = list ? NULL : node;
    while (!list || (value = assay_yaml_next(y, node, value))) {
        int64_t *batch = &model->batches[model->n_batches];
        const enum assay_status status =
            assay_yaml_int(y, value, "batch", 1, MAX_BATCH, batch);
        if (status != ASSAY_OK)
            return status;
        for (size_t i = 0; i < model->n_batches; i++)
            if (model->batches[i] == *batch)
                return assay_yaml_fail(y, value->line, "batch",
                                       "%lld stands here twice",
                                       (long long)*batch);
        model->n_batches++;
        if (!list)
            break;
    }
    return ASSAY_OK;
}

static enum assay_status read_model(const struct assay_yaml *y,
                                    const struct assay_yaml_node *node,
                                    struct assay_suite_model *model)
{
    static const char *const keys[] = {"model",  "batch",  "data", "base",
                                       "images", "except", NULL};
    enum assay_status status =
        assay_yaml_expect(y, node, "models", ASSAY_YAML_MAP);
    if (status == ASSAY_OK)
        status = assay_yaml_known(y, node, keys);
    if (status != ASSAY_OK)
        return status;
    const struct assay_yaml_node *name = assay_yaml_get(y, node, "model");
    const struct assay_yaml_node *data = assay_yaml_get(y, node, "data");
    const struct assay_yaml_node *base = assay_yaml_get(y, node, "base");
    const struct assay_yaml_node *images = assay_yaml_get(y, node, "images");
    const struct assay_yaml_node *except = assay_yaml_get(y, node, "except");
    if (!name)
        return assay_yaml_fail(y, node->line, "model",
                               "missing; name a model of the zoo or an ONNX "
                               "file");
    status = assay_yaml_text(y, name, 1000, &model->model);
    if (status == ASSAY_OK)
        status = read_batches(y, assay_yaml_get(y, node, "batch"), model);
    if (status == ASSAY_OK && data)
        status = assay_yaml_text(y, data, 1000, &model->data);
    if (status == ASSAY_OK && base)
        status = assay_yaml_text(y, base, 1000, &model->base);
    if (status == ASSAY_OK && images)
        status =
            assay_yaml_int(y, images, "images", 1, MAX_IMAGES, &model->images);
    if (status == ASSAY_OK && except)
        status = read_exceptions(y, except, model);
    return status;
}

/* Whether two entries name the same model at one batch size, which would make
 * two cases of one name. */
static bool same_case(const struct assay_suite_model *a,
                      const struct assay_suite_model *b)
{
    if (strcmp(a->model, b->model) != 0)
        return false;
    for (size_t i = 0; i < a->n_batches; i++)
        for (size_t j = 0; j < b->n_batches; j++)
            if (a->batches[i] == b->batches[j])
                return true;
    return false;
}

static enum assay_status read_models(const struct assay_yaml *y,
                                     const struct assay_yaml_node *list,
                                     struct assay_suite *suite)
{
    enum assay_status status =
        assay_yaml_expect(y, list, "models", ASSAY_YAML_LIST);
    if (status != ASSAY_OK)
        return status;
    if (list->n < 1 || list->n > 1000)
        return assay_yaml_fail(y, list->line, "models",
                               "must have 1 to 1000 entries");
    suite->models = calloc(list->n, sizeof *suite->models);
    if (!suite->models)
        return no_memory(y);
    const struct assay_yaml_node *node = NULL;
    while (status == ASSAY_OK && (node = assay_yaml_next(y, list, node))) {
        struct assay_suite_model *model = &suite->models[suite->n_models++];
        status = read_model(y, node, model);
        for (size_t i = 0; status == ASSAY_OK && i + 1 < suite->n_models; i++)
            if (same_case(&suite->models[i], model))
                status = assay_yaml_fail(
                    y, node->line, "model",
                    "'%.100s' stands here twice with the same batch size",
                    model->model);
    }
    return status;
}

static enum assay_status read_suite(const struct assay_yaml *y,
                                    struct assay_suite *suite)
{
    static const char *const keys[] = {"name",        "description", "min_time",
                                       "repetitions", "kernels",     "models",
                                       NULL};
    const struct assay_yaml_node *root = &y->nodes[0];
    if (root->kind != ASSAY_YAML_MAP)
        return assay_yaml_fail(y, root->line, NULL,
                               "a suite is a mapping (key: value)");
    enum assay_status status = assay_yaml_known(y, root, keys);
    if (status != ASSAY_OK)
        return status;
    const struct assay_yaml_node *name = assay_yaml_get(y, root, "name");
    const struct assay_yaml_node *text = assay_yaml_get(y, root, "description");
    const struct assay_yaml_node *time = assay_yaml_get(y, root, "min_time");
    const struct assay_yaml_node *times =
        assay_yaml_get(y, root, "repetitions");
    const struct assay_yaml_node *kernels = assay_yaml_get(y, root, "kernels");
    const struct assay_yaml_node *models = assay_yaml_get(y, root, "models");
    if (!name)
        return assay_yaml_fail(y, root->line, "name",
                               "missing; give the suite a name");
    if (!kernels && !models)
        return assay_yaml_fail(y, root->line, NULL,
                               "nothing to measure; add the key kernels or "
                               "models");
    status = assay_yaml_text(y, name, 64, &suite->name);
    if (status == ASSAY_OK && text)
        status = assay_yaml_text(y, text, 1000, &suite->description);
    if (status == ASSAY_OK && time)
        status = read_seconds(y, time, &suite->min_time);
    if (status == ASSAY_OK && times)
        status = assay_yaml_int(y, times, "repetitions", 1, 1000,
                                &suite->repetitions);
    if (status == ASSAY_OK && kernels)
        status = assay_suite_kernels(y, kernels, suite);
    if (status == ASSAY_OK && models)
        status = read_models(y, models, suite);
    return status;
}

/* A name's file in the suites folder, as a new string. */
static enum assay_status find_suite(const char *name, char **path)
{
    if (strchr(name, '/') ||
        (strlen(name) > 5 && strcmp(name + strlen(name) - 5, ".yaml") == 0)) {
        *path = strdup(name);
        return *path ? ASSAY_OK : assay_fail(ASSAY_NOMEM, "no memory");
    }
    if (!assay_suites_folder()[0])
        return ASSAY_INVALID;
    char **names = assay_suites_names();
    if (!names)
        return assay_fail(ASSAY_NOMEM, "no memory");
    char all[512] = "";
    enum assay_status status = ASSAY_INVALID;
    for (size_t i = 0; names[i]; i++) {
        const size_t length = strlen(all);
        snprintf(all + length, sizeof all - length, "%s%s", i ? ", " : "",
                 names[i]);
        if (strcmp(names[i], name) == 0)
            status = ASSAY_OK;
    }
    assay_names_free(names);
    if (status != ASSAY_OK)
        return assay_fail(status,
                          "no suite '%.100s'; there are %s (or give the path "
                          "of a .yaml file)",
                          name, all[0] ? all : "none");
    char *file = malloc(strlen(name) + 6);
    if (file) {
        sprintf(file, "%s.yaml", name);
        *path = assay_suites_path(file);
    }
    free(file);
    return file && *path ? ASSAY_OK : assay_fail(ASSAY_NOMEM, "no memory");
}

enum assay_status assay_suite_load(const char *name_or_path,
                                   struct assay_suite **suite)
{
    char *path = NULL;
    struct assay_yaml *yaml = NULL;
    struct assay_suite *s = NULL;
    enum assay_status status = find_suite(name_or_path, &path);
    if (status == ASSAY_OK)
        status = assay_yaml_load(path, &yaml);
    if (status != ASSAY_OK)
        goto fail;
    s = calloc(1, sizeof *s);
    if (!s) {
        status = no_memory(yaml);
        goto fail;
    }
    s->path = path;
    path = NULL;
    status = read_suite(yaml, s);
    if (status == ASSAY_OK && !s->description && !(s->description = strdup("")))
        status = no_memory(yaml);
    if (status != ASSAY_OK)
        goto fail;
    assay_yaml_free(&yaml);
    *suite = s;
    return ASSAY_OK;
fail:
    free(path);
    assay_yaml_free(&yaml);
    assay_suite_free(&s);
    return status;
}

void assay_suite_free(struct assay_suite **suite)
{
    struct assay_suite *s = *suite;
    *suite = NULL;
    if (!s)
        return;
    for (size_t i = 0; i < s->n_models; i++) {
        for (size_t j = 0; j < s->models[i].n_exceptions; j++)
            free(s->models[i].exceptions[j].skip);
        free(s->models[i].exceptions);
        free(s->models[i].batches);
        free(s->models[i].model);
        free(s->models[i].data);
        free(s->models[i].base);
    }
    free(s->models);
    free(s->problems);
    free(s->name);
    free(s->description);
    free(s->path);
    free(s);
}
