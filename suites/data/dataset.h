/* SPDX-License-Identifier: Apache-2.0
 *
 * Labelled images, from a folder.
 *
 * With a file data.yaml in it, the data are a user's own:
 *
 *     name: my-set               # the folder's name if left out
 *     images: test-images.npy    # .npy or IDX, each also .gz
 *     labels: test-labels.npy    # one whole number an image
 *     layout: nchw               # nchw or nhwc; nc: plain vectors
 *     classes: 10                # 2 to 1000; labels are 0 to classes - 1
 *     scale: 0.00392156862745098 # value = (raw * scale - mean) / std
 *     mean: [0.5]                # one for all, or one a channel (nc: one a
 *     std: [0.5]                 # value)
 *
 * images has 4 dimensions (nchw, nhwc), 3 (one channel: nchw or nhwc without
 * it) or 2 (nc), the first of them the images; whole numbers are |u1 or |i1,
 * real ones <f4 or <f8, and finite. labels has 1 dimension and is |u1, |i1, <i4
 * or <i8. scale is 1, mean 0 and std 1 if left out. Files are names in the
 * folder, not paths.
 *
 * Without data.yaml the source is four IDX files with the names of
 * Fashion-MNIST (train-images-idx3-ubyte[.gz] …) and 10 classes. The last 5,000
 * training images are the validation split; value = raw / 255. Such a set is
 * named after its folder, unless its labels are those of Fashion-MNIST: other
 * sets come in files of the same names.
 *
 * All of it is untrusted: see array.h for files. A fault is INVALID with file
 * and byte, or line and key.
 */
#ifndef ASSAY_SUITES_DATASET_H
#define ASSAY_SUITES_DATASET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/status.h"

enum assay_split {
    ASSAY_SPLIT_TRAIN, /* a user's own data: the same as TEST */
    ASSAY_SPLIT_VALIDATION,
    ASSAY_SPLIT_TEST,
    /* The images of TRAIN alone: no file of labels is looked for, and data.yaml
     * may leave out labels and classes. */
    ASSAY_SPLIT_UNLABELLED,
};

#define ASSAY_VALIDATION_IMAGES 5000

enum assay_layout {
    ASSAY_LAYOUT_NCHW,
    ASSAY_LAYOUT_NHWC,
    ASSAY_LAYOUT_NC, /* height and width are 1 */
};

struct assay_dataset {
    char name[64];      /* "fashion-mnist" */
    bool own;           /* from a data.yaml */
    bool fashion_mnist; /* of which the zoo has stored predictions */
    enum assay_layout layout;
    size_t images, height, width, channels;
    size_t classes; /* 0: UNLABELLED */
    /* Elements in the order of the layout; one of the two, the other NULL. */
    uint8_t *pixels; /* as in the file (|i1 as its bits) */
    float *values;   /* scaled and normalized */
    /* Of pixels: the value of each byte, [256] for all channels or, if
     * `per_channel`, [channels][256]. */
    float *table;
    bool per_channel;
    uint16_t *labels; /* [images], each < classes; NULL: UNLABELLED */
    uint32_t crc32;   /* of pixels and table, or of values; then of labels */
};

/* folder NULL: where Debian's dataset-fashion-mnist has it. A folder that is
 * missing or holds no images is INVALID with the names that were looked for and
 * the flag that names another (--data; --calibrate for TRAIN), files of Debian's
 * with the package that brings them. */
enum assay_status assay_dataset_load(const char *folder, enum assay_split split,
                                     struct assay_dataset **dataset);
void assay_dataset_free(struct assay_dataset **dataset);

/* `count` images from `first` on as float32, in the order of the layout; first
 * + count within the images. With one channel NCHW and NHWC are the same. */
void assay_dataset_fill(const struct assay_dataset *dataset, size_t first,
                        size_t count, float *out);

/* How a model takes an image: lengths of a nest of loops, the outermost first,
 * and the steps of each in the data set's image. */
struct assay_image_order {
    size_t size[3], step[3];
    int channel; /* the loop over channels */
};

/* The order for a model at `path` whose input has `rank` - 1 dimensions an
 * image, input[1] …; channels first or last, whichever the data have. A model
 * that takes plain vectors gets the values as they lie in the file, and vectors
 * (nc) go to any shape of as many values. INVALID, with both shapes, if they do
 * not fit. */
enum assay_status assay_dataset_order(const struct assay_dataset *dataset,
                                      const char *path, const int64_t *input,
                                      int rank,
                                      struct assay_image_order *order);

/* As assay_dataset_fill, in an order for this data set. */
void assay_dataset_fill_as(const struct assay_dataset *dataset,
                           const struct assay_image_order *order, size_t first,
                           size_t count, float *out);

#endif
