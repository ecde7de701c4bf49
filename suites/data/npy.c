/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites/data/array.h"

#define MAX_HEADER 65535u
#define MAX_IMAGES 1000000u
#define CHUNK 8192u /* elements converted at a time */

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "elements are taken as they lie in the file");

/* The header's text; `first` is its byte in the file. */
struct header {
    const char *path;
    char text[MAX_HEADER + 1];
    size_t n, at, first;
    bool has_type, has_order, has_shape;
};

static enum assay_status fault(const struct header *h, size_t at,
                               const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static enum assay_status fault(const struct header *h, size_t at,
                               const char *format, ...)
{
    char text[300];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return assay_fail(ASSAY_INVALID, "%s: byte %zu: %s", h->path, h->first + at,
                      text);
}

static void skip(struct header *h)
{
    while (h->at < h->n && h->text[h->at] == ' ')
        h->at++;
}

/* Go past `c` and the blanks around it; false if it is not there. */
static bool take(struct header *h, char c)
{
    skip(h);
    if (h->at >= h->n || h->text[h->at] != c)
        return false;
    h->at++;
    skip(h);
    return true;
}

static enum assay_status expect(struct header *h, char c)
{
    return take(h, c) ? ASSAY_OK
                      : fault(h, h->at, "the header has no '%c' here", c);
}

/* A quoted word of at most `size` - 1 plain characters. */
static enum assay_status word(struct header *h, char *text, size_t size)
{
    const size_t start = h->at;
    const char quote = h->at < h->n ? h->text[h->at] : '\0';
    size_t length = 0;
    if (quote != '\'' && quote != '"')
        return fault(h, start, "the header has no quoted word here");
    h->at++;
    while (h->at < h->n && h->text[h->at] != quote && length + 1 < size &&
           h->text[h->at] > ' ' && h->text[h->at] < 0x7f &&
           h->text[h->at] != '\\')
        text[length++] = h->text[h->at++];
    text[length] = '\0';
    if (h->at >= h->n || h->text[h->at] != quote)
        return fault(h, start,
                     "a word of the header does not end, or is too "
                     "long");
    h->at++;
    return ASSAY_OK;
}

static enum assay_status read_type(struct header *h, struct assay_array *array)
{
    static const struct {
        const char *name;
        enum assay_array_type type;
        unsigned size;
    } types[] = {
        {"|u1", ASSAY_ARRAY_U8, 1},  {"|i1", ASSAY_ARRAY_I8, 1},
        {"<f4", ASSAY_ARRAY_F32, 4}, {"<f8", ASSAY_ARRAY_F32, 8},
        {"<i4", ASSAY_ARRAY_I64, 4}, {"<i8", ASSAY_ARRAY_I64, 8},
    };
    char name[16];
    const size_t start = h->at;
    if (h->at < h->n && h->text[h->at] == '[')
        return fault(h, start,
                     "an array of records; plain elements are read only");
    const enum assay_status status = word(h, name, sizeof name);
    if (status != ASSAY_OK)
        return status;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, name) == 0) {
            array->type = types[i].type;
            array->file_size = types[i].size;
            return ASSAY_OK;
        }
    return fault(h, start,
                 "elements of type '%s'; read are |u1, |i1, <f4, <f8, <i4 and "
                 "<i8: convert with astype()",
                 name);
}

static enum assay_status read_order(struct header *h)
{
    static const char no[] = "False", yes[] = "True";
    if (h->n - h->at >= 5 && memcmp(h->text + h->at, no, 5) == 0) {
        h->at += 5;
        return ASSAY_OK;
    }
    if (h->n - h->at >= 4 && memcmp(h->text + h->at, yes, 4) == 0)
        return fault(h, h->at,
                     "the array is in Fortran order; save it in C order: "
                     "numpy.save(FILE, numpy.ascontiguousarray(ARRAY))");
    return fault(h, h->at, "'fortran_order' is neither True nor False");
}

static enum assay_status read_shape(struct header *h, struct assay_array *array)
{
    enum assay_status status = expect(h, '(');
    array->elements = 1;
    while (status == ASSAY_OK && !take(h, ')')) {
        const size_t start = h->at;
        uint64_t size = 0;
        while (h->at < h->n && h->text[h->at] >= '0' && h->text[h->at] <= '9' &&
               size <= ASSAY_ARRAY_BYTES)
            size = 10 * size + (uint64_t)(h->text[h->at++] - '0');
        if (h->at == start)
            return fault(h, start, "'shape' has no number here");
        if (array->rank == ASSAY_ARRAY_RANK)
            return fault(h, start, "more than %d dimensions", ASSAY_ARRAY_RANK);
        if (size < 1 || size > ASSAY_ARRAY_BYTES ||
            (array->rank == 0 && size > MAX_IMAGES))
            return fault(h, start, "a size of 'shape' is not within 1 to %s",
                         array->rank ? "2^31" : "1000000");
        array->sizes[array->rank++] = size;
        array->elements *= size;
        if (array->elements > ASSAY_ARRAY_BYTES)
            return fault(h, start, "'shape' has more than 2^31 elements");
        /* (5,) has one dimension, (5) is no shape. */
        const bool comma = take(h, ',');
        if (!comma && (array->rank == 1 || h->text[h->at] != ')'))
            return fault(h, h->at, "'shape' has no ',' here");
    }
    if (status == ASSAY_OK && array->rank == 0)
        return fault(h, h->at, "'shape' is (): a single number");
    return status;
}

