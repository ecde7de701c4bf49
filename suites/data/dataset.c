/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/data/dataset.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

#define DEBIAN_FOLDER "/usr/share/datasets/fashion-mnist"
#define CLASSES 10
#define MAX_IMAGES 1000000u
#define MAX_SIDE 4096u
#define MAX_BYTES (UINT64_C(1) << 31)
/* Deflate's best: 258 bytes for a little over 2 bits; a header that claims
 * more than the file can hold is found before anything is allocated. */
#define MAX_EXPANSION 1032u

/* A file that is read in order, inflated on the way if its name ends in .gz. */
struct source {
    char path[4096];
    FILE *stream;
    uint64_t size;    /* of the file */
    uint64_t offset;  /* of the next byte of content (inflated) */
    bool gzip, ended; /* ended: the gzip trailer was read and found right */
    z_stream z;
    unsigned char raw[1 << 16];
};

static void source_close(struct source *s)
{
    if (!s)
        return;
    if (s->gzip)
        inflateEnd(&s->z);
    if (s->stream)
        fclose(s->stream);
    free(s);
}

static enum assay_status source_start(struct source *s)
{
    struct stat facts;
    s->stream = fopen(s->path, "rbe");
    if (!s->stream || fstat(fileno(s->stream), &facts) != 0)
        return assay_fail(ASSAY_IO, "%s: %s", s->path, strerror(errno));
    if (!S_ISREG(facts.st_mode))
        return assay_fail(ASSAY_INVALID, "%s: not a regular file", s->path);
    s->size = (uint64_t)facts.st_size;
    const size_t length = strlen(s->path);
    if (strcmp(s->path + length - 3, ".gz") == 0) {
        /* 16: the format is gzip, whose checksum inflate then verifies. */
        if (inflateInit2(&s->z, 16 + MAX_WBITS) != Z_OK)
            return assay_fail(ASSAY_NOMEM, "%s: no memory", s->path);
        s->gzip = true;
    }
    return ASSAY_OK;
}

/* NAME.gz in the folder, else NAME. */
static enum assay_status source_open(const char *folder, const char *name,
                                     struct source **source)
{
    struct source *s = calloc(1, sizeof *s);
    if (!s)
        return assay_fail(ASSAY_NOMEM, "no memory to read %s", name);
    static const char *const suffixes[] = {".gz", ""};
    for (size_t i = 0; i < 2; i++) {
        const int length = snprintf(s->path, sizeof s->path, "%s/%s%s", folder,
                                    name, suffixes[i]);
        struct stat facts;
        if (length < 0 || (size_t)length >= sizeof s->path ||
            stat(s->path, &facts) != 0)
            continue;
        if (!S_ISREG(facts.st_mode)) {
            free(s);
            return assay_fail(ASSAY_INVALID, "%s/%s%s: not a regular file",
                              folder, name, suffixes[i]);
        }
        const enum assay_status status = source_start(s);
        if (status != ASSAY_OK)
            source_close(s);
        else
            *source = s;
        return status;
    }
    free(s);
    return assay_fail(ASSAY_INVALID,
                      "%s/%s.gz: not found; install dataset-fashion-mnist or "
                      "give --data DIR",
                      folder, name);
}

/* Inflate up to `want` bytes to `to`; fewer only at the end. */
static enum assay_status inflate_some(struct source *s, unsigned char *to,
                                      size_t want, size_t *got)
{
    *got = 0;
    while (*got < want && !s->ended) {
        if (s->z.avail_in == 0) {
            s->z.next_in = s->raw;
            s->z.avail_in = (uInt)fread(s->raw, 1, sizeof s->raw, s->stream);
            if (ferror(s->stream))
                return assay_fail(ASSAY_IO, "%s: %s", s->path, strerror(errno));
            if (s->z.avail_in == 0)
                return assay_fail(ASSAY_INVALID,
                                  "%s: byte %" PRIu64
                                  ": the gzip data ends too early; the file "
                                  "is cut off",
                                  s->path, s->size);
        }
        const size_t room = want - *got;
        const uInt step = room > (1u << 30) ? 1u << 30 : (uInt)room;
        s->z.next_out = to + *got;
        s->z.avail_out = step;
        const int code = inflate(&s->z, Z_NO_FLUSH);
        *got += step - s->z.avail_out;
        if (code == Z_STREAM_END)
            s->ended = true;
        else if (code != Z_OK && code != Z_BUF_ERROR)
            return assay_fail(code == Z_MEM_ERROR ? ASSAY_NOMEM : ASSAY_INVALID,
                              "%s: byte %" PRIu64 ": damaged gzip data: %s",
                              s->path, (uint64_t)s->z.total_in,
                              s->z.msg ? s->z.msg : "inflate failed");
    }
    return ASSAY_OK;
}

