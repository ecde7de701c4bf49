/* SPDX-License-Identifier: Apache-2.0
 *
 * Features beyond Vulkan 1.1's that rows may need: asked for where the driver
 * has them, told as ASSAY_HAS_* bits.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static const char *const wanted[VULKAN_EXTENSIONS] = {
    VK_KHR_8BIT_STORAGE_EXTENSION_NAME,
    VK_KHR_SHADER_FLOAT16_INT8_EXTENSION_NAME,
    VK_KHR_SHADER_INTEGER_DOT_PRODUCT_EXTENSION_NAME,
};

bool assay_vulkan_has_extension(VkPhysicalDevice physical, const char *name)
{
    uint32_t count = 0;
    bool found = false;
    if (vkEnumerateDeviceExtensionProperties(physical, NULL, &count, NULL) < 0)
        return false;
    VkExtensionProperties *list = calloc(count ? count : 1, sizeof *list);
    if (list &&
        vkEnumerateDeviceExtensionProperties(physical, NULL, &count, list) >= 0)
        for (uint32_t i = 0; i < count && !found; i++)
            found = strcmp(list[i].extensionName, name) == 0;
    free(list);
    return found;
}

uint32_t assay_vulkan_extensions(VkPhysicalDevice physical,
                                 const char *names[VULKAN_EXTENSIONS])
{
    uint32_t n = 0;
    for (size_t i = 0; i < VULKAN_EXTENSIONS && wanted[i]; i++)
        if (assay_vulkan_has_extension(physical, wanted[i]))
            names[n++] = wanted[i];
    return n;
}

/* A structure stands in the chain only if its extension is there. */
static void chain(struct vulkan_features *f, VkPhysicalDevice physical)
{
    void **end = &f->all.pNext;
    memset(f, 0, sizeof *f);
    f->all.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
    f->storage16.sType =
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_16BIT_STORAGE_FEATURES;
    f->storage8.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_8BIT_STORAGE_FEATURES;
    f->arithmetic.sType =
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_FLOAT16_INT8_FEATURES;
    f->dot.sType =
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_FEATURES;
    *end = &f->storage16; /* of Vulkan 1.1 */
    end = &f->storage16.pNext;
    if (assay_vulkan_has_extension(physical, wanted[0])) {
        *end = &f->storage8;
        end = &f->storage8.pNext;
    }
    if (assay_vulkan_has_extension(physical, wanted[1])) {
        *end = &f->arithmetic;
        end = &f->arithmetic.pNext;
    }
    if (assay_vulkan_has_extension(physical, wanted[2]))
        *end = &f->dot;
}

unsigned assay_vulkan_features(VkPhysicalDevice physical,
                               struct vulkan_features *f)
{
    chain(f, physical);
    vkGetPhysicalDeviceFeatures2(physical, &f->all);
    const VkBool32 int16 = f->all.features.shaderInt16;
    const VkBool32 int64 = f->all.features.shaderInt64;
    const VkBool32 storage16 = f->storage16.storageBuffer16BitAccess;
    const VkBool32 storage8 = f->storage8.storageBuffer8BitAccess;
    /* Only what rows may use: the rest would cost, robustness above all. */
    memset(&f->all.features, 0, sizeof f->all.features);
    f->all.features.shaderInt16 = int16;
    f->all.features.shaderInt64 = int64;
    f->storage16.uniformAndStorageBuffer16BitAccess = VK_FALSE;
    f->storage16.storagePushConstant16 = VK_FALSE;
    f->storage16.storageInputOutput16 = VK_FALSE;
    f->storage8.uniformAndStorageBuffer8BitAccess = VK_FALSE;
    f->storage8.storagePushConstant8 = VK_FALSE;
    unsigned has = 0;
    if (storage8 && f->arithmetic.shaderInt8)
        has |= ASSAY_HAS_STORAGE8;
    if (storage16 && int16)
        has |= ASSAY_HAS_STORAGE16;
    if (storage16 && f->arithmetic.shaderFloat16)
        has |= ASSAY_HAS_F16;
    if (f->dot.shaderIntegerDotProduct)
        has |= ASSAY_HAS_INT_DOT;
    return has;
}
