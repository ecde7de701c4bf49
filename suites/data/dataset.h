/* SPDX-License-Identifier: Apache-2.0
 *
 * Labelled images. The source is four IDX files, gzip or plain, with the names
 * of Fashion-MNIST (train-images-idx3-ubyte[.gz] …). The last 5,000 training
 * images are the validation split.
 *
 * IDX: bytes 0-1 zero, byte 2 the type (0x08, unsigned byte), byte 3 the rank,
 * then each size as a big-endian 32-bit number, then the data. All of it is
 * untrusted: magic, rank, sizes (at most 10^6 images of 4096 x 4096 and 2^31
 * bytes in all), the length of the data (neither short nor long), the label
 * range and equal counts are checked; a fault is INVALID with file and byte.
 */
#ifndef ASSAY_SUITES_DATASET_H
#define ASSAY_SUITES_DATASET_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/status.h"

enum assay_split {
    ASSAY_SPLIT_TRAIN,
    ASSAY_SPLIT_VALIDATION,
    ASSAY_SPLIT_TEST,
};

#define ASSAY_VALIDATION_IMAGES 5000

struct assay_dataset {
    char name[32]; /* "fashion-mnist" */
    size_t images, height, width, channels, classes;
    uint8_t *pixels; /* [images][height][width][channels] */
    uint8_t *labels; /* [images], each < classes */
};

/* folder NULL: where Debian's dataset-fashion-mnist has it; a file that is
 * missing is INVALID with its path and the package that brings it. */
enum assay_status assay_dataset_load(const char *folder,
                                     enum assay_split split,
                                     struct assay_dataset **dataset);
void assay_dataset_free(struct assay_dataset **dataset);

/* `count` images from `first` on as float32 pixel / 255; first + count within
 * the images. With one channel NCHW and NHWC are the same. */
void assay_dataset_fill(const struct assay_dataset *dataset, size_t first,
                        size_t count, float *out);

#endif
