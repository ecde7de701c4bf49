/* SPDX-License-Identifier: Apache-2.0 */
#include "internal.h"

const char *assay_vulkan_result_name(VkResult result)
{
    switch (result) {
#define NAME(x)                                                                \
    case x:                                                                    \
        return #x;
        NAME(VK_SUCCESS)
        NAME(VK_NOT_READY)
        NAME(VK_TIMEOUT)
        NAME(VK_INCOMPLETE)
        NAME(VK_ERROR_OUT_OF_HOST_MEMORY)
        NAME(VK_ERROR_OUT_OF_DEVICE_MEMORY)
        NAME(VK_ERROR_INITIALIZATION_FAILED)
        NAME(VK_ERROR_DEVICE_LOST)
        NAME(VK_ERROR_MEMORY_MAP_FAILED)
        NAME(VK_ERROR_LAYER_NOT_PRESENT)
        NAME(VK_ERROR_EXTENSION_NOT_PRESENT)
        NAME(VK_ERROR_FEATURE_NOT_PRESENT)
        NAME(VK_ERROR_INCOMPATIBLE_DRIVER)
        NAME(VK_ERROR_TOO_MANY_OBJECTS)
        NAME(VK_ERROR_FORMAT_NOT_SUPPORTED)
        NAME(VK_ERROR_FRAGMENTED_POOL)
        NAME(VK_ERROR_UNKNOWN)
        NAME(VK_ERROR_OUT_OF_POOL_MEMORY)
        NAME(VK_ERROR_INVALID_EXTERNAL_HANDLE)
        NAME(VK_ERROR_FRAGMENTATION)
        NAME(VK_ERROR_INVALID_SHADER_NV)
#undef NAME
    default:
        return "an unknown VkResult";
    }
}

static enum assay_status status_of(VkResult result)
{
    switch (result) {
    case VK_ERROR_OUT_OF_HOST_MEMORY:
    case VK_ERROR_OUT_OF_DEVICE_MEMORY:
    case VK_ERROR_OUT_OF_POOL_MEMORY:
    case VK_ERROR_FRAGMENTED_POOL:
    case VK_ERROR_FRAGMENTATION:
    case VK_ERROR_TOO_MANY_OBJECTS:
        return ASSAY_NOMEM;
    default:
        return ASSAY_DEVICE;
    }
}

enum assay_status assay_vulkan_fail(struct vulkan_device *device,
                                    VkResult result, const char *what)
{
    const char *target = device ? device->base.info.target : "vulkan";
    if (result == VK_ERROR_DEVICE_LOST) {
        if (device)
            device->lost = true;
        return assay_fail(ASSAY_DEVICE, "%s: %s: the device is lost (%s)",
                          target, what, assay_vulkan_result_name(result));
    }
    return assay_fail(status_of(result), "%s: %s: %s (%d)", target, what,
                      assay_vulkan_result_name(result), (int)result);
}
