/* SPDX-License-Identifier: Apache-2.0 */
#include "backends/opencl/opencl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct header {
    char magic[8];
    struct assay_opencl_key key;
    uint64_t size;
    uint64_t sum; /* of the binary that follows */
};

static const char magic[8] = {'A', 'S', 'S', 'A', 'Y', 'C', 'L', '1'};

enum { MAX_BINARY = 1 << 28 };

/* FNV-1a, twice with different starts: nobody attacks this cache, and the
 * key's 128 bits keep accidents away. */
void assay_opencl_key_add(struct assay_opencl_key *key, const void *bytes,
                          size_t size)
{
    const unsigned char *b = bytes;
    if (key->words[0] == 0) {
        key->words[0] = 0xcbf29ce484222325u;
        key->words[1] = 0x9e3779b97f4a7c15u;
    }
    for (size_t i = 0; i <= size; i++) {
        /* 256 ends each part, so that two parts cannot run together. */
        const uint64_t v = i < size ? b[i] : 256;
        key->words[0] = (key->words[0] ^ v) * 0x100000001b3u;
        key->words[1] = (key->words[1] ^ v) * 0x100000001b3u;
        key->words[1] ^= key->words[1] >> 29;
    }
}

static uint64_t checksum(const unsigned char *bytes, size_t size)
{
    struct assay_opencl_key key = {{0, 0}};
    assay_opencl_key_add(&key, bytes, size);
    return key.words[1];
}

/* The cache's folder, with a final slash; false if there is no home. */
static bool folder(char *path, size_t size, bool create)
{
    const char *base = getenv("XDG_CACHE_HOME"), *tail = "";
    if (!base || base[0] != '/') {
        base = getenv("HOME");
        tail = "/.cache";
    }
    if (!base || base[0] != '/')
        return false;
    if (create) {
        snprintf(path, size, "%s%s", base, tail);
        if (mkdir(path, 0700) && errno != EEXIST)
            return false;
        snprintf(path, size, "%s%s/assay", base, tail);
        if (mkdir(path, 0700) && errno != EEXIST)
            return false;
    }
    int length = snprintf(path, size, "%s%s/assay/", base, tail);
    return length > 0 && (size_t)length < size;
}

static bool file_name(const struct assay_opencl_key *key, char *path,
                      size_t size, bool create)
{
    char base[3800];
    if (!folder(base, sizeof base, create))
        return false;
    int length = snprintf(path, size, "%s%016llx%016llx.clbin", base,
                          (unsigned long long)key->words[0],
                          (unsigned long long)key->words[1]);
    return length > 0 && (size_t)length < size;
}

static unsigned char *load_body(FILE *file, const struct assay_opencl_key *key,
                                size_t *size)
{
    struct header head;
    if (fread(&head, sizeof head, 1, file) != 1 ||
        memcmp(head.magic, magic, sizeof magic) != 0 ||
        memcmp(&head.key, key, sizeof *key) != 0 || head.size == 0 ||
        head.size > MAX_BINARY)
        return NULL;
    unsigned char *bytes = malloc(head.size);
    if (!bytes)
        return NULL;
    if (fread(bytes, 1, head.size, file) != head.size || fgetc(file) != EOF ||
        checksum(bytes, head.size) != head.sum) {
        free(bytes);
        return NULL;
    }
    *size = head.size;
    return bytes;
}

unsigned char *assay_opencl_cache_load(const struct assay_opencl_key *key,
                                       size_t *size)
{
    char path[4096];
    if (!file_name(key, path, sizeof path, false))
        return NULL;
    FILE *file = fopen(path, "rbe");
    if (!file)
        return NULL;
    unsigned char *bytes = load_body(file, key, size);
    fclose(file);
    return bytes;
}

void assay_opencl_cache_store(const struct assay_opencl_key *key,
                              const unsigned char *bytes, size_t size)
{
    char path[4096], temporary[4096 + 8];
    if (size == 0 || size > MAX_BINARY ||
        !file_name(key, path, sizeof path, true))
        return;
    snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
    int descriptor = mkstemp(temporary);
    if (descriptor < 0)
        return;
    FILE *file = fdopen(descriptor, "wb");
    if (!file) {
        close(descriptor);
        unlink(temporary);
        return;
    }
    struct header head = {.key = *key, .size = size};
    memcpy(head.magic, magic, sizeof magic);
    head.sum = checksum(bytes, size);
    bool good = fwrite(&head, sizeof head, 1, file) == 1;
    good = fwrite(bytes, 1, size, file) == size && good;
    good = fclose(file) == 0 && good;
    /* Readers see the old file, none, or the whole new one. */
    if (!good || rename(temporary, path))
        unlink(temporary);
}
