/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening and closing a device, and the backend's table.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "vulkan.h"

/* Pieces that a copy through the staging buffer is cut into. */
#define STAGING_BYTES ((size_t)4 << 20)
/* Where nothing is copied, the buffer only stands in for views. */
#define STAND_IN_BYTES ((size_t)256)

static enum assay_status create_device(struct vulkan_device *d)
{
    const float priority = 1;
    const VkDeviceQueueCreateInfo queue = {
        .sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
        .queueFamilyIndex = d->family,
        .queueCount = 1,
        .pQueuePriorities = &priority};
    /* What the device can do of what rows may need. */
    struct vulkan_features features;
    const char *extensions[VULKAN_EXTENSIONS];
    assay_vulkan_features(d->physical, &features);
    const VkDeviceCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
        .pNext = &features.all,
        .queueCreateInfoCount = 1,
        .pQueueCreateInfos = &queue,
        .enabledExtensionCount =
            assay_vulkan_extensions(d->physical, extensions),
        .ppEnabledExtensionNames = extensions};
    VkResult result = vkCreateDevice(d->physical, &info, NULL, &d->handle);
    if (result != VK_SUCCESS)
        return assay_vulkan_fail(d, result, "create the device");
    volkLoadDeviceTable(&d->vk, d->handle);
    d->vk.vkGetDeviceQueue(d->handle, d->family, 0, &d->queue);
    return ASSAY_OK;
}

static enum assay_status create_queue(struct vulkan_device *d)
{
    const VkCommandPoolCreateInfo pool = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
        .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
        .queueFamilyIndex = d->family};
    const VkFenceCreateInfo fence = {.sType =
                                         VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    VkResult result =
        d->vk.vkCreateCommandPool(d->handle, &pool, NULL, &d->pool);
    for (int i = 0; i < VULKAN_FENCES && result == VK_SUCCESS; i++)
        result = d->vk.vkCreateFence(d->handle, &fence, NULL, &d->fences[i]);
    if (result != VK_SUCCESS)
        return assay_vulkan_fail(d, result, "prepare the queue");
    return ASSAY_OK;
}

static bool memory_is_mapped(const struct vulkan_device *d)
{
    const char *staged = getenv("ASSAY_VULKAN_STAGED");
    if (staged && strcmp(staged, "1") == 0)
        return false;
    return d->properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU ||
           d->properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU;
}

static void destroy(struct vulkan_device *d)
{
    /* What the device still works on must not be destroyed: it is left. */
    if (d->handle && !d->lost &&
        assay_vulkan_wait(d, VULKAN_PATIENCE_NS) != ASSAY_OK && !d->lost)
        return;
    if (d->handle) {
        assay_vulkan_pipelines_destroy(d);
        assay_vulkan_cache_close(d);
        assay_vulkan_recording_destroy(d, &d->transfer);
        assay_vulkan_memory_destroy(d, &d->staging);
        for (int i = 0; i < VULKAN_FENCES; i++)
            d->vk.vkDestroyFence(d->handle, d->fences[i], NULL);
        d->vk.vkDestroyCommandPool(d->handle, d->pool, NULL);
        d->vk.vkDestroyDevice(d->handle, NULL);
    }
    free(d);
}

static enum assay_status open_device(const struct assay_open *request,
                                     struct assay_device **device)
{
    struct vulkan_device *d = calloc(1, sizeof *d);
    if (!d)
        return assay_fail(ASSAY_NOMEM, "vulkan:%u: no memory to open it",
                          request->index);
    enum assay_status status =
        assay_vulkan_instance_get(request->debug, &d->instance);
    if (status == ASSAY_OK)
        status = assay_vulkan_find(d, request->index);
    if (status == ASSAY_OK)
        status = create_device(d);
    if (status == ASSAY_OK)
        status = create_queue(d);
    if (status != ASSAY_OK)
        goto fail;
    d->staged = !memory_is_mapped(d);
    status = assay_vulkan_memory_create(
        d, d->staged ? STAGING_BYTES : STAND_IN_BYTES, true, &d->staging);
    if (status == ASSAY_OK)
        status = assay_vulkan_recording_create(d, false, &d->transfer);
    if (status == ASSAY_OK)
        status = assay_vulkan_cache_open(d);
    if (status != ASSAY_OK)
        goto fail;
    d->base.threads = 1;
    *device = &d->base;
    return ASSAY_OK;
fail:
    destroy(d);
    return status;
}

static void close_device(struct assay_device *device)
{
    destroy((struct vulkan_device *)device);
}

const struct assay_backend assay_backend_vulkan = {
    .name = "vulkan",
    .api = ASSAY_API_VULKAN,
    .enumerate = assay_vulkan_enumerate,
    .open = open_device,
    .close = close_device,
    .buf_create = assay_vulkan_buf_create,
    .buf_destroy = assay_vulkan_buf_destroy,
    .buf_write = assay_vulkan_buf_write,
    .buf_read = assay_vulkan_buf_read,
    .kernel_create = assay_vulkan_kernel_create,
    .kernel_destroy = assay_vulkan_kernel_destroy,
    .run = assay_vulkan_run,
    .finish = assay_vulkan_finish,
    .elapsed_ns = assay_vulkan_elapsed_ns,
};
