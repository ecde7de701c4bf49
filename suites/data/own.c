/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/data/own.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "suites/data/array.h"
#include "suites/text.h"
#include "suites/yaml_read.h"

#define MAX_CLASSES 1000
#define MAX_VALUES 4096 /* of mean and std */

static const char *const layouts[] = {"nchw", "nhwc", "nc"};

/* data.yaml, read. */
struct description {
    const char *folder;
    struct assay_yaml *yaml;
    char *name, *images, *labels;
    int64_t classes;
    double scale;
    double *mean, *std;
    size_t n_mean, n_std;
    bool labelled; /* labels and classes are asked for */
    const struct assay_yaml_node *scale_node, *mean_node, *std_node;
    const struct assay_yaml_node *layout_node;
    const struct assay_yaml_node *images_node, *labels_node;
};

bool assay_own_is(const char *folder)
{
    struct stat facts;
    char *path = assay_text_join(folder, ASSAY_OWN_FILE);
    const bool is = path && lstat(path, &facts) == 0;
    free(path);
    return is;
}

void assay_own_name(const char *folder, struct assay_dataset *set)
{
    size_t end = strlen(folder);
    while (end > 1 && folder[end - 1] == '/')
        end--;
    size_t begin = end;
    while (begin > 0 && folder[begin - 1] != '/')
        begin--;
    const bool dots =
        folder[begin] == '.' &&
        (end - begin == 1 || (end - begin == 2 && folder[begin + 1] == '.'));
    char *whole = dots ? realpath(folder, NULL) : NULL;
    const char *slash = whole ? strrchr(whole, '/') : NULL;
    if (slash)
        snprintf(set->name, sizeof set->name, "%s",
                 slash[1] ? slash + 1 : slash);
    else
        snprintf(set->name, sizeof set->name, "%.*s", (int)(end - begin),
                 folder + begin);
    free(whole);
}

static enum assay_status no_memory(const struct description *d)
{
    return assay_fail(ASSAY_NOMEM, "%s: no memory for the data set", d->folder);
}

/* A number, or a list of numbers. */
static enum assay_status read_numbers(const struct description *d,
                                      const struct assay_yaml_node *node,
                                      bool positive, double **numbers,
                                      size_t *n)
{
    const bool list = node->kind == ASSAY_YAML_LIST;
    const size_t most = list ? node->n : 1;
    const struct assay_yaml_node *at = list ? NULL : node;
    if (most < 1 || most > MAX_VALUES)
        return assay_yaml_fail(d->yaml, node->line, node->key,
                               "must have 1 to %d values", MAX_VALUES);
    *numbers = calloc(most, sizeof **numbers);
    if (!*numbers)
        return no_memory(d);
    while (!list || (at = assay_yaml_next(d->yaml, node, at))) {
        double *value = &(*numbers)[(*n)++];
        const enum assay_status status =
            assay_yaml_real(d->yaml, at, node->key, value);
        if (status != ASSAY_OK)
            return status;
        if (positive && !(*value > 0))
            return assay_yaml_fail(d->yaml, at->line, node->key,
                                   "'%.40s' is not above 0; values are divided "
                                   "by it",
                                   at->text);
        if (!list)
            break;
    }
    return ASSAY_OK;
}

static enum assay_status read_file_name(const struct description *d,
                                        const struct assay_yaml_node *node,
                                        char **name)
{
    const enum assay_status status = assay_yaml_text(d->yaml, node, 200, name);
    if (status == ASSAY_OK && !assay_yaml_is_file_name(*name))
        return assay_yaml_fail(d->yaml, node->line, node->key,
                               "must be the name of a file in this folder, "
                               "without a slash");
    return status;
}

static enum assay_status read_layout(const struct description *d,
                                     struct assay_dataset *set)
{
    const struct assay_yaml_node *node = d->layout_node;
    for (int i = 0; i < 3; i++)
        if (node->kind == ASSAY_YAML_SCALAR &&
            strcmp(node->text, layouts[i]) == 0) {
            set->layout = (enum assay_layout)i;
            return ASSAY_OK;
        }
    return assay_yaml_fail(d->yaml, node->line, "layout",
                           "must be nchw, nhwc or nc");
}

