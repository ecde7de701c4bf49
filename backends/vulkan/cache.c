/* SPDX-License-Identifier: Apache-2.0
 *
 * The driver's pipeline cache on disk. The file is a header of our own (magic,
 * size, hash of what follows) and the driver's data: a driver need not survive
 * data that were cut or altered, so such a file is not given to it. A cache
 * that fails costs time only; nothing is reported.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

#define MAGIC UINT64_C(0x31656863616b7661) /* "avkache1" */
/* More than any driver keeps of our shaders; a greater size is a fault. */
#define MAX_BYTES ((size_t)64 << 20)
/* A driver that caches nothing still writes Vulkan's own header. */
#define EMPTY_BYTES ((size_t)32)

struct header {
    uint64_t magic, bytes, hash;
};

/* FNV-1a, 64 bits. */
static uint64_t hash_of(const unsigned char *bytes, size_t n)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* The cache's folder, made if need be; false if there is none to be had. */
static bool folder(char *path, size_t size)
{
    const char *base = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    char parent[3072];
    int n;
    if (base && base[0] == '/')
        n = snprintf(parent, sizeof parent, "%s", base);
    else if (home && home[0] == '/')
        n = snprintf(parent, sizeof parent, "%s/.cache", home);
    else
        return false;
    if (n < 0 || (size_t)n >= sizeof parent)
        return false;
    n = snprintf(path, size, "%s/assay", parent);
    if (n < 0 || (size_t)n >= size)
        return false;
    return (mkdir(parent, 0700) == 0 || errno == EEXIST) &&
           (mkdir(path, 0700) == 0 || errno == EEXIST);
}

static bool file_name(const struct vulkan_device *d, char *path, size_t size)
{
    char parent[3584], uuid[2 * VK_UUID_SIZE + 1];
    if (!folder(parent, sizeof parent))
        return false;
    for (unsigned i = 0; i < VK_UUID_SIZE; i++)
        snprintf(uuid + 2 * i, 3, "%02x", d->properties.pipelineCacheUUID[i]);
    int n = snprintf(path, size, "%s/vulkan-%x-%x-%x-%s", parent,
                     d->properties.vendorID, d->properties.deviceID,
                     d->properties.driverVersion, uuid);
    return n > 0 && (size_t)n < size;
}

/* The driver's data of the file, or NULL; the caller frees them. */
static unsigned char *load(const char *path, size_t *bytes)
{
    struct header header;
    unsigned char *data = NULL;
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    if (fread(&header, sizeof header, 1, file) == 1 && header.magic == MAGIC &&
        header.bytes > 0 && header.bytes <= MAX_BYTES)
        data = malloc(header.bytes);
    if (data && (fread(data, 1, header.bytes, file) != header.bytes ||
                 hash_of(data, header.bytes) != header.hash)) {
        free(data);
        data = NULL;
    }
    fclose(file);
    if (data)
        *bytes = header.bytes;
    return data;
}

/* Under a name of its own first, so that no reader sees a part. */
static void save(const char *path, const unsigned char *data, size_t bytes,
                 uint64_t hash)
{
    const struct header header = {MAGIC, bytes, hash};
    char part[4160];
    int n = snprintf(part, sizeof part, "%s.XXXXXX", path);
    if (n < 0 || (size_t)n >= sizeof part)
        return;
    int fd = mkstemp(part);
    if (fd < 0)
        return;
    FILE *file = fdopen(fd, "wb");
    if (!file) {
        close(fd);
        unlink(part);
        return;
    }
    bool ok = fwrite(&header, sizeof header, 1, file) == 1 &&
              fwrite(data, 1, bytes, file) == bytes;
    ok = fclose(file) == 0 && ok;
    if (!ok || rename(part, path) != 0)
        unlink(part);
}

enum assay_status assay_vulkan_cache_open(struct vulkan_device *d)
{
    char path[4096];
    size_t bytes = 0;
    unsigned char *data = NULL;
    if (file_name(d, path, sizeof path))
        data = load(path, &bytes);
    if (data)
        d->cache_hash = hash_of(data, bytes);
    const VkPipelineCacheCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO,
        .initialDataSize = bytes,
        .pInitialData = data};
    VkResult result =
        d->vk.vkCreatePipelineCache(d->handle, &info, NULL, &d->cache);
    free(data);
    if (result != VK_SUCCESS)
        return assay_vulkan_fail(d, result, "create the pipeline cache");
    return ASSAY_OK;
}

void assay_vulkan_cache_close(struct vulkan_device *d)
{
    char path[4096];
    size_t bytes = 0;
    unsigned char *data = NULL;
    if (!d->cache)
        return;
    if (!d->lost &&
        d->vk.vkGetPipelineCacheData(d->handle, d->cache, &bytes, NULL) ==
            VK_SUCCESS &&
        bytes > EMPTY_BYTES && bytes <= MAX_BYTES)
        data = malloc(bytes);
    if (data && d->vk.vkGetPipelineCacheData(d->handle, d->cache, &bytes,
                                             data) == VK_SUCCESS) {
        const uint64_t hash = hash_of(data, bytes);
        if (hash != d->cache_hash && file_name(d, path, sizeof path))
            save(path, data, bytes, hash);
    }
    free(data);
    d->vk.vkDestroyPipelineCache(d->handle, d->cache, NULL);
    d->cache = VK_NULL_HANDLE;
}