/* Read exactly `want` bytes of `what`. */
static enum assay_status source_read(struct source *s, const char *what,
                                     unsigned char *to, size_t want)
{
    size_t got = 0;
    if (s->gzip) {
        const enum assay_status status = inflate_some(s, to, want, &got);
        if (status != ASSAY_OK)
            return status;
    } else {
        got = fread(to, 1, want, s->stream);
        if (ferror(s->stream))
            return assay_fail(ASSAY_IO, "%s: %s", s->path, strerror(errno));
    }
    if (got < want)
        return assay_fail(ASSAY_INVALID,
                          "%s: byte %" PRIu64 ": the %s end%s here, %zu bytes "
                          "too early",
                          s->path, s->offset + got, what,
                          what[strlen(what) - 1] == 's' ? "" : "s", want - got);
    s->offset += want;
    return ASSAY_OK;
}

/* Nothing may follow the data, neither inside the gzip stream nor after. */
static enum assay_status source_finish(struct source *s)
{
    unsigned char more;
    size_t extra = 0;
    if (s->gzip) {
        const enum assay_status status = inflate_some(s, &more, 1, &extra);
        if (status != ASSAY_OK)
            return status;
        if (!extra && (uint64_t)s->z.total_in != s->size)
            return assay_fail(ASSAY_INVALID,
                              "%s: byte %" PRIu64
                              ": bytes follow the gzip data",
                              s->path, (uint64_t)s->z.total_in);
    } else {
        extra = fread(&more, 1, 1, s->stream);
    }
    if (extra)
        return assay_fail(ASSAY_INVALID,
                          "%s: byte %" PRIu64
                          ": bytes follow the data that the header announces",
                          s->path, s->offset);
    return ASSAY_OK;
}

/* The header: unsigned bytes in `rank` dimensions, each within its limit. */
static enum assay_status read_header(struct source *s, unsigned rank,
                                     uint32_t sizes[3], uint64_t *bytes)
{
    static const uint32_t limits[3] = {MAX_IMAGES, MAX_SIDE, MAX_SIDE};
    unsigned char head[16];
    enum assay_status status = source_read(s, "header", head, 4 + 4 * rank);
    if (status != ASSAY_OK)
        return status;
    if (head[0] || head[1] || head[2] != 0x08 || head[3] != rank)
        return assay_fail(ASSAY_INVALID,
                          "%s: byte 0: magic %02x%02x%02x%02x is not 000008%02x"
                          " (IDX, unsigned bytes, %u dimension%s)",
                          s->path, head[0], head[1], head[2], head[3], rank,
                          rank, rank == 1 ? "" : "s");
    *bytes = 1;
    for (unsigned i = 0; i < rank; i++) {
        const unsigned char *b = head + 4 + 4 * i;
        sizes[i] = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
                   (uint32_t)b[2] << 8 | b[3];
        if (sizes[i] < 1 || sizes[i] > limits[i])
            return assay_fail(ASSAY_INVALID,
                              "%s: byte %u: size %" PRIu32
                              " is not within 1 to %" PRIu32,
                              s->path, 4 + 4 * i, sizes[i], limits[i]);
        *bytes *= sizes[i]; /* at most 10^6 * 2^24: fits */
    }
    const uint64_t most =
        s->gzip ? s->size * MAX_EXPANSION : s->size - s->offset;
    if (*bytes > MAX_BYTES || *bytes > most)
        return assay_fail(ASSAY_INVALID,
                          "%s: byte 4: the header announces %" PRIu64
                          " bytes; %s",
                          s->path, *bytes,
                          *bytes > MAX_BYTES ? "at most 2^31 are read"
                                             : "the file is too short for it");
    return ASSAY_OK;
}