static enum assay_status need(const struct description *d, const char *key,
                              const struct assay_yaml_node **node)
{
    const struct assay_yaml_node *root = &d->yaml->nodes[0];
    *node = assay_yaml_get(d->yaml, root, key);
    return *node ? ASSAY_OK
                 : assay_yaml_fail(d->yaml, root->line, key,
                                   "missing; suites/data/dataset.h shows a "
                                   "whole data.yaml");
}

static enum assay_status read_labels(struct description *d,
                                     struct assay_dataset *set)
{
    const struct assay_yaml_node *classes;
    enum assay_status status = need(d, "labels", &d->labels_node);
    if (status == ASSAY_OK)
        status = need(d, "classes", &classes);
    if (status == ASSAY_OK)
        status = read_file_name(d, d->labels_node, &d->labels);
    if (status == ASSAY_OK)
        status = assay_yaml_int(d->yaml, classes, "classes", 2, MAX_CLASSES,
                                &d->classes);
    set->classes = (size_t)d->classes;
    return status;
}

static enum assay_status read_needed(struct description *d,
                                     struct assay_dataset *set)
{
    enum assay_status status = need(d, "images", &d->images_node);
    if (status == ASSAY_OK)
        status = need(d, "layout", &d->layout_node);
    if (status == ASSAY_OK)
        status = read_file_name(d, d->images_node, &d->images);
    if (status == ASSAY_OK)
        status = read_layout(d, set);
    return status == ASSAY_OK && d->labelled ? read_labels(d, set) : status;
}

static enum assay_status read_name(struct description *d,
                                   const struct assay_yaml_node *node,
                                   struct assay_dataset *set)
{
    if (node) {
        const enum assay_status status =
            assay_yaml_text(d->yaml, node, sizeof set->name - 1, &d->name);
        if (status == ASSAY_OK)
            snprintf(set->name, sizeof set->name, "%s", d->name);
        return status;
    }
    assay_own_name(d->folder, set);
    return ASSAY_OK;
}

static enum assay_status read_description(struct description *d,
                                          struct assay_dataset *set)
{
    static const char *const keys[] = {"name",   "images",  "labels",
                                       "layout", "classes", "scale",
                                       "mean",   "std",     NULL};
    const struct assay_yaml_node *root = &d->yaml->nodes[0];
    enum assay_status status =
        assay_yaml_expect(d->yaml, root, NULL, ASSAY_YAML_MAP);
    if (status == ASSAY_OK)
        status = assay_yaml_known(d->yaml, root, keys);
    if (status != ASSAY_OK)
        return status;
    const struct assay_yaml_node *scale = d->scale_node =
        assay_yaml_get(d->yaml, root, "scale");
    d->mean_node = assay_yaml_get(d->yaml, root, "mean");
    d->std_node = assay_yaml_get(d->yaml, root, "std");
    status = read_needed(d, set);
    if (status == ASSAY_OK)
        status = read_name(d, assay_yaml_get(d->yaml, root, "name"), set);
    d->scale = 1;
    if (status == ASSAY_OK && scale)
        status = assay_yaml_real(d->yaml, scale, "scale", &d->scale);
    if (status == ASSAY_OK && d->scale == 0)
        status = assay_yaml_fail(d->yaml, scale->line, "scale",
                                 "is 0, which makes all values equal");
    if (status == ASSAY_OK && d->mean_node)
        status = read_numbers(d, d->mean_node, false, &d->mean, &d->n_mean);
    if (status == ASSAY_OK && d->std_node)
        status = read_numbers(d, d->std_node, true, &d->std, &d->n_std);
    set->own = true;
    return status;
}

static bool is_npy(const char *name)
{
    size_t n = strlen(name);
    if (n > 3 && strcmp(name + n - 3, ".gz") == 0)
        n -= 3;
    return n > 4 && strncmp(name + n - 4, ".npy", 4) == 0;
}

static enum assay_status read_array(const struct description *d,
                                    const char *name, const char *what,
                                    struct assay_array *array)
{
    struct assay_source *source = NULL;
    enum assay_status status = assay_source_open(d->folder, name, &source);
    if (status != ASSAY_OK)
        return status;
    status = is_npy(name) ? assay_npy_read(source, what, array)
                          : assay_idx_read(source, what, 0, array);
    assay_source_close(source);
    return status;
}

