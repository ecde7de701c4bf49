/* SPDX-License-Identifier: Apache-2.0 */
#include "plan_models.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paired.h"
#include "plan_data.h"
#include "suites/text.h"

#define FILE_VARIANT "file"

static void clear(struct assay_plan_model *m)
{
    free(m->name);
    free(m->variant);
    free(m->path);
    free(m->predictions);
    free(m->data);
    free(m->base);
}

void assay_plan_models_free(struct assay_plan_models *models)
{
    for (size_t i = 0; i < models->n; i++)
        clear(&models->list[i]);
    free(models->list);
    assay_zoo_free(&models->zoo);
    *models = (struct assay_plan_models){0};
}

static enum assay_status no_memory(void)
{
    return assay_fail(ASSAY_NOMEM, "no memory for the plan");
}

static char *copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

static bool is_path(const char *model)
{
    const size_t n = strlen(model);
    return strchr(model, '/') || (n > 5 && strcmp(model + n - 5, ".onnx") == 0);
}

static enum assay_status need_zoo(struct assay_plan_models *models)
{
    return models->zoo ? ASSAY_OK : assay_zoo_load(&models->zoo);
}

static enum assay_status from_zoo(struct assay_plan_models *models,
                                  struct assay_plan_model *m)
{
    enum assay_status status = need_zoo(models);
    if (status != ASSAY_OK)
        return status;
    const struct assay_zoo_model *found = assay_zoo_find(models->zoo, m->which);
    if (!found)
        return assay_fail(ASSAY_INVALID,
                          "no model '%s' in the zoo; 'assay list models' shows "
                          "those there are, a path names a file",
                          m->which);
    m->name = copy(found->base);
    m->variant = copy(found->variant);
    m->path = copy(found->path);
    m->predictions = copy(found->predictions_path);
    m->parameters = found->parameters;
    m->accuracy_batch = found->batch;
    return m->name && m->variant && m->path &&
                   (m->predictions || !found->predictions_path)
               ? ASSAY_OK
               : no_memory();
}

/* `which` relative to a folder, or as it is. */
static char *path_of(const char *which, const char *folder)
{
    return folder && which[0] != '/' ? assay_text_join(folder, which)
                                     : strdup(which);
}

static enum assay_status from_file(struct assay_plan_model *m,
                                   const char *folder)
{
    const char *slash = strrchr(m->which, '/');
    m->is_file = true;
    m->name = strdup(slash ? slash + 1 : m->which);
    m->variant = strdup(FILE_VARIANT);
    m->path = path_of(m->which, folder);
    if (!m->name || !m->variant || !m->path)
        return no_memory();
    char *suffix = strrchr(m->name, '.');
    if (suffix)
        *suffix = '\0';
    if (!m->data)
        m->images = 0;
    m->no_accuracy = "no data set was given for this model (--data DIR)";
    return ASSAY_OK;
}

static enum assay_status append(struct assay_plan_models *models,
                                const struct assay_plan_model *m)
{
    if (models->n == models->capacity) {
        const size_t capacity = models->capacity ? 2 * models->capacity : 16;
        struct assay_plan_model *grown =
            realloc(models->list, capacity * sizeof *grown);
        if (!grown)
            return no_memory();
        models->list = grown;
        models->capacity = capacity;
    }
    models->list[models->n++] = *m;
    return ASSAY_OK;
}

static enum assay_status add_one(struct assay_plan_models *models,
                                 const struct assay_plan_model *like,
                                 const char *folder)
{
    struct assay_plan_model m = *like;
    struct assay_model *model = NULL;
    const char *data = models->data ? models->data : like->data;
    m.name = m.variant = m.path = m.predictions = NULL;
    m.data = copy(data);
    m.base = like->base && is_path(like->base) ? path_of(like->base, folder)
                                               : copy(like->base);
    enum assay_status status =
        (data && !m.data) || (like->base && !m.base) ? no_memory() : ASSAY_OK;
    if (status == ASSAY_OK)
        status =
            is_path(m.which) ? from_file(&m, folder) : from_zoo(models, &m);
    /* Read it here once, so that a bad file ends the run before it starts. */
    if (status == ASSAY_OK)
        status = assay_plan_load_model(m.path, &model);
    if (status == ASSAY_OK) {
        assay_model_facts(model, &m.facts);
        m.fixed =
            m.facts.rank > 0 && m.facts.input[0] > 0 ? m.facts.input[0] : 0;
    }
    assay_model_free(&model);
    if (status == ASSAY_OK)
        status = append(models, &m);
    if (status != ASSAY_OK)
        clear(&m);
    return status;
}

