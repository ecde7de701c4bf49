/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/data/dataset.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <zlib.h>

#include "suites/data/array.h"
#include "suites/data/own.h"

#define DEBIAN_FOLDER "/usr/share/datasets/fashion-mnist"
#define CLASSES 10

/* CRC-32 of the labels of Fashion-MNIST, a byte each. */
#define TRAIN_LABELS_CRC 0x2ed6e46au
#define TEST_LABELS_CRC 0x242bc73fu

static enum assay_status read_idx(const char *folder, const char *name,
                                  unsigned rank, const char *what,
                                  struct assay_array *array)
{
    struct assay_source *source = NULL;
    enum assay_status status = assay_source_find(folder, name, &source);
    if (status == ASSAY_OK)
        status = assay_idx_read(source, what, rank, array);
    for (uint64_t i = 0; rank == 1 && status == ASSAY_OK && i < array->elements;
         i++) {
        const uint8_t label = ((const uint8_t *)array->data)[i];
        if (label >= CLASSES)
            status = assay_fail(ASSAY_INVALID,
                                "%s: byte %" PRIu64
                                ": label %u is not within 0 to %d",
                                assay_source_path(source),
                                assay_array_byte(array, i), label, CLASSES - 1);
    }
    assay_source_close(source);
    return status;
}

/* Keep `count` images from `first` on. */
static void keep(struct assay_dataset *d, size_t first, size_t count)
{
    const size_t image = d->height * d->width * d->channels;
    memmove(d->pixels, d->pixels + first * image, count * image);
    if (d->labels)
        memmove(d->labels, d->labels + first, count * sizeof *d->labels);
    d->images = count;
    uint8_t *less = realloc(d->pixels, count * image);
    if (less)
        d->pixels = less;
}

static enum assay_status take_labels(struct assay_dataset *d,
                                     const struct assay_array *labels)
{
    d->labels = malloc(labels->elements * sizeof *d->labels);
    if (!d->labels)
        return assay_fail(ASSAY_NOMEM, "no memory for the data set");
    for (uint64_t i = 0; i < labels->elements; i++)
        d->labels[i] = ((const uint8_t *)labels->data)[i];
    d->classes = CLASSES;
    return ASSAY_OK;
}

static enum assay_status split_off(const char *folder, const char *images,
                                   enum assay_split split,
                                   struct assay_dataset *d)
{
    if (d->images <= ASSAY_VALIDATION_IMAGES)
        return assay_fail(ASSAY_INVALID,
                          "%s/%s: byte 4: %zu images; more than the %d of the "
                          "validation split are needed",
                          folder, images, d->images, ASSAY_VALIDATION_IMAGES);
    const size_t rest = d->images - ASSAY_VALIDATION_IMAGES;
    if (split == ASSAY_SPLIT_VALIDATION)
        keep(d, rest, ASSAY_VALIDATION_IMAGES);
    else
        keep(d, 0, rest);
    return ASSAY_OK;
}

static bool has_file(const char *folder, const char *name)
{
    char path[4096];
    struct stat facts;
    static const char *const suffixes[] = {".gz", ""};
    for (size_t i = 0; i < 2; i++) {
        const int length =
            snprintf(path, sizeof path, "%s/%s%s", folder, name, suffixes[i]);
        if (length > 0 && (size_t)length < sizeof path &&
            stat(path, &facts) == 0)
            return true;
    }
    return false;
}

/* Say what is missing, and by which flag another folder is named: only
 * compression looks at images for training. */
static enum assay_status look_for(const char *folder, enum assay_split split)
{
    struct stat facts;
    const bool test = split == ASSAY_SPLIT_TEST;
    const char *images =
        test ? "t10k-images-idx3-ubyte" : "train-images-idx3-ubyte";
    const char *flag = test ? "--data" : "--calibrate";
    if (!folder && !has_file(DEBIAN_FOLDER, images))
        return assay_fail(ASSAY_INVALID,
                          DEBIAN_FOLDER "/%s.gz: not found; install "
                                        "dataset-fashion-mnist or give %s DIR, "
                                        "a folder of images",
                          images, flag);
    if (!folder)
        return ASSAY_OK;
    if (stat(folder, &facts) != 0)
        return errno == ENOENT
                   ? assay_fail(ASSAY_INVALID,
                                "%s: there is no such folder; %s DIR names one "
                                "of images",
                                folder, flag)
                   : assay_fail(ASSAY_INVALID, "%s: %s", folder,
                                strerror(errno));
    if (!S_ISDIR(facts.st_mode))
        return assay_fail(ASSAY_INVALID,
                          "%s: is no folder; %s DIR names one of images",
                          folder, flag);
    return assay_own_is(folder) || has_file(folder, images)
               ? ASSAY_OK
               : assay_fail(ASSAY_INVALID,
                            "%s: holds no images: neither " ASSAY_OWN_FILE
                            " nor %s (or %s.gz) is there; %s DIR names another "
                            "folder",
                            folder, images, images, flag);
}