/* The sizes, by the layout; all elements of an array are within 2^31. */
static enum assay_status set_shape(const struct description *d,
                                   const struct assay_array *a,
                                   struct assay_dataset *set)
{
    const enum assay_layout layout = set->layout;
    if (layout == ASSAY_LAYOUT_NC ? a->rank != 2 : a->rank != 3 && a->rank != 4)
        return assay_yaml_fail(d->yaml, d->layout_node->line, "layout",
                               "is %s, but %.100s has %u dimension%s, not %s",
                               layouts[layout], d->images, a->rank,
                               a->rank == 1 ? "" : "s",
                               layout == ASSAY_LAYOUT_NC ? "2" : "3 or 4");
    const uint64_t *size = a->sizes;
    set->images = size[0];
    set->channels = set->height = set->width = 1;
    if (layout == ASSAY_LAYOUT_NC) {
        set->channels = size[1];
        return ASSAY_OK;
    }
    const bool first = layout == ASSAY_LAYOUT_NCHW && a->rank == 4;
    set->height = size[first ? 2 : 1];
    set->width = size[first ? 3 : 2];
    if (a->rank == 4)
        set->channels = size[first ? 1 : 3];
    return ASSAY_OK;
}

static enum assay_status check_count(const struct description *d,
                                     const struct assay_yaml_node *node,
                                     size_t n, const struct assay_dataset *set)
{
    return n <= 1 || n == set->channels
               ? ASSAY_OK
               : assay_yaml_fail(d->yaml, node->line, node->key,
                                 "has %zu values; %.100s needs one, or one for "
                                 "each of its %zu %s",
                                 n, d->images, set->channels,
                                 set->layout == ASSAY_LAYOUT_NC ? "values"
                                                                : "channels");
}

static float normalized(const struct description *d, double raw, size_t channel)
{
    const double mean = d->n_mean ? d->mean[d->n_mean > 1 ? channel : 0] : 0;
    const double std = d->n_std ? d->std[d->n_std > 1 ? channel : 0] : 1;
    return (float)((raw * d->scale - mean) / std);
}

static double element(const struct assay_array *a, size_t i)
{
    switch (a->type) {
    case ASSAY_ARRAY_U8:
        return ((const uint8_t *)a->data)[i];
    case ASSAY_ARRAY_I8:
        return ((const int8_t *)a->data)[i];
    case ASSAY_ARRAY_F32:
        return (double)((const float *)a->data)[i];
    case ASSAY_ARRAY_I64:
        break;
    }
    return (double)((const int64_t *)a->data)[i];
}

static size_t channel_of(const struct assay_dataset *set, size_t i)
{
    return set->layout == ASSAY_LAYOUT_NCHW
               ? i / (set->height * set->width) % set->channels
               : i % set->channels;
}

/* As float32: the array's own memory if it is that already. */
static enum assay_status take_values(const struct description *d,
                                     struct assay_array *a,
                                     struct assay_dataset *set)
{
    set->values = a->type == ASSAY_ARRAY_F32
                      ? a->data
                      : malloc(a->elements * sizeof *set->values);
    if (!set->values)
        return no_memory(d);
    for (size_t i = 0; i < a->elements; i++) {
        const double raw = element(a, i);
        const float value = normalized(d, raw, channel_of(set, i));
        if (!isfinite(raw) || !isfinite(value))
            return assay_fail(ASSAY_INVALID,
                              "%s/%s: byte %" PRIu64
                              ": value %zu of image %zu is %s",
                              d->folder, d->images, assay_array_byte(a, i),
                              i % (a->elements / set->images),
                              i / (a->elements / set->images),
                              isnan(raw)   ? "not a number; clean the data"
                              : isinf(raw) ? "infinite as float32; clean the "
                                             "data"
                                           : "infinite once normalized; make "
                                             "scale or mean smaller, or std "
                                             "larger");
        set->values[i] = value;
    }
    return ASSAY_OK;
}

/* The key that makes a byte infinite; some key does. */
static const struct assay_yaml_node *key_at_fault(const struct description *d,
                                                  double raw, size_t channel)
{
    const double mean = d->n_mean ? d->mean[d->n_mean > 1 ? channel : 0] : 0;
    if (d->scale_node && fabs(raw * d->scale) > FLT_MAX)
        return d->scale_node;
    return d->mean_node && fabs(raw * d->scale - mean) > FLT_MAX ? d->mean_node
                                                                 : d->std_node;
}

