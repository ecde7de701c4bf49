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

static bool sync_folder(const char *folder)
{
    const int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0)
        return false;
    /* Some file systems cannot sync a folder, and say so. */
    const bool synced = fsync(file) == 0 || errno == EINVAL;
    return close(file) == 0 && synced;
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

enum assay_status assay_replace_file(const char *path, const uint8_t *bytes,
                                     size_t size)
{
    struct stat old;
    char *temporary = NULL, *copy = strdup(path);
    if (!copy || asprintf(&temporary, "%s.XXXXXX", path) < 0) {
        free(copy);
        return assay_fail(ASSAY_NOMEM, "%s: no memory", path);
    }
    enum assay_status status = ASSAY_OK;
    int file = -1;
    if (stat(path, &old) == 0 && !S_ISREG(old.st_mode))
        status =
            assay_fail(ASSAY_INVALID,
                       "%s: not a regular file; name a file to write", path);
    else if ((file = mkostemp(temporary, O_CLOEXEC)) < 0)
        status = assay_fail(ASSAY_IO, "%s: %s", path, strerror(errno));
    else
        status = fill_file(file, temporary, path, bytes, size);
    if (!status && rename(temporary, path) != 0)
        status = assay_fail(ASSAY_IO, "%s: %s", path, strerror(errno));
    if (status && file >= 0)
        unlink(temporary);
    if (!status && !sync_folder(dirname(copy)))
        status = assay_fail(ASSAY_IO, "%s: its folder could not be synced: %s",
                            path, strerror(errno));
    free(temporary);
    free(copy);
    return status;
}