enum assay_status assay_plan_models_add(struct assay_plan_models *models,
                                        const struct assay_plan_model *like,
                                        const char *folder)
{
    const char *which = like->which;
    struct assay_plan_model one = *like;
    size_t matched = 0;
    if (is_path(which) || !strpbrk(which, "*?"))
        return add_one(models, like, folder);
    enum assay_status status = need_zoo(models);
    for (size_t i = 0; status == ASSAY_OK && i < models->zoo->n_models; i++) {
        one.which = models->zoo->models[i].name;
        if (fnmatch(which, one.which, 0) == 0) {
            matched++;
            status = add_one(models, &one, folder);
        }
    }
    if (status == ASSAY_OK && matched == 0)
        status = assay_fail(ASSAY_INVALID,
                            "no model of the zoo matches '%s'; 'assay list "
                            "models' shows those there are",
                            which);
    return status;
}

static bool same_file(const struct assay_plan_model *a,
                      const struct assay_plan_model *b)
{
    return strcmp(a->facts.sha256, b->facts.sha256) == 0;
}

/* The model at that path, or of that name in the zoo; n: none. */
static size_t find_named(const struct assay_plan_models *models,
                         const char *base)
{
    size_t i = 0;
    while (i < models->n && strcmp(models->list[i].path, base) != 0 &&
           (models->list[i].is_file || strcmp(models->list[i].which, base)))
        i++;
    return i;
}

/* The nearest of the files that it was made from; n: none is there. */
static size_t find_origin(const struct assay_plan_models *models,
                          const struct assay_plan_model *m)
{
    for (const char *text = m->facts.base_sha256; *text;
         text += strcspn(text, " "), text += *text == ' ')
        for (size_t i = 0; i < models->n; i++)
            if (strncmp(models->list[i].facts.sha256, text,
                        ASSAY_SHA256_TEXT - 1) == 0 &&
                !same_file(&models->list[i], m))
                return i;
    return models->n;
}

/* Of files that say no base: the one of the command line, unless it is it. */
static enum assay_status add_bases(struct assay_plan_models *models)
{
    enum assay_status status = ASSAY_OK;
    const size_t n = models->n;
    for (size_t i = 0; status == ASSAY_OK && i < n; i++) {
        struct assay_plan_model *m = &models->list[i];
        if (m->is_file && !m->base && models->base &&
            strcmp(m->path, models->base) != 0 &&
            !(m->base = copy(models->base)))
            return no_memory();
        if (!m->base || find_named(models, m->base) < models->n)
            continue;
        struct assay_plan_model like = *m;
        like.which = m->base;
        like.base = NULL;
        like.parameters = like.accuracy_batch = 0;
        like.is_file = false;
        like.no_accuracy = NULL;
        status = add_one(models, &like, NULL);
    }
    return status;
}

/* Where the base of each model is; n: it has none. */
static void find_parents(const struct assay_plan_models *models,
                         size_t *parents)
{
    for (size_t i = 0; i < models->n; i++) {
        const struct assay_plan_model *m = &models->list[i];
        parents[i] = m->base      ? find_named(models, m->base)
                     : m->is_file ? find_origin(models, m)
                                  : models->n;
        if (parents[i] < models->n && same_file(m, &models->list[parents[i]]))
            parents[i] = models->n;
    }
}

/* The first of the chain that ends in model i. */
static enum assay_status find_root(const struct assay_plan_models *models,
                                   const size_t *parents, size_t i,
                                   size_t *root)
{
    *root = i;
    for (size_t steps = 0; parents[*root] < models->n; steps++) {
        *root = parents[*root];
        if (steps == models->n)
            return assay_fail(ASSAY_INVALID,
                              "%s: its base is a variant of it; name one base",
                              models->list[i].path);
    }
    return ASSAY_OK;
}

