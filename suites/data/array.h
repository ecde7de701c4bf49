/* SPDX-License-Identifier: Apache-2.0
 *
 * An array from a file, in C order, all of it untrusted: header, sizes (at most
 * ASSAY_ARRAY_BYTES in all) and length (neither short nor long) are checked. A
 * fault is INVALID with file and byte.
 *
 * IDX: bytes 0-1 zero, byte 2 the type (0x08, unsigned byte), byte 3 the rank,
 * then each size as a big-endian 32-bit number, then the data.
 *
 * NPY (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html),
 * versions 1.0, 2.0 and 3.0: the magic, two bytes of version, the length of
 * the header (2 bytes, from 2.0 on 4; little-endian; at most 65,535), and the
 * header: {'descr': '<f4', 'fortran_order': False, 'shape': (10, 28, 28), },
 * with these three keys once each in any order. Read are |u1, |i1, <f4, <f8,
 * <i4 and <i8.
 */
#ifndef ASSAY_SUITES_ARRAY_H
#define ASSAY_SUITES_ARRAY_H

#include "suites/data/source.h"

#define ASSAY_ARRAY_BYTES (UINT64_C(1) << 31)
enum { ASSAY_ARRAY_RANK = 4 };

enum assay_array_type {
    ASSAY_ARRAY_U8,
    ASSAY_ARRAY_I8,
    ASSAY_ARRAY_F32, /* f8 has become f4 */
    ASSAY_ARRAY_I64, /* i4 has become i8 */
};

struct assay_array {
    enum assay_array_type type;
    unsigned rank;
    uint64_t sizes[ASSAY_ARRAY_RANK], elements;
    uint64_t start;     /* byte of the first element in the file's content */
    unsigned file_size; /* bytes of an element there */
    void *data;         /* owned */
};

/* `what` the messages call the data ("pixels"). rank 0: any of 1 to 4, else
 * just this one. The first size is at most 10^6, the others limit. */
enum assay_status assay_idx_read(struct assay_source *source, const char *what,
                                 unsigned rank, struct assay_array *array);
enum assay_status assay_npy_read(struct assay_source *source, const char *what,
                                 struct assay_array *array);
void assay_array_free(struct assay_array *array);

/* The byte of the file's content at which an element stands. */
uint64_t assay_array_byte(const struct assay_array *array, uint64_t element);

#endif
