/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

char *assay_text_join(const char *folder, const char *name)
{
    const size_t size = strlen(folder) + strlen(name) + 2;
    char *path = malloc(size);
    if (path)
        snprintf(path, size, "%s/%s", folder, name);
    return path;
}

static enum assay_status read_stream(FILE *stream, const char *path,
                                     size_t limit, char **text, size_t *size)
{
    struct stat facts;
    if (fstat(fileno(stream), &facts) != 0)
        return assay_fail(ASSAY_IO, "%s: %s", path, strerror(errno));
    if (!S_ISREG(facts.st_mode))
        return assay_fail(ASSAY_INVALID, "%s: not a regular file", path);
    if ((unsigned long long)facts.st_size > limit)
        return assay_fail(ASSAY_INVALID, "%s: %lld bytes; at most %zu are read",
                          path, (long long)facts.st_size, limit);
    const size_t room = (size_t)facts.st_size;
    char *bytes = malloc(room + 1);
    if (!bytes)
        return assay_fail(ASSAY_NOMEM, "%s: no memory for %zu bytes", path,
                          room);
    const size_t got = fread(bytes, 1, room, stream);
    if (ferror(stream)) {
        const int error = errno;
        free(bytes);
        return assay_fail(ASSAY_IO, "%s: %s", path, strerror(error));
    }
    bytes[got] = '\0';
    *text = bytes;
    *size = got;
    return ASSAY_OK;
}

enum assay_status assay_text_read(const char *path, size_t limit, char **text,
                                  size_t *size)
{
    /* Not to hang on a pipe: what it is stands before it is opened. */
    struct stat facts;
    if (stat(path, &facts) != 0)
        return assay_fail(errno == ENOENT || errno == ENOTDIR ? ASSAY_INVALID
                                                              : ASSAY_IO,
                          "%s: %s", path, strerror(errno));
    if (!S_ISREG(facts.st_mode))
        return assay_fail(ASSAY_INVALID, "%s: not a regular file", path);
    FILE *stream = fopen(path, "rbe");
    if (!stream)
        return assay_fail(ASSAY_IO, "%s: %s", path, strerror(errno));
    const enum assay_status status =
        read_stream(stream, path, limit, text, size);
    fclose(stream);
    return status;
}
