/* SPDX-License-Identifier: Apache-2.0 */
#include "backends/cpu/cpu.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum assay_status assay_cpu_buf_create(struct assay_device *device,
                                       size_t bytes,
                                       struct assay_buffer **buffer)
{
    /* Linux promises more memory than it has; refuse here what would end the
     * process later. */
    const uint64_t memory = device->info.memory_bytes;
    if (memory && bytes > memory - device->allocated_bytes)
        return assay_fail(ASSAY_NOMEM,
                          "cpu: no %zu bytes beside %zu: the memory is "
                          "%" PRIu64,
                          bytes, device->allocated_bytes, memory);
    struct assay_cpu_buffer *created = calloc(1, sizeof *created);
    if (created)
        created->bytes = assay_cpu_alloc(bytes);
    if (!created || !created->bytes) {
        free(created);
        return assay_fail(ASSAY_NOMEM, "cpu: no memory for %zu bytes", bytes);
    }
    *buffer = &created->shared;
    return ASSAY_OK;
}

void assay_cpu_buf_destroy(struct assay_buffer *buffer)
{
    struct assay_cpu_buffer *b = (struct assay_cpu_buffer *)buffer;
    assay_cpu_free(b->bytes);
    free(b);
}

enum assay_status assay_cpu_buf_write(struct assay_buffer *buffer,
                                      size_t offset, const void *from,
                                      size_t bytes)
{
    memcpy(((struct assay_cpu_buffer *)buffer)->bytes + offset, from, bytes);
    return ASSAY_OK;
}

enum assay_status assay_cpu_buf_read(struct assay_buffer *buffer, size_t offset,
                                     void *to, size_t bytes)
{
    memcpy(to, ((struct assay_cpu_buffer *)buffer)->bytes + offset, bytes);
    return ASSAY_OK;
}
