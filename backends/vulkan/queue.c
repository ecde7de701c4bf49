/* SPDX-License-Identifier: Apache-2.0
 *
 * Submitting recordings and waiting for them. Submissions are numbered; number
 * i signals fence i modulo VULKAN_FENCES. Those from `finished` to `submitted`
 * are in flight.
 */
#include <math.h>
#include <string.h>

#include "internal.h"

enum assay_status
assay_vulkan_recording_create(struct vulkan_device *d, bool timed,
                              struct vulkan_recording *recording)
{
    const VkCommandBufferAllocateInfo commands = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = d->pool,
        .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 1};
    const VkQueryPoolCreateInfo queries = {
        .sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO,
        .queryType = VK_QUERY_TYPE_TIMESTAMP,
        .queryCount = 2};
    memset(recording, 0, sizeof *recording);
    VkResult result = d->vk.vkAllocateCommandBuffers(d->handle, &commands,
                                                     &recording->commands);
    if (result == VK_SUCCESS && timed && d->base.info.device_time)
        result = d->vk.vkCreateQueryPool(d->handle, &queries, NULL,
                                         &recording->queries);
    if (result != VK_SUCCESS) {
        assay_vulkan_recording_destroy(d, recording);
        return assay_vulkan_fail(d, result, "allocate a command buffer");
    }
    return ASSAY_OK;
}

void assay_vulkan_recording_destroy(struct vulkan_device *d,
                                    struct vulkan_recording *recording)
{
    if (d->newest == recording)
        d->newest = NULL;
    if (recording->commands)
        d->vk.vkFreeCommandBuffers(d->handle, d->pool, 1, &recording->commands);
    d->vk.vkDestroyQueryPool(d->handle, recording->queries, NULL);
    memset(recording, 0, sizeof *recording);
}

static void barrier(struct vulkan_device *d, VkCommandBuffer commands,
                    VkPipelineStageFlags to, VkAccessFlags access)
{
    const VkMemoryBarrier memory = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                    .srcAccessMask =
                                        VK_ACCESS_SHADER_WRITE_BIT |
                                        VK_ACCESS_TRANSFER_WRITE_BIT,
                                    .dstAccessMask = access};
    d->vk.vkCmdPipelineBarrier(commands,
                               VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT |
                                   VK_PIPELINE_STAGE_TRANSFER_BIT,
                               to, 0, 1, &memory, 0, NULL, 0, NULL);
}

void assay_vulkan_barrier(struct vulkan_device *d, VkCommandBuffer commands)
{
    barrier(d, commands,
            VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT |
                VK_PIPELINE_STAGE_TRANSFER_BIT,
            VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT |
                VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT);
}

enum assay_status assay_vulkan_begin(struct vulkan_device *d,
                                     struct vulkan_recording *recording)
{
    const VkCommandBufferBeginInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
        .flags = VK_COMMAND_BUFFER_USAGE_SIMULTANEOUS_USE_BIT};
    VkResult result = d->vk.vkBeginCommandBuffer(recording->commands, &info);
    if (result != VK_SUCCESS)
        return assay_vulkan_fail(d, result, "begin a command buffer");
    if (recording->queries) {
        d->vk.vkCmdResetQueryPool(recording->commands, recording->queries, 0,
                                  2);
        d->vk.vkCmdWriteTimestamp(recording->commands,
                                  VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT,
                                  recording->queries, 0);
    }
    assay_vulkan_barrier(d, recording->commands);
    return ASSAY_OK;
}

enum assay_status assay_vulkan_end(struct vulkan_device *d,
                                   struct vulkan_recording *recording)
{
    barrier(d, recording->commands, VK_PIPELINE_STAGE_HOST_BIT,
            VK_ACCESS_HOST_READ_BIT);
    if (recording->queries)
        d->vk.vkCmdWriteTimestamp(recording->commands,
                                  VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT,
                                  recording->queries, 1);
    VkResult result = d->vk.vkEndCommandBuffer(recording->commands);
    if (result != VK_SUCCESS)
        return assay_vulkan_fail(d, result, "end a command buffer");
    return ASSAY_OK;
}

