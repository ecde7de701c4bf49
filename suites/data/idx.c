/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

#include "suites/data/array.h"

#define MAX_IMAGES 1000000u
#define MAX_SIDE 4096u

void assay_array_free(struct assay_array *array)
{
    free(array->data);
    array->data = NULL;
}

uint64_t assay_array_byte(const struct assay_array *array, uint64_t element)
{
    return array->start + element * array->file_size;
}

static enum assay_status read_sizes(struct assay_source *s,
                                    struct assay_array *array)
{
    unsigned char head[4 * ASSAY_ARRAY_RANK];
    const enum assay_status status =
        assay_source_read(s, "header", head, (size_t)4 * array->rank);
    if (status != ASSAY_OK)
        return status;
    array->elements = 1;
    for (unsigned i = 0; i < array->rank; i++) {
        const unsigned char *b = head + (size_t)4 * i;
        const uint32_t size = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
                              (uint32_t)b[2] << 8 | b[3];
        const uint32_t limit = i ? MAX_SIDE : MAX_IMAGES;
        if (size < 1 || size > limit)
            return assay_fail(ASSAY_INVALID,
                              "%s: byte %u: size %" PRIu32
                              " is not within 1 to %" PRIu32,
                              assay_source_path(s), 4 + 4 * i, size, limit);
        array->sizes[i] = size;
        array->elements *= size; /* at most 10^6 * 2^36: fits */
    }
    return ASSAY_OK;
}

static enum assay_status read_header(struct assay_source *s, unsigned rank,
                                     struct assay_array *array)
{
    const char *path = assay_source_path(s);
    unsigned char magic[4];
    enum assay_status status = assay_source_read(s, "header", magic, 4);
    if (status != ASSAY_OK)
        return status;
    const unsigned found = magic[3];
    if (magic[0] || magic[1] || magic[2] != 0x08 ||
        (rank ? found != rank : found < 1 || found > ASSAY_ARRAY_RANK))
        return rank ? assay_fail(ASSAY_INVALID,
                                 "%s: byte 0: magic %02x%02x%02x%02x is not "
                                 "000008%02x (IDX, unsigned bytes, %u "
                                 "dimension%s)",
                                 path, magic[0], magic[1], magic[2], magic[3],
                                 rank, rank, rank == 1 ? "" : "s")
                    : assay_fail(ASSAY_INVALID,
                                 "%s: byte 0: magic %02x%02x%02x%02x is not "
                                 "00000801 to 00000804 (IDX, unsigned bytes, "
                                 "1 to 4 dimensions); an array of NumPy must "
                                 "be named .npy",
                                 path, magic[0], magic[1], magic[2], magic[3]);
    array->rank = found;
    status = read_sizes(s, array);
    if (status != ASSAY_OK)
        return status;
    const bool too_large = array->elements > ASSAY_ARRAY_BYTES;
    if (too_large || array->elements > assay_source_room(s))
        return assay_fail(ASSAY_INVALID,
                          "%s: byte 4: the header announces %" PRIu64
                          " bytes; %s",
                          path, array->elements,
                          too_large ? "at most 2^31 are read"
                                    : "the file is too short for it");
    return ASSAY_OK;
}

enum assay_status assay_idx_read(struct assay_source *s, const char *what,
                                 unsigned rank, struct assay_array *array)
{
    *array = (struct assay_array){.type = ASSAY_ARRAY_U8, .file_size = 1};
    enum assay_status status = read_header(s, rank, array);
    if (status != ASSAY_OK)
        return status;
    array->start = assay_source_offset(s);
    array->data = malloc(array->elements);
    if (!array->data)
        return assay_fail(ASSAY_NOMEM, "%s: no memory for %" PRIu64 " bytes",
                          assay_source_path(s), array->elements);
    status = assay_source_read(s, what, array->data, array->elements);
    if (status == ASSAY_OK)
        status = assay_source_finish(s);
    if (status != ASSAY_OK)
        assay_array_free(array);
    return status;
}
