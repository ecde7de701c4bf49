/* SPDX-License-Identifier: Apache-2.0
 *
 * Device memory. Where the host sees it, buffers stay mapped and a copy is a
 * memcpy; elsewhere it goes through the staging buffer, piece by piece.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* The first memory type of `allowed` with all of `flags`; -1: none. Drivers
 * list the better types first. */
static int find_type(const struct vulkan_device *d, uint32_t allowed,
                     VkMemoryPropertyFlags flags)
{
    for (uint32_t i = 0; i < d->memory.memoryTypeCount; i++)
        if (allowed >> i & 1 &&
            (d->memory.memoryTypes[i].propertyFlags & flags) == flags)
            return (int)i;
    return -1;
}

static int choose_type(const struct vulkan_device *d, uint32_t allowed,
                       bool mapped)
{
    const VkMemoryPropertyFlags host = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
                                       VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    const VkMemoryPropertyFlags local = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;
    const VkMemoryPropertyFlags cached = VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
    const VkMemoryPropertyFlags wishes[] = {
        mapped ? host | local | cached : local, mapped ? host | cached : local,
        mapped ? host : 0};
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++) {
        int type = find_type(d, allowed, wishes[i]);
        if (type >= 0)
            return type;
    }
    return -1;
}

static enum assay_status allocate(struct vulkan_device *d, bool mapped,
                                  struct vulkan_memory *memory)
{
    VkMemoryRequirements need;
    d->vk.vkGetBufferMemoryRequirements(d->handle, memory->buffer, &need);
    const int type = choose_type(d, need.memoryTypeBits, mapped);
    if (type < 0)
        return assay_fail(ASSAY_DEVICE, "%s: no memory type for buffers",
                          d->base.info.target);
    if (need.size > d->max_allocation)
        return assay_fail(ASSAY_NOMEM,
                          "%s: %zu bytes are more than one allocation may have",
                          d->base.info.target, memory->bytes);
    const VkMemoryAllocateInfo info = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
        .allocationSize = need.size,
        .memoryTypeIndex = (uint32_t)type};
    VkResult result =
        d->vk.vkAllocateMemory(d->handle, &info, NULL, &memory->memory);
    if (result == VK_SUCCESS)
        result = d->vk.vkBindBufferMemory(d->handle, memory->buffer,
                                          memory->memory, 0);
    if (result == VK_SUCCESS && mapped) {
        void *address = NULL;
        result = d->vk.vkMapMemory(d->handle, memory->memory, 0, VK_WHOLE_SIZE,
                                   0, &address);
        memory->mapped = address;
    }
    if (result != VK_SUCCESS)
        return assay_vulkan_fail(d, result, "allocate a buffer");
    return ASSAY_OK;
}

enum assay_status assay_vulkan_memory_create(struct vulkan_device *d,
                                             size_t bytes, bool host,
                                             struct vulkan_memory *memory)
{
    memset(memory, 0, sizeof *memory);
    memory->bytes = bytes;
    if (bytes > d->max_allocation)
        return assay_fail(ASSAY_NOMEM,
                          "%s: %zu bytes are more than one allocation may have",
                          d->base.info.target, bytes);
    const VkBufferCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
        .size = bytes,
        .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT |
                 VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                 VK_BUFFER_USAGE_TRANSFER_DST_BIT,
        .sharingMode = VK_SHARING_MODE_EXCLUSIVE};
    VkResult result =
        d->vk.vkCreateBuffer(d->handle, &info, NULL, &memory->buffer);
    if (result != VK_SUCCESS)
        return assay_vulkan_fail(d, result, "create a buffer");
    enum assay_status status = allocate(d, host || !d->staged, memory);
    if (status != ASSAY_OK)
        assay_vulkan_memory_destroy(d, memory);
    return status;
}

void assay_vulkan_memory_destroy(struct vulkan_device *d,
                                 struct vulkan_memory *memory)
{
    d->vk.vkDestroyBuffer(d->handle, memory->buffer, NULL);
    d->vk.vkFreeMemory(d->handle, memory->memory, NULL);
    memset(memory, 0, sizeof *memory);
}

