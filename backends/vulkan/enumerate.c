/* SPDX-License-Identifier: Apache-2.0
 *
 * The physical devices, and what each one is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum { MAX_DEVICES = 32, MAX_FAMILIES = 64 };

/* A queue family for compute, one with a clock before one without. */
static bool find_family(VkPhysicalDevice physical, uint32_t *family,
                        uint32_t *timestamp_bits)
{
    VkQueueFamilyProperties families[MAX_FAMILIES];
    uint32_t count = MAX_FAMILIES;
    bool found = false;
    vkGetPhysicalDeviceQueueFamilyProperties(physical, &count, families);
    for (uint32_t i = 0; i < count; i++) {
        if (!(families[i].queueFlags & VK_QUEUE_COMPUTE_BIT) ||
            families[i].queueCount == 0)
            continue;
        if (found && (*timestamp_bits || !families[i].timestampValidBits))
            continue;
        *family = i;
        *timestamp_bits = families[i].timestampValidBits;
        found = true;
    }
    return found;
}

static const char *type_name(VkPhysicalDeviceType type)
{
    switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_CPU:
        return "cpu";
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
        return "integrated";
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
        return "discrete";
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
        return "virtual";
    default:
        return "other";
    }
}

static void describe_driver(const struct vulkan_device *device,
                            struct assay_device_info *info,
                            const VkPhysicalDeviceDriverProperties *driver)
{
    if (driver->driverName[0])
        snprintf(info->driver, sizeof info->driver, "%.60s %.60s",
                 driver->driverName, driver->driverInfo);
    else
        snprintf(info->driver, sizeof info->driver, "vendor 0x%x version 0x%x",
                 device->properties.vendorID, device->properties.driverVersion);
}

static void describe_memory(struct vulkan_device *device)
{
    vkGetPhysicalDeviceMemoryProperties(device->physical, &device->memory);
    for (uint32_t i = 0; i < device->memory.memoryHeapCount; i++)
        if (device->memory.memoryHeaps[i].flags &
            VK_MEMORY_HEAP_DEVICE_LOCAL_BIT)
            device->base.info.memory_bytes +=
                device->memory.memoryHeaps[i].size;
}

static void describe(struct vulkan_device *device, unsigned index)
{
    VkPhysicalDeviceDriverProperties driver = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES};
    VkPhysicalDeviceSubgroupProperties subgroup = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES};
    VkPhysicalDeviceMaintenance3Properties limits = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES,
        .pNext = &subgroup};
    VkPhysicalDeviceProperties2 all = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
        .pNext = &limits};
    if (assay_vulkan_has_extension(device->physical,
                                   VK_KHR_DRIVER_PROPERTIES_EXTENSION_NAME))
        subgroup.pNext = &driver;
    vkGetPhysicalDeviceProperties2(device->physical, &all);
    device->properties = all.properties;
    device->max_allocation = limits.maxMemoryAllocationSize;
    device->subgroup = subgroup.supportedStages & VK_SHADER_STAGE_COMPUTE_BIT
                           ? subgroup.supportedOperations
                           : 0;

    struct assay_device_info *info = &device->base.info;
    const VkPhysicalDeviceProperties *p = &device->properties;
    memset(info, 0, sizeof *info);
    snprintf(info->target, sizeof info->target, "vulkan:%u", index);
    snprintf(info->name, sizeof info->name, "%.127s", p->deviceName);
    snprintf(info->type, sizeof info->type, "%s", type_name(p->deviceType));
    describe_driver(device, info, &driver);
    describe_memory(device);
    info->api = ASSAY_API_VULKAN;
    info->device_class = p->deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU
                             ? ASSAY_CLASS_CPU
                             : ASSAY_CLASS_GPU;
    info->max_buffer_bytes = limits.maxMemoryAllocationSize;
    info->subgroup_size = subgroup.subgroupSize;
    info->view_align = 16; /* vec4 */
    if (info->view_align < p->limits.minStorageBufferOffsetAlignment)
        info->view_align = p->limits.minStorageBufferOffsetAlignment;
    struct vulkan_features features;
    info->isa = assay_vulkan_features(device->physical, &features);
    info->device_time =
        device->timestamp_bits > 0 && p->limits.timestampPeriod > 0;
}

/* The devices that serve, at most MAX_DEVICES; *passed counts the others. */
static enum assay_status list(VkInstance instance, VkPhysicalDevice *devices,
                              uint32_t *count, uint32_t *passed)
{
    VkPhysicalDevice all[MAX_DEVICES];
    uint32_t n = MAX_DEVICES;
    *count = *passed = 0;
    VkResult result = vkEnumeratePhysicalDevices(instance, &n, all);
    if (result == VK_ERROR_INITIALIZATION_FAILED)
        return ASSAY_OK; /* how some drivers say that there is none */
    if (result < 0)
        return assay_vulkan_fail(NULL, result, "list the devices");
    for (uint32_t i = 0; i < n; i++) {
        VkPhysicalDeviceProperties properties;
        uint32_t family, bits;
        vkGetPhysicalDeviceProperties(all[i], &properties);
        if (properties.apiVersion >= VK_API_VERSION_1_1 &&
            find_family(all[i], &family, &bits))
            devices[(*count)++] = all[i];
        else
            ++*passed;
    }
    return ASSAY_OK;
}

static void select_device(struct vulkan_device *device,
                          VkPhysicalDevice physical, unsigned index)
{
    device->physical = physical;
    find_family(physical, &device->family, &device->timestamp_bits);
    describe(device, index);
}

enum assay_status assay_vulkan_enumerate(struct assay_device_info *infos,
                                         size_t capacity, size_t *count)
{
    VkInstance instance;
    VkPhysicalDevice devices[MAX_DEVICES];
    uint32_t n, passed;
    *count = 0;
    enum assay_status status = assay_vulkan_instance_get(false, &instance);
    if (status == ASSAY_UNSUPPORTED)
        return ASSAY_OK; /* the message says why there is none */
    if (status != ASSAY_OK)
        return status;
    status = list(instance, devices, &n, &passed);
    if (status == ASSAY_OK) {
        for (uint32_t i = 0; i < n && i < capacity; i++) {
            struct vulkan_device device = {.physical = devices[i]};
            select_device(&device, devices[i], i);
            infos[i] = device.base.info;
        }
        *count = n;
        if (n == 0 && passed)
            assay_fail(ASSAY_UNSUPPORTED,
                       "vulkan: %u devices, none with Vulkan 1.1 and a queue "
                       "for compute",
                       (unsigned)passed);
        else if (n == 0)
            assay_fail(ASSAY_UNSUPPORTED,
                       "vulkan: the installed drivers find no device");
    }
    return status;
}

enum assay_status assay_vulkan_find(struct vulkan_device *device,
                                    unsigned index)
{
    VkPhysicalDevice devices[MAX_DEVICES];
    uint32_t n, passed;
    enum assay_status status = list(device->instance, devices, &n, &passed);
    if (status != ASSAY_OK)
        return status;
    if (index >= n)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "vulkan:%u: no such device, %u found", index,
                          (unsigned)n);
    select_device(device, devices[index], index);
    return ASSAY_OK;
}