static enum assay_status read_member(struct header *h,
                                     struct assay_array *array)
{
    char key[32];
    const size_t start = h->at;
    enum assay_status status = word(h, key, sizeof key);
    if (status == ASSAY_OK)
        status = expect(h, ':');
    if (status != ASSAY_OK)
        return status;
    bool *seen = strcmp(key, "descr") == 0           ? &h->has_type
                 : strcmp(key, "fortran_order") == 0 ? &h->has_order
                 : strcmp(key, "shape") == 0         ? &h->has_shape
                                                     : NULL;
    if (!seen)
        return fault(h, start, "the header has an unknown key '%s'", key);
    if (*seen)
        return fault(h, start, "the header has '%s' twice", key);
    *seen = true;
    return seen == &h->has_type    ? read_type(h, array)
           : seen == &h->has_order ? read_order(h)
                                   : read_shape(h, array);
}

static enum assay_status parse(struct header *h, struct assay_array *array)
{
    enum assay_status status = expect(h, '{');
    while (status == ASSAY_OK && !take(h, '}')) {
        status = read_member(h, array);
        if (status == ASSAY_OK && !take(h, ',') && h->text[h->at] != '}')
            return fault(h, h->at, "the header has no ',' here");
    }
    if (status != ASSAY_OK)
        return status;
    if (!h->has_type || !h->has_order || !h->has_shape)
        return fault(h, 0, "the header lacks '%s'",
                     !h->has_type    ? "descr"
                     : !h->has_order ? "fortran_order"
                                     : "shape");
    skip(h);
    if (h->at + 1 != h->n || h->text[h->at] != '\n')
        return fault(h, h->at,
                     "the header does not end with blanks and a "
                     "line feed");
    return ASSAY_OK;
}

static enum assay_status read_header(struct assay_source *s, struct header *h)
{
    unsigned char head[12];
    enum assay_status status = assay_source_read(s, "header", head, 8);
    if (status != ASSAY_OK)
        return status;
    if (memcmp(head, "\x93NUMPY", 6) != 0)
        return fault(h, 0, "this is no file of NumPy (its magic is missing)");
    if (head[6] < 1 || head[6] > 3 || head[7] != 0)
        return fault(h, 6, "version %u.%u; read are 1.0, 2.0 and 3.0", head[6],
                     head[7]);
    const size_t wide = head[6] == 1 ? 2 : 4;
    status = assay_source_read(s, "header", head + 8, wide);
    if (status != ASSAY_OK)
        return status;
    uint32_t length = 0;
    for (size_t i = wide; i-- > 0;)
        length = length << 8 | head[8 + i];
    if (length < 1 || length > MAX_HEADER)
        return fault(h, 8, "a header of %" PRIu32 " bytes; 1 to %u are read",
                     length, MAX_HEADER);
    h->first = 8 + wide;
    h->n = length;
    return assay_source_read(s, "header", (unsigned char *)h->text, length);
}

/* Elements as they are kept; f8 and i4 by way of a buffer. */
static enum assay_status read_elements(struct assay_source *s, const char *what,
                                       struct assay_array *a)
{
    const size_t kept = a->type == ASSAY_ARRAY_F32   ? sizeof(float)
                        : a->type == ASSAY_ARRAY_I64 ? sizeof(int64_t)
                                                     : 1;
    union {
        unsigned char bytes[8 * CHUNK];
        double reals[CHUNK];
        int32_t integers[CHUNK];
    } *chunk = NULL;
    a->data = malloc(a->elements * kept);
    if (kept != a->file_size)
        chunk = malloc(sizeof *chunk);
    if (!a->data || (kept != a->file_size && !chunk)) {
        free(chunk);
        return assay_fail(ASSAY_NOMEM, "%s: no memory for %" PRIu64 " elements",
                          assay_source_path(s), a->elements);
    }
    if (!chunk)
        return assay_source_read(s, what, a->data, a->elements * kept);
    enum assay_status status = ASSAY_OK;
    for (uint64_t i = 0; status == ASSAY_OK && i < a->elements; i += CHUNK) {
        const uint64_t left = a->elements - i;
        const size_t n = left < CHUNK ? (size_t)left : CHUNK;
        status = assay_source_read(s, what, chunk->bytes, n * a->file_size);
        for (size_t j = 0; status == ASSAY_OK && j < n; j++)
            if (a->type == ASSAY_ARRAY_F32)
                ((float *)a->data)[i + j] = (float)chunk->reals[j];
            else
                ((int64_t *)a->data)[i + j] = chunk->integers[j];
    }
    free(chunk);
    return status;
}

enum assay_status assay_npy_read(struct assay_source *s, const char *what,
                                 struct assay_array *array)
{
    struct header *h = calloc(1, sizeof *h);
    if (!h)
        return assay_fail(ASSAY_NOMEM, "%s: no memory", assay_source_path(s));
    *array = (struct assay_array){0};
    h->path = assay_source_path(s);
    enum assay_status status = read_header(s, h);
    if (status == ASSAY_OK)
        status = parse(h, array);
    const uint64_t bytes = array->elements * array->file_size;
    const uint64_t room = assay_source_room(s);
    if (status == ASSAY_OK && (bytes > ASSAY_ARRAY_BYTES || bytes > room))
        status = fault(
            h, 0, "the header announces %" PRIu64 " bytes of data; %s", bytes,
            bytes > ASSAY_ARRAY_BYTES ? "at most 2^31 are read"
                                      : "the file is too short for it");
    free(h);
    array->start = assay_source_offset(s);
    if (status == ASSAY_OK)
        status = read_elements(s, what, array);
    if (status == ASSAY_OK)
        status = assay_source_finish(s);
    if (status != ASSAY_OK)
        assay_array_free(array);
    return status;
}