static void set_name(const char *folder, enum assay_split split,
                     const struct assay_array *labels, struct assay_dataset *d)
{
    const uLong crc =
        crc32_z(crc32(0, NULL, 0), labels->data, labels->elements);
    d->fashion_mnist =
        crc == (split == ASSAY_SPLIT_TEST ? TEST_LABELS_CRC : TRAIN_LABELS_CRC);
    if (d->fashion_mnist)
        strcpy(d->name, "fashion-mnist");
    else
        assay_own_name(folder, d);
}

/* The labels of `d`, which has its images. */
static enum assay_status read_labels(const char *folder, const char *part,
                                     enum assay_split split,
                                     struct assay_dataset *d)
{
    char labels[64];
    struct assay_array classes = {0};
    snprintf(labels, sizeof labels, "%s-labels-idx1-ubyte", part);
    enum assay_status status = read_idx(folder, labels, 1, "labels", &classes);
    if (status == ASSAY_OK && d->images != classes.sizes[0])
        status = assay_fail(ASSAY_INVALID,
                            "%s/%s: byte 4: %" PRIu64
                            " labels, but %s-images-idx3-ubyte has %zu images",
                            folder, labels, classes.sizes[0], part, d->images);
    if (status == ASSAY_OK) {
        set_name(folder, split, &classes, d);
        status = take_labels(d, &classes);
    }
    assay_array_free(&classes);
    return status;
}

static enum assay_status read_standard(const char *folder,
                                       enum assay_split split,
                                       struct assay_dataset *d)
{
    const char *part = split == ASSAY_SPLIT_TEST ? "t10k" : "train";
    char images[64];
    struct assay_array pixels = {0};
    snprintf(images, sizeof images, "%s-images-idx3-ubyte", part);
    enum assay_status status = read_idx(folder, images, 3, "pixels", &pixels);
    if (status != ASSAY_OK)
        return status;
    d->pixels = pixels.data;
    d->images = pixels.sizes[0];
    d->height = pixels.sizes[1];
    d->width = pixels.sizes[2];
    d->channels = 1;
    d->table = malloc(256 * sizeof *d->table);
    if (!d->table)
        return assay_fail(ASSAY_NOMEM, "no memory for the data set");
    for (int i = 0; i < 256; i++)
        d->table[i] = (float)i / 255.0f;
    if (split == ASSAY_SPLIT_UNLABELLED)
        assay_own_name(folder, d);
    else
        status = read_labels(folder, part, split, d);
    return status == ASSAY_OK && split != ASSAY_SPLIT_TEST
               ? split_off(folder, images, split, d)
               : status;
}

static uint32_t checksum(const struct assay_dataset *d)
{
    const size_t image = d->height * d->width * d->channels;
    uLong crc = crc32(0, NULL, 0);
    if (d->pixels) {
        crc = crc32_z(crc, d->pixels, d->images * image);
        crc = crc32_z(crc, (const unsigned char *)d->table,
                      (d->per_channel ? d->channels : 1) * 256 *
                          sizeof *d->table);
    } else {
        crc = crc32_z(crc, (const unsigned char *)d->values,
                      d->images * image * sizeof *d->values);
    }
    if (d->labels)
        crc = crc32_z(crc, (const unsigned char *)d->labels,
                      d->images * sizeof *d->labels);
    return (uint32_t)crc;
}

enum assay_status assay_dataset_load(const char *folder, enum assay_split split,
                                     struct assay_dataset **dataset)
{
    struct assay_dataset *d = calloc(1, sizeof *d);
    enum assay_status status;
    if (!d)
        return assay_fail(ASSAY_NOMEM, "no memory for the data set");
    status = look_for(folder, split);
    if (status == ASSAY_OK && (!folder || !assay_own_is(folder)))
        status = read_standard(folder ? folder : DEBIAN_FOLDER, split, d);
    else if (status == ASSAY_OK && split != ASSAY_SPLIT_VALIDATION)
        status = assay_own_load(folder, split != ASSAY_SPLIT_UNLABELLED, d);
    else if (status == ASSAY_OK)
        status = assay_fail(ASSAY_INVALID,
                            "%s: a data set with a " ASSAY_OWN_FILE
                            " has no validation split",
                            folder);
    if (status != ASSAY_OK) {
        assay_dataset_free(&d);
        return status;
    }
    d->crc32 = checksum(d);
    *dataset = d;
    return ASSAY_OK;
}