enum assay_status assay_vulkan_submit(struct vulkan_device *d,
                                      struct vulkan_recording *recording)
{
    if (d->lost)
        return assay_vulkan_fail(d, VK_ERROR_DEVICE_LOST, "run");
    if (d->submitted - d->finished == VULKAN_FENCES) {
        enum assay_status status = assay_vulkan_wait(d, VULKAN_PATIENCE_NS);
        if (status != ASSAY_OK)
            return status;
    }
    const VkSubmitInfo info = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                               .commandBufferCount = 1,
                               .pCommandBuffers = &recording->commands};
    VkResult result = d->vk.vkQueueSubmit(
        d->queue, 1, &info, d->fences[d->submitted % VULKAN_FENCES]);
    if (result != VK_SUCCESS)
        return assay_vulkan_fail(d, result, "submit");
    recording->submitted = ++d->submitted;
    if (recording != &d->transfer)
        d->newest = recording;
    return ASSAY_OK;
}

/* Read the newest run's clock while its queries are sure to be its own. */
static enum assay_status read_clock(struct vulkan_device *d)
{
    uint64_t ticks[2];
    if (!d->newest || !d->newest->queries)
        return ASSAY_OK;
    VkResult result = d->vk.vkGetQueryPoolResults(
        d->handle, d->newest->queries, 0, 2, sizeof ticks, ticks, sizeof *ticks,
        VK_QUERY_RESULT_64_BIT);
    if (result != VK_SUCCESS)
        return assay_vulkan_fail(d, result, "read the timestamps");
    const uint64_t mask = d->timestamp_bits < 64
                              ? (UINT64_C(1) << d->timestamp_bits) - 1
                              : UINT64_MAX;
    const uint64_t passed = (ticks[1] - ticks[0]) & mask;
    d->elapsed_ns = (uint64_t)llround(
        (double)passed * (double)d->properties.limits.timestampPeriod);
    d->timed = true;
    d->newest = NULL;
    return ASSAY_OK;
}

enum assay_status assay_vulkan_wait(struct vulkan_device *d,
                                    uint64_t timeout_ns)
{
    VkFence pending[VULKAN_FENCES];
    uint32_t n = 0;
    if (d->lost)
        return assay_vulkan_fail(d, VK_ERROR_DEVICE_LOST, "wait");
    for (uint64_t i = d->finished; i < d->submitted; i++)
        pending[n++] = d->fences[i % VULKAN_FENCES];
    if (n == 0)
        return ASSAY_OK;
    VkResult result =
        d->vk.vkWaitForFences(d->handle, n, pending, VK_TRUE, timeout_ns);
    if (result == VK_TIMEOUT)
        return assay_fail(ASSAY_DEVICE, "%s: timed out after %.3f s",
                          d->base.info.target, (double)timeout_ns * 1e-9);
    if (result == VK_SUCCESS)
        result = d->vk.vkResetFences(d->handle, n, pending);
    if (result != VK_SUCCESS)
        return assay_vulkan_fail(d, result, "wait");
    d->finished = d->submitted;
    return read_clock(d);
}

enum assay_status assay_vulkan_finish(struct assay_device *device,
                                      uint64_t timeout_ns)
{
    return assay_vulkan_wait((struct vulkan_device *)device, timeout_ns);
}

enum assay_status assay_vulkan_elapsed_ns(struct assay_device *device,
                                          uint64_t *nanoseconds)
{
    const struct vulkan_device *d = (const struct vulkan_device *)device;
    if (!device->info.device_time)
        return assay_fail(ASSAY_UNSUPPORTED, "%s: the queue has no timestamps",
                          device->info.target);
    if (!d->timed)
        return assay_fail(ASSAY_INVALID, "%s: no run has finished yet",
                          device->info.target);
    *nanoseconds = d->elapsed_ns;
    return ASSAY_OK;
}
