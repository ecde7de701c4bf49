/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "suites/model/compress_work.h"

static bool write_all(int file, const uint8_t *bytes, size_t size)
{
    for (size_t at = 0; at < size;) {
        const ssize_t n = write(file, bytes + at, size - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += (size_t)n;
    }
    return true;
}

/* The rights of a new file, or of the one that is replaced. */
static bool set_mode(int file, const char *path)
{
    struct stat old;
    const mode_t mask = umask(0);
    umask(mask);
    const mode_t mode =
        stat(path, &old) == 0 ? old.st_mode & 0777 : 0666 & ~mask;
    return fchmod(file, mode) == 0;
}

static bool sync_folder(int folder)
{
    /* Some file systems cannot sync a folder, and say so. */
    return fsync(folder) == 0 || errno == EINVAL;
}

/* The path of the file that is to be written, behind all links if it is there,
 * to be freed. */
static enum assay_status resolve(const char *path, char **target)
{
    struct stat is;
    if (lstat(path, &is) != 0) {
        *target = strdup(path);
        return *target ? ASSAY_OK
                       : assay_fail(ASSAY_NOMEM, "%s: no memory", path);
    }
    *target = realpath(path, NULL);
    if (!*target)
        return assay_fail(ASSAY_INVALID,
                          "%s: a link that leads nowhere: %s; name a file to "
                          "write",
                          path, strerror(errno));
    if (stat(*target, &is) != 0 || !S_ISREG(is.st_mode))
        return assay_fail(ASSAY_INVALID,
                          "%s: not a regular file; name a file to write", path);
    return ASSAY_OK;
}

/* Opened first, so that what cannot be synced is not written either. */
static enum assay_status open_folder(const char *path, const char *target,
                                     int *folder)
{
    char *copy = strdup(target);
    if (!copy)
        return assay_fail(ASSAY_NOMEM, "%s: no memory", path);
    *folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const int fault = errno;
    free(copy);
    return *folder >= 0
               ? ASSAY_OK
               : assay_fail(ASSAY_IO, "%s: its folder cannot be opened: %s",
                            path, strerror(fault));
}

static enum assay_status fill_file(int file, const char *temporary,
                                   const char *path, const uint8_t *bytes,
                                   size_t size)
{
    bool good = write_all(file, bytes, size) && set_mode(file, path) &&
                fsync(file) == 0;
    const int fault = errno;
    if (close(file) != 0 && good)
        return assay_fail(ASSAY_IO, "%s: %s", temporary, strerror(errno));
    return good ? ASSAY_OK
                : assay_fail(ASSAY_IO, "%s: %s", path, strerror(fault));
}

/* The bytes under a new name, then under that of the target. */
static enum assay_status swap(const char *path, const char *target,
                              const uint8_t *bytes, size_t size)
{
    char *temporary = NULL;
    if (asprintf(&temporary, "%s.XXXXXX", target) < 0)
        return assay_fail(ASSAY_NOMEM, "%s: no memory", path);
    enum assay_status status = ASSAY_OK;
    const int file = mkostemp(temporary, O_CLOEXEC);
    if (file < 0)
        status = assay_fail(ASSAY_IO, "%s: %s", path, strerror(errno));
    else
        status = fill_file(file, temporary, target, bytes, size);
    if (!status && rename(temporary, target) != 0)
        status = assay_fail(ASSAY_IO, "%s: %s", path, strerror(errno));
    if (status && file >= 0)
        unlink(temporary);
    free(temporary);
    return status;
}

enum assay_status assay_replace_file(const char *path, const uint8_t *bytes,
                                     size_t size)
{
    char *target = NULL;
    int folder = -1;
    enum assay_status status = resolve(path, &target);
    if (!status)
        status = open_folder(path, target, &folder);
    if (!status)
        status = swap(path, target, bytes, size);
    if (!status && !sync_folder(folder))
        status = assay_fail(ASSAY_IO,
                            "%s: written, but its folder could not be synced: "
                            "%s",
                            path, strerror(errno));
    if (folder >= 0)
        close(folder);
    free(target);
    return status;
}
