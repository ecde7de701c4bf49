/* SPDX-License-Identifier: Apache-2.0
 *
 * The loader, the instance, and the messenger of the validation layer.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"
#include "vulkan.h"

static const char validation[] = "VK_LAYER_KHRONOS_validation";

static _Atomic uint64_t findings;

struct vulkan_instance {
    VkInstance handle;
    uint32_t version;
    VkDebugUtilsMessengerEXT messenger;
    PFN_vkDestroyDebugUtilsMessengerEXT destroy_messenger;
};

/* Without and with validation. They live as long as the process: a driver that
 * is unloaded and loaded again leaks, and some do not survive it. The lock also
 * guards volk's global functions. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct vulkan_instance instances[2];
static bool loader_open;

uint64_t assay_vulkan_findings(void)
{
    return atomic_load(&findings);
}

static VKAPI_ATTR VkBool32 VKAPI_CALL
report(VkDebugUtilsMessageSeverityFlagBitsEXT severity,
       VkDebugUtilsMessageTypeFlagsEXT types,
       const VkDebugUtilsMessengerCallbackDataEXT *data, void *user)
{
    (void)types;
    (void)user;
    atomic_fetch_add(&findings, 1);
    fprintf(stderr, "vulkan %s: %s\n",
            severity & VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT
                ? "error"
                : "warning",
            data->pMessage ? data->pMessage : "(no text)");
    return VK_FALSE;
}

static enum assay_status open_loader(void)
{
    if (!loader_open)
        loader_open = volkInitialize() == VK_SUCCESS && vkCreateInstance;
    if (!loader_open)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "vulkan: no loader: libvulkan.so.1 was not found "
                          "(Debian: libvulkan1)");
    if (volkGetInstanceVersion() < VK_API_VERSION_1_1)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "vulkan: the loader is older than Vulkan 1.1");
    return ASSAY_OK;
}

static enum assay_status check_layer(void)
{
    VkLayerProperties layers[64];
    uint32_t count = sizeof layers / sizeof *layers;
    VkResult result = vkEnumerateInstanceLayerProperties(&count, layers);
    if (result < 0)
        return assay_vulkan_fail(NULL, result, "list the layers");
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(layers[i].layerName, validation) == 0)
            return ASSAY_OK;
    return assay_fail(ASSAY_UNSUPPORTED,
                      "vulkan: the layer %s is not installed (Debian: "
                      "vulkan-validationlayers)",
                      validation);
}

static enum assay_status
open_messenger(struct vulkan_instance *instance,
               const VkDebugUtilsMessengerCreateInfoEXT *wanted)
{
    const PFN_vkCreateDebugUtilsMessengerEXT create =
        (PFN_vkCreateDebugUtilsMessengerEXT)vkGetInstanceProcAddr(
            instance->handle, "vkCreateDebugUtilsMessengerEXT");
    instance->destroy_messenger =
        (PFN_vkDestroyDebugUtilsMessengerEXT)vkGetInstanceProcAddr(
            instance->handle, "vkDestroyDebugUtilsMessengerEXT");
    if (!create || !instance->destroy_messenger)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "vulkan: the loader lacks VK_EXT_debug_utils");
    VkResult result =
        create(instance->handle, wanted, NULL, &instance->messenger);
    if (result != VK_SUCCESS)
        return assay_vulkan_fail(NULL, result, "create the debug messenger");
    return ASSAY_OK;
}

static VkResult create_instance(struct vulkan_instance *instance, bool debug,
                                VkDebugUtilsMessengerCreateInfoEXT *messenger)
{
    static const VkValidationFeatureEnableEXT more[] = {
        VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT};
    static const char *const layers[] = {validation};
    static const char *const extensions[] = {
        VK_EXT_DEBUG_UTILS_EXTENSION_NAME,
        VK_EXT_VALIDATION_FEATURES_EXTENSION_NAME};
    const VkValidationFeaturesEXT features = {
        .sType = VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT,
        .pNext = messenger,
        .enabledValidationFeatureCount = 1,
        .pEnabledValidationFeatures = more};
    const VkApplicationInfo application = {
        .sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
        .pApplicationName = "assay",
        .apiVersion = instance->version};
    const VkInstanceCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
        .pNext = debug ? &features : NULL,
        .pApplicationInfo = &application,
        .enabledLayerCount = debug ? 1 : 0,
        .ppEnabledLayerNames = layers,
        .enabledExtensionCount = debug ? 2 : 0,
        .ppEnabledExtensionNames = extensions};
    return vkCreateInstance(&info, NULL, &instance->handle);
}

static void destroy(struct vulkan_instance *instance)
{
    if (instance->messenger)
        instance->destroy_messenger(instance->handle, instance->messenger,
                                    NULL);
    if (instance->handle)
        vkDestroyInstance(instance->handle, NULL);
    memset(instance, 0, sizeof *instance);
}

static enum assay_status create(bool debug, struct vulkan_instance *instance)
{
    VkDebugUtilsMessengerCreateInfoEXT messenger = {
        .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
        .messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT |
                           VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
        .messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_GENERAL_BIT_EXT |
                       VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT |
                       VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT,
        .pfnUserCallback = report};
    enum assay_status status = open_loader();
    if (status == ASSAY_OK && debug)
        status = check_layer();
    if (status != ASSAY_OK)
        return status;
    const uint32_t known = volkGetInstanceVersion();
    instance->version =
        known < VK_API_VERSION_1_2 ? VK_API_VERSION_1_1 : VK_API_VERSION_1_2;
    VkResult result = create_instance(instance, debug, &messenger);
    if (result == VK_ERROR_INCOMPATIBLE_DRIVER)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "vulkan: no driver is installed (Debian: "
                          "mesa-vulkan-drivers)");
    if (result != VK_SUCCESS)
        return assay_vulkan_fail(NULL, result, "create the instance");
    volkLoadInstanceOnly(instance->handle);
    if (debug)
        status = open_messenger(instance, &messenger);
    if (status != ASSAY_OK)
        destroy(instance);
    return status;
}

enum assay_status assay_vulkan_instance_get(bool debug, VkInstance *instance)
{
    pthread_mutex_lock(&lock);
    struct vulkan_instance *kept = &instances[debug];
    enum assay_status status = kept->handle ? ASSAY_OK : create(debug, kept);
    *instance = kept->handle;
    pthread_mutex_unlock(&lock);
    return status;
}
