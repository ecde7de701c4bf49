/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/data/source.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <zlib.h>

/* Deflate's best: 258 bytes for a little over 2 bits; a header that claims
 * more than the file can hold is found before anything is allocated. */
#define MAX_EXPANSION 1032u

struct assay_source {
    char path[4096];
    FILE *stream;
    uint64_t size;    /* of the file */
    uint64_t offset;  /* of the next byte of content (inflated) */
    bool gzip, ended; /* ended: the gzip trailer was read and found right */
    z_stream z;
    unsigned char raw[1 << 16];
};

void assay_source_close(struct assay_source *s)
{
    if (!s)
        return;
    if (s->gzip)
        inflateEnd(&s->z);
    if (s->stream)
        fclose(s->stream);
    free(s);
}

static enum assay_status source_start(struct assay_source *s)
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

static enum assay_status open_path(struct assay_source *s,
                                   struct assay_source **source)
{
    const enum assay_status status = source_start(s);
    if (status == ASSAY_OK)
        *source = s;
    else
        assay_source_close(s);
    return status;
}

enum assay_status assay_source_open(const char *folder, const char *name,
                                    struct assay_source **source)
{
    struct assay_source *s = calloc(1, sizeof *s);
    struct stat facts;
    if (!s)
        return assay_fail(ASSAY_NOMEM, "no memory to read %s", name);
    const int length = snprintf(s->path, sizeof s->path, "%s/%s", folder, name);
    if (length >= 0 && (size_t)length < sizeof s->path &&
        stat(s->path, &facts) == 0 && S_ISREG(facts.st_mode))
        return open_path(s, source);
    free(s);
    return assay_fail(ASSAY_INVALID, "%s/%s: there is no such regular file",
                      folder, name);
}

enum assay_status assay_source_find(const char *folder, const char *name,
                                    struct assay_source **source)
{
    struct assay_source *s = calloc(1, sizeof *s);
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
        if (S_ISREG(facts.st_mode))
            return open_path(s, source);
        free(s);
        return assay_fail(ASSAY_INVALID, "%s/%s%s: not a regular file", folder,
                          name, suffixes[i]);
    }
    free(s);
    return assay_fail(ASSAY_INVALID, "%s/%s: not found, nor with .gz", folder,
                      name);
}

/* Inflate up to `want` bytes to `to`; fewer only at the end. */
static enum assay_status inflate_some(struct assay_source *s, unsigned char *to,
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

enum assay_status assay_source_read(struct assay_source *s, const char *what,
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

enum assay_status assay_source_finish(struct assay_source *s)
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

uint64_t assay_source_room(const struct assay_source *s)
{
    return s->gzip ? s->size * MAX_EXPANSION : s->size - s->offset;
}

const char *assay_source_path(const struct assay_source *s)
{
    return s->path;
}

uint64_t assay_source_offset(const struct assay_source *s)
{
    return s->offset;
}
