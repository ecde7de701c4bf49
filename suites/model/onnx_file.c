/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "suites/model/onnx.h"
#include "suites/model/ports.h"
#include "suites/model/wire.h"

static enum assay_status read_open(int file, const char *path, uint8_t **bytes,
                                   size_t *size)
{
    struct stat stat;
    if (fstat(file, &stat) != 0)
        return assay_fail(ASSAY_IO, "%s: %s", path, strerror(errno));
    if (!S_ISREG(stat.st_mode))
        return assay_fail(ASSAY_INVALID,
                          "%s: not a regular file; name an ONNX "
                          "file",
                          path);
    if (stat.st_size == 0)
        return assay_fail(ASSAY_INVALID, "%s: the file is empty", path);
    if ((uintmax_t)stat.st_size > ASSAY_FILE_MAX)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s: %jd bytes; at most %zu are supported", path,
                          (intmax_t)stat.st_size, ASSAY_FILE_MAX);
    *size = (size_t)stat.st_size;
    *bytes = malloc(*size);
    if (!*bytes)
        return assay_fail(ASSAY_NOMEM, "%s: no %zu bytes", path, *size);
    for (size_t at = 0; at < *size;) {
        ssize_t n = read(file, *bytes + at, *size - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return assay_fail(ASSAY_IO, "%s: byte %zu: %s", path, at,
                              n < 0 ? strerror(errno)
                                    : "the file became shorter");
        at += (size_t)n;
    }
    return ASSAY_OK;
}

/* O_NONBLOCK, so that a pipe by that name is refused and not waited for. */
enum assay_status assay_onnx_read_file(const char *path, uint8_t **bytes,
                                       size_t *size)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return assay_fail(ASSAY_INVALID, "%s: %s; name a readable ONNX file",
                          path, strerror(errno));
    enum assay_status status = read_open(file, path, bytes, size);
    close(file);
    return status;
}

enum assay_status assay_tensor_load(const char *path,
                                    struct assay_region *region,
                                    struct assay_tensor *tensor)
{
    uint8_t *bytes = NULL;
    size_t size = 0, memory;
    Onnx__TensorProto *proto = NULL;
    enum assay_status status = assay_onnx_read_file(path, &bytes, &size);
    if (!status)
        status = assay_wire_check(path, &onnx__tensor_proto__descriptor, bytes,
                                  size, &memory);
    if (!status && memory > region->budget)
        status = assay_fail(ASSAY_UNSUPPORTED,
                            "%s: unpacking %zu bytes may take %zu, more than "
                            "%zu",
                            path, size, memory, region->budget);
    if (!status && !(proto = onnx__tensor_proto__unpack(NULL, size, bytes)))
        status =
            assay_fail(ASSAY_INVALID, "%s: not a valid tensor message", path);
    if (!status)
        status =
            assay_onnx_tensor(region, path, "the tensor", proto, true, tensor);
    if (proto)
        onnx__tensor_proto__free_unpacked(proto, NULL);
    free(bytes);
    return status;
}