/* Bytes stay bytes, with a table of their values. */
static enum assay_status take_pixels(const struct description *d,
                                     struct assay_array *a,
                                     struct assay_dataset *set)
{
    set->per_channel = d->n_mean > 1 || d->n_std > 1;
    const size_t tables = set->per_channel ? set->channels : 1;
    set->pixels = a->data;
    set->table = malloc(tables * 256 * sizeof *set->table);
    if (!set->table)
        return no_memory(d);
    for (size_t i = 0; i < tables * 256; i++) {
        const uint8_t bits = (uint8_t)(i % 256);
        const double raw = a->type == ASSAY_ARRAY_I8 ? (int8_t)bits : bits;
        set->table[i] = normalized(d, raw, i / 256);
        if (!isfinite(set->table[i])) {
            const struct assay_yaml_node *fault = key_at_fault(d, raw, i / 256);
            return assay_yaml_fail(d->yaml, fault->line, fault->key,
                                   "%g is infinite once normalized; make scale "
                                   "or mean smaller, or std larger",
                                   raw);
        }
    }
    return ASSAY_OK;
}

static enum assay_status read_images(const struct description *d,
                                     struct assay_dataset *set)
{
    struct assay_array a = {0};
    enum assay_status status = read_array(d, d->images, "images", &a);
    if (status == ASSAY_OK && a.type == ASSAY_ARRAY_I64)
        status = assay_yaml_fail(d->yaml, d->images_node->line, "images",
                                 "%.100s: images are |u1, |i1, <f4 or <f8, not "
                                 "wide whole numbers; convert with "
                                 "astype('<f4')",
                                 d->images);
    if (status == ASSAY_OK)
        status = set_shape(d, &a, set);
    if (status == ASSAY_OK)
        status = check_count(d, d->mean_node, d->n_mean, set);
    if (status == ASSAY_OK)
        status = check_count(d, d->std_node, d->n_std, set);
    if (status == ASSAY_OK)
        status = a.type == ASSAY_ARRAY_F32 ? take_values(d, &a, set)
                                           : take_pixels(d, &a, set);
    if (a.data != set->values && a.data != set->pixels)
        assay_array_free(&a);
    return status;
}

static enum assay_status check_labels(const struct description *d,
                                      const struct assay_array *a,
                                      struct assay_dataset *set)
{
    if (a->type == ASSAY_ARRAY_F32 || a->rank != 1)
        return assay_yaml_fail(d->yaml, d->labels_node->line, "labels",
                               "%.100s: labels are one whole number an image: "
                               "|u1, |i1, <i4 or <i8 of 1 dimension",
                               d->labels);
    if (a->elements != set->images)
        return assay_yaml_fail(d->yaml, d->labels_node->line, "labels",
                               "%.100s has %" PRIu64
                               " labels, but %.100s has %zu images",
                               d->labels, a->elements, d->images, set->images);
    set->labels = malloc(set->images * sizeof *set->labels);
    if (!set->labels)
        return no_memory(d);
    for (size_t i = 0; i < set->images; i++) {
        const double label = element(a, i);
        if (!(label >= 0 && label < (double)set->classes))
            return assay_fail(ASSAY_INVALID,
                              "%s/%s: byte %" PRIu64
                              ": label %zu is %.0f, not within 0 to %zu",
                              d->folder, d->labels, assay_array_byte(a, i), i,
                              label, set->classes - 1);
        set->labels[i] = (uint16_t)label;
    }
    return ASSAY_OK;
}

enum assay_status assay_own_load(const char *folder, bool with_labels,
                                 struct assay_dataset *set)
{
    struct description d = {.folder = folder, .labelled = with_labels};
    struct assay_array labels = {0};
    char *path = assay_text_join(folder, ASSAY_OWN_FILE);
    enum assay_status status =
        path ? assay_yaml_load(path, &d.yaml) : no_memory(&d);
    if (status == ASSAY_OK)
        status = read_description(&d, set);
    if (status == ASSAY_OK)
        status = read_images(&d, set);
    if (status == ASSAY_OK && with_labels)
        status = read_array(&d, d.labels, "labels", &labels);
    if (status == ASSAY_OK && with_labels)
        status = check_labels(&d, &labels, set);
    assay_array_free(&labels);
    assay_yaml_free(&d.yaml);
    free(d.name);
    free(d.images);
    free(d.labels);
    free(d.mean);
    free(d.std);
    free(path);
    return status;
}