/* Copy a piece between a buffer and the start of the staging buffer. */
static enum assay_status copy_piece(struct vulkan_device *d,
                                    const struct vulkan_memory *memory,
                                    size_t offset, size_t bytes, bool to_device)
{
    enum assay_status status = assay_vulkan_begin(d, &d->transfer);
    if (status != ASSAY_OK)
        return status;
    const VkBufferCopy piece = {.srcOffset = to_device ? 0 : offset,
                                .dstOffset = to_device ? offset : 0,
                                .size = bytes};
    d->vk.vkCmdCopyBuffer(
        d->transfer.commands, to_device ? d->staging.buffer : memory->buffer,
        to_device ? memory->buffer : d->staging.buffer, 1, &piece);
    status = assay_vulkan_end(d, &d->transfer);
    if (status == ASSAY_OK)
        status = assay_vulkan_submit(d, &d->transfer);
    if (status == ASSAY_OK)
        status = assay_vulkan_wait(d, VULKAN_PATIENCE_NS);
    return status;
}

enum assay_status assay_vulkan_memory_write(struct vulkan_device *d,
                                            struct vulkan_memory *memory,
                                            size_t offset, const void *from,
                                            size_t bytes)
{
    const unsigned char *source = from;
    enum assay_status status = assay_vulkan_wait(d, VULKAN_PATIENCE_NS);
    if (status == ASSAY_OK && memory->mapped) {
        memcpy(memory->mapped + offset, source, bytes);
        return ASSAY_OK;
    }
    while (status == ASSAY_OK && bytes) {
        const size_t piece =
            bytes < d->staging.bytes ? bytes : d->staging.bytes;
        memcpy(d->staging.mapped, source, piece);
        status = copy_piece(d, memory, offset, piece, true);
        source += piece;
        offset += piece;
        bytes -= piece;
    }
    return status;
}

static enum assay_status read_memory(struct vulkan_device *d,
                                     const struct vulkan_memory *memory,
                                     size_t offset, void *to, size_t bytes)
{
    unsigned char *target = to;
    enum assay_status status = assay_vulkan_wait(d, VULKAN_PATIENCE_NS);
    if (status == ASSAY_OK && memory->mapped) {
        memcpy(target, memory->mapped + offset, bytes);
        return ASSAY_OK;
    }
    while (status == ASSAY_OK && bytes) {
        const size_t piece =
            bytes < d->staging.bytes ? bytes : d->staging.bytes;
        status = copy_piece(d, memory, offset, piece, false);
        if (status != ASSAY_OK)
            break;
        memcpy(target, d->staging.mapped, piece);
        target += piece;
        offset += piece;
        bytes -= piece;
    }
    return status;
}

enum assay_status assay_vulkan_buf_create(struct assay_device *device,
                                          size_t bytes,
                                          struct assay_buffer **buffer)
{
    struct vulkan_device *d = (struct vulkan_device *)device;
    struct vulkan_buffer *b = calloc(1, sizeof *b);
    if (!b)
        return assay_fail(ASSAY_NOMEM, "%s: no memory for a buffer",
                          device->info.target);
    enum assay_status status =
        assay_vulkan_memory_create(d, bytes, false, &b->memory);
    if (status != ASSAY_OK) {
        free(b);
        return status;
    }
    b->id = ++d->buffers;
    *buffer = &b->base;
    return ASSAY_OK;
}

void assay_vulkan_buf_destroy(struct assay_buffer *buffer)
{
    struct vulkan_device *d = (struct vulkan_device *)buffer->device;
    struct vulkan_buffer *b = (struct vulkan_buffer *)buffer;
    /* Memory that the device may still touch is left to it. */
    if (assay_vulkan_wait(d, VULKAN_PATIENCE_NS) == ASSAY_OK || d->lost)
        assay_vulkan_memory_destroy(d, &b->memory);
    free(b);
}

enum assay_status assay_vulkan_buf_write(struct assay_buffer *buffer,
                                         size_t offset, const void *from,
                                         size_t bytes)
{
    return assay_vulkan_memory_write((struct vulkan_device *)buffer->device,
                                     &((struct vulkan_buffer *)buffer)->memory,
                                     offset, from, bytes);
}

enum assay_status assay_vulkan_buf_read(struct assay_buffer *buffer,
                                        size_t offset, void *to, size_t bytes)
{
    return read_memory((struct vulkan_device *)buffer->device,
                       &((struct vulkan_buffer *)buffer)->memory, offset, to,
                       bytes);
}