void assay_dataset_free(struct assay_dataset **dataset)
{
    struct assay_dataset *d = *dataset;
    *dataset = NULL;
    if (!d)
        return;
    free(d->pixels);
    free(d->values);
    free(d->table);
    free(d->labels);
    free(d);
}

/* Loops over an image as it lies, with `channel` as the loop over channels. */
static struct assay_image_order as_it_lies(const struct assay_dataset *d)
{
    const bool first = d->layout == ASSAY_LAYOUT_NCHW;
    struct assay_image_order order = {.size = {first ? d->channels : d->height,
                                               first ? d->height : d->width,
                                               first ? d->width : d->channels},
                                      .channel = first ? 0 : 2};
    order.step[2] = 1;
    order.step[1] = order.size[2];
    order.step[0] = order.size[1] * order.size[2];
    return order;
}

/* `at` = loop of `from` that becomes each loop. */
static struct assay_image_order turned(const struct assay_image_order *from,
                                       const int at[3])
{
    struct assay_image_order order = {.channel = -1};
    for (int i = 0; i < 3; i++) {
        order.size[i] = from->size[at[i]];
        order.step[i] = from->step[at[i]];
        if (from->channel == at[i])
            order.channel = i;
    }
    return order;
}

static bool has_sizes(const struct assay_image_order *order,
                      const int64_t *sizes)
{
    for (int i = 0; i < 3; i++)
        if (sizes[i] < 0 || (uint64_t)sizes[i] != order->size[i])
            return false;
    return true;
}

static enum assay_status no_fit(const struct assay_dataset *d, const char *path,
                                const int64_t *input, int rank)
{
    char takes[160] = "";
    const struct assay_image_order has = as_it_lies(d);
    for (int i = 1; i < rank; i++) {
        const size_t used = strlen(takes);
        snprintf(takes + used, sizeof takes - used, "%s%" PRId64,
                 i > 1 ? "x" : "", input[i]);
    }
    if (d->layout == ASSAY_LAYOUT_NC)
        return assay_fail(ASSAY_INVALID,
                          "%s takes %s an image, the data set %s has %zu", path,
                          takes, d->name, d->channels);
    return assay_fail(
        ASSAY_INVALID, "%s takes %s an image, the data set %s has %zux%zux%zu",
        path, takes, d->name, has.size[0], has.size[1], has.size[2]);
}

enum assay_status assay_dataset_order(const struct assay_dataset *d,
                                      const char *path, const int64_t *input,
                                      int rank, struct assay_image_order *order)
{
    static const int last_first[3] = {2, 0, 1}, first_last[3] = {1, 2, 0};
    const struct assay_image_order own = as_it_lies(d);
    const int64_t *sizes = input + 1;
    uint64_t values = 1;
    for (int i = 1; i < rank && values <= ASSAY_ARRAY_BYTES; i++)
        values *= input[i] > 0 ? (uint64_t)input[i] : 0;
    *order = own;
    if (values != d->channels * d->height * d->width)
        return no_fit(d, path, input, rank);
    if (rank == 2 || d->layout == ASSAY_LAYOUT_NC ||
        (rank == 3 && d->channels == 1 && (uint64_t)sizes[0] == d->height))
        return ASSAY_OK;
    if (rank != 4)
        return no_fit(d, path, input, rank);
    /* Where both fit, as with one channel, the model's order is the data's. */
    if (has_sizes(&own, sizes))
        return ASSAY_OK;
    *order =
        turned(&own, d->layout == ASSAY_LAYOUT_NCHW ? first_last : last_first);
    return has_sizes(order, sizes) ? ASSAY_OK : no_fit(d, path, input, rank);
}

void assay_dataset_fill_as(const struct assay_dataset *d,
                           const struct assay_image_order *order, size_t first,
                           size_t count, float *out)
{
    const size_t image = d->height * d->width * d->channels;
    const size_t *size = order->size, *step = order->step;
    size_t at[3];
    for (size_t n = first; n < first + count; n++)
        for (at[0] = 0; at[0] < size[0]; at[0]++)
            for (at[1] = 0; at[1] < size[1]; at[1]++)
                for (at[2] = 0; at[2] < size[2]; at[2]++) {
                    const size_t i = n * image + at[0] * step[0] +
                                     at[1] * step[1] + at[2] * step[2];
                    const size_t table =
                        d->per_channel ? 256 * at[order->channel] : 0;
                    *out++ = d->values ? d->values[i]
                                       : d->table[table + d->pixels[i]];
                }
}

void assay_dataset_fill(const struct assay_dataset *d, size_t first,
                        size_t count, float *out)
{
    const struct assay_image_order order = as_it_lies(d);
    assay_dataset_fill_as(d, &order, first, count, out);
}