static enum assay_status read_idx(const char *folder, const char *name,
                                  unsigned rank, const char *what,
                                  uint32_t sizes[3], uint8_t **data)
{
    struct source *s = NULL;
    uint8_t *all = NULL;
    uint64_t bytes = 0;
    enum assay_status status = source_open(folder, name, &s);
    if (status != ASSAY_OK)
        return status;
    status = read_header(s, rank, sizes, &bytes);
    if (status == ASSAY_OK && !(all = malloc(bytes)))
        status = assay_fail(ASSAY_NOMEM, "%s: no memory for %" PRIu64 " bytes",
                            s->path, bytes);
    if (status == ASSAY_OK)
        status = source_read(s, what, all, bytes);
    if (status == ASSAY_OK)
        status = source_finish(s);
    for (uint64_t i = 0; rank == 1 && status == ASSAY_OK && i < bytes; i++)
        if (all[i] >= CLASSES)
            status = assay_fail(ASSAY_INVALID,
                                "%s: byte %" PRIu64
                                ": label %u is not within 0 to %d",
                                s->path, i + 8, all[i], CLASSES - 1);
    source_close(s);
    if (status != ASSAY_OK)
        free(all);
    else
        *data = all;
    return status;
}

/* Keep `count` images from `first` on. */
static void keep(struct assay_dataset *d, size_t first, size_t count)
{
    const size_t image = d->height * d->width * d->channels;
    memmove(d->pixels, d->pixels + first * image, count * image);
    memmove(d->labels, d->labels + first, count);
    d->images = count;
    uint8_t *less = realloc(d->pixels, count * image);
    if (less)
        d->pixels = less;
}

static enum assay_status read_split(const char *folder, enum assay_split split,
                                    struct assay_dataset *d)
{
    const char *part = split == ASSAY_SPLIT_TEST ? "t10k" : "train";
    char images[64], labels[64];
    uint32_t sizes[3], labelled[3];
    snprintf(images, sizeof images, "%s-images-idx3-ubyte", part);
    snprintf(labels, sizeof labels, "%s-labels-idx1-ubyte", part);
    enum assay_status status =
        read_idx(folder, images, 3, "pixels", sizes, &d->pixels);
    if (status == ASSAY_OK)
        status = read_idx(folder, labels, 1, "labels", labelled, &d->labels);
    if (status != ASSAY_OK)
        return status;
    if (sizes[0] != labelled[0])
        return assay_fail(ASSAY_INVALID,
                          "%s/%s: byte 4: %" PRIu32 " labels, but %s has "
                          "%" PRIu32 " images",
                          folder, labels, labelled[0], images, sizes[0]);
    strcpy(d->name, "fashion-mnist");
    d->images = sizes[0];
    d->height = sizes[1];
    d->width = sizes[2];
    d->channels = 1;
    d->classes = CLASSES;
    if (split == ASSAY_SPLIT_TEST)
        return ASSAY_OK;
    if (d->images <= ASSAY_VALIDATION_IMAGES)
        return assay_fail(ASSAY_INVALID,
                          "%s/%s: byte 4: %zu images; more than the %d of the "
                          "validation split are needed",
                          folder, images, d->images, ASSAY_VALIDATION_IMAGES);
    const size_t rest = d->images - ASSAY_VALIDATION_IMAGES;
    if (split == ASSAY_SPLIT_TRAIN)
        keep(d, 0, rest);
    else
        keep(d, rest, ASSAY_VALIDATION_IMAGES);
    return ASSAY_OK;
}

enum assay_status assay_dataset_load(const char *folder, enum assay_split split,
                                     struct assay_dataset **dataset)
{
    struct assay_dataset *d = calloc(1, sizeof *d);
    if (!d)
        return assay_fail(ASSAY_NOMEM, "no memory for the data set");
    const enum assay_status status =
        read_split(folder ? folder : DEBIAN_FOLDER, split, d);
    if (status != ASSAY_OK)
        assay_dataset_free(&d);
    else
        *dataset = d;
    return status;
}

void assay_dataset_free(struct assay_dataset **dataset)
{
    if (*dataset) {
        free((*dataset)->pixels);
        free((*dataset)->labels);
        free(*dataset);
    }
    *dataset = NULL;
}

void assay_dataset_fill(const struct assay_dataset *dataset, size_t first,
                        size_t count, float *out)
{
    const size_t image = dataset->height * dataset->width * dataset->channels;
    const uint8_t *from = dataset->pixels + first * image;
    for (size_t i = 0; i < count * image; i++)
        out[i] = (float)from[i] / 255.0f;
}