static bool is_taken(const struct assay_plan_models *models, size_t at,
                     const char *name, const char *variant)
{
    for (size_t i = 0; i < models->n; i++)
        if (i != at && strcmp(models->list[i].name, name) == 0 &&
            strcmp(models->list[i].variant, variant) == 0 &&
            !same_file(&models->list[i], &models->list[at]))
            return true;
    return false;
}

/* What the file's name has beyond the base's. */
static const char *short_name(const struct assay_plan_models *models, size_t at,
                              const char *base)
{
    const char *whole = models->list[at].name;
    const size_t n = strlen(base);
    if (strncmp(whole, base, n) != 0 || !whole[n] ||
        !strchr("-_. ", whole[n]) || !whole[n + 1])
        return whole;
    const char *rest = whole + n + 1;
    return assay_paired_is_base(rest) || strcmp(rest, FILE_VARIANT) == 0 ||
                   is_taken(models, at, base, rest)
               ? whole
               : rest;
}

static enum assay_status rename_variant(struct assay_plan_models *models,
                                        size_t at,
                                        const struct assay_plan_model *root)
{
    struct assay_plan_model *m = &models->list[at];
    char *variant = strdup(short_name(models, at, root->name));
    char *name = strdup(root->name);
    if (!variant || !name) {
        free(variant);
        free(name);
        return no_memory();
    }
    /* A variant of the zoo's is scored as that is. */
    if (!root->is_file && !m->data && !root->data)
        m->images = root->images;
    free(m->variant);
    free(m->name);
    m->variant = variant;
    m->name = name;
    return ASSAY_OK;
}

/* A base of the zoo must be one there; a file becomes one. */
static enum assay_status make_base(struct assay_plan_models *models,
                                   struct assay_plan_model *root)
{
    if (!root->is_file)
        return ASSAY_OK;
    free(root->variant);
    root->variant =
        strdup(root->facts.is_float ? ASSAY_BASE_VARIANT : ASSAY_BASE_ORIGINAL);
    for (size_t i = 0; i < models->n; i++)
        if (!models->list[i].is_file &&
            strcmp(models->list[i].name, root->name) == 0 &&
            !same_file(root, &models->list[i]))
            return assay_fail(ASSAY_INVALID,
                              "%s: the zoo's %s has the same name and is in "
                              "this run; rename the file",
                              root->path, root->name);
    return root->variant ? ASSAY_OK : no_memory();
}

static enum assay_status link_one(struct assay_plan_models *models,
                                  const size_t *parents, size_t at)
{
    size_t root;
    const struct assay_plan_model *m = &models->list[at];
    enum assay_status status = find_root(models, parents, at, &root);
    if (status != ASSAY_OK || root == at)
        return status;
    struct assay_plan_model *base = &models->list[root];
    if (!base->is_file && !assay_paired_is_base(base->variant))
        return m->base ? assay_fail(ASSAY_INVALID,
                                    "%s: its base %s is a variant itself",
                                    m->path, m->base)
                       : ASSAY_OK;
    if (!m->is_file)
        return assay_fail(ASSAY_INVALID,
                          "%s: a model of the zoo has its base there; leave "
                          "out %s",
                          m->which, m->base);
    status = make_base(models, base);
    return status == ASSAY_OK ? rename_variant(models, at, base) : status;
}

enum assay_status assay_plan_models_link(struct assay_plan_models *models)
{
    enum assay_status status = add_bases(models);
    size_t *parents = calloc(models->n + 1, sizeof *parents);
    if (!parents && status == ASSAY_OK)
        status = no_memory();
    if (status == ASSAY_OK)
        find_parents(models, parents);
    for (size_t i = 0; status == ASSAY_OK && i < models->n; i++)
        status = link_one(models, parents, i);
    free(parents);
    for (size_t i = 0; status == ASSAY_OK && i < models->n; i++) {
        const struct assay_plan_model *m = &models->list[i];
        for (size_t j = 0; status == ASSAY_OK && j < i; j++) {
            const struct assay_plan_model *other = &models->list[j];
            if (strcmp(m->name, other->name) == 0 &&
                strcmp(m->variant, other->variant) == 0 && !same_file(m, other))
                status = assay_fail(ASSAY_INVALID,
                                    "%s and %s would both be called %s/%s; "
                                    "rename one",
                                    other->path, m->path, m->name, m->variant);
        }
    }
    return status;
}
