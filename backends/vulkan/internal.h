/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the Vulkan backend share. Every handle is VK_NULL_HANDLE
 * until it is made, so that one function undoes a half-made object. Functions
 * of the device are called through its own table, vk.
 */
#ifndef ASSAY_BACKENDS_VULKAN_INTERNAL_H
#define ASSAY_BACKENDS_VULKAN_INTERNAL_H

#include <volk.h>

#include "backends/backend.h"

enum {
    VULKAN_FENCES = 64, /* submissions in flight; one more waits */
    VULKAN_SLOTS = 4,   /* sets of views that a kernel keeps recorded */
    VULKAN_BINDINGS = ASSAY_MAX_INPUTS + 2,
    VULKAN_SPECS = 8, /* of struct assay_launch */
};

/* How long copies, destruction and a full ring wait for work in flight. */
#define VULKAN_PATIENCE_NS UINT64_C(120000000000)

/* A buffer with memory of its own; mapped is NULL if the host sees it not. */
struct vulkan_memory {
    VkBuffer buffer;
    VkDeviceMemory memory;
    unsigned char *mapped;
    size_t bytes;
};

/* A command buffer that is submitted as often as wanted. */
struct vulkan_recording {
    VkCommandBuffer commands;
    VkQueryPool queries; /* two timestamps, or null */
    uint64_t submitted;  /* number of its newest submission, from 1 */
};

/* One row for one work-group size and one set of specialization constants. */
struct vulkan_pipeline {
    const struct assay_row *row;
    uint32_t constants[3 + VULKAN_SPECS];
    unsigned n_constants, n_bindings, n_words;
    VkDescriptorSetLayout set_layout;
    VkPipelineLayout layout;
    VkPipeline handle;
    struct vulkan_pipeline *next;
};

/* Features that rows may need, as the driver lists them and as a device is made
 * with; `all` begins the chain. */
struct vulkan_features {
    VkPhysicalDeviceFeatures2 all;
    VkPhysicalDevice16BitStorageFeatures storage16;
    VkPhysicalDevice8BitStorageFeatures storage8;
    VkPhysicalDeviceShaderFloat16Int8Features arithmetic;
    VkPhysicalDeviceShaderIntegerDotProductFeatures dot;
};
enum { VULKAN_EXTENSIONS = 4 };

struct vulkan_device {
    struct assay_device base;
    VkInstance instance; /* the process's */
    VkPhysicalDevice physical;
    VkPhysicalDeviceProperties properties;
    VkPhysicalDeviceMemoryProperties memory;
    size_t max_allocation; /* bytes */
    bool staged;           /* buffers are not mapped */
    uint32_t family, timestamp_bits;
    VkSubgroupFeatureFlags subgroup; /* operations of compute shaders */
    VkDevice handle;
    struct VolkDeviceTable vk;
    VkQueue queue;
    VkCommandPool pool;
    VkFence fences[VULKAN_FENCES];
    uint64_t submitted, finished; /* numbers of submissions */
    struct vulkan_recording
        *newest; /* run in flight that elapsed_ns tells of */
    bool lost, timed;
    uint64_t elapsed_ns;
    struct vulkan_memory staging; /* mapped; holds pieces of copies */
    struct vulkan_recording transfer;
    VkPipelineCache cache;
    uint64_t cache_hash; /* of what was read from the file */
    struct vulkan_pipeline *pipelines;
    uint64_t buffers; /* made so far */
};

struct vulkan_buffer {
    struct assay_buffer base;
    struct vulkan_memory memory;
    uint64_t id; /* never used again, unlike its address */
};

/* What a set points at, to know it again. */
struct vulkan_range {
    uint64_t id;
    size_t offset;
};

/* A set of views with the commands that run the kernel on them. */
struct vulkan_slot {
    struct vulkan_recording recording;
    VkDescriptorSet set;
    struct vulkan_range ranges[ASSAY_MAX_INPUTS + 1];
    bool recorded;
};

struct vulkan_kernel {
    struct assay_kernel base;
    struct vulkan_device *device;
    struct vulkan_pipeline *pipeline; /* the device's; NULL: a sequence */
    struct assay_launch launch;
    size_t view_bytes[ASSAY_MAX_INPUTS + 1];
    unsigned n_views;
    struct vulkan_memory constants;
    VkDescriptorPool pool;
    struct vulkan_slot slots[VULKAN_SLOTS]; /* a sequence uses the first */
    unsigned next;                          /* slot to give up next */
};

/* result.c */

/* "VK_ERROR_DEVICE_LOST" … */
const char *assay_vulkan_result_name(VkResult result);

/* Fail with the status that fits `result`: "target: what: VK_ERROR_…". A lost
 * device is remembered. device may be NULL. */
enum assay_status assay_vulkan_fail(struct vulkan_device *device,
                                    VkResult result, const char *what);

/* instance.c */

/* The process's instance, with or without validation, made at first use.
 * UNSUPPORTED without a loader, a driver or, with debug, the layer. */
enum assay_status assay_vulkan_instance_get(bool debug, VkInstance *instance);

/* features.c */

bool assay_vulkan_has_extension(VkPhysicalDevice physical, const char *name);

/* What to make a device with, and what that lets rows do: ASSAY_HAS_* bits. */
unsigned assay_vulkan_features(VkPhysicalDevice physical,
                               struct vulkan_features *features);
uint32_t assay_vulkan_extensions(VkPhysicalDevice physical,
                                 const char *names[VULKAN_EXTENSIONS]);

/* enumerate.c */

enum assay_status assay_vulkan_enumerate(struct assay_device_info *infos,
                                         size_t capacity, size_t *count);

/* Set base.info and what the driver tells of the device of that number, from
 * physical to subgroup. */
enum assay_status assay_vulkan_find(struct vulkan_device *device,
                                    unsigned index);

/* queue.c */

/* The recording's command buffer and, if asked for and the device has a clock,
 * its timestamps. */
enum assay_status
assay_vulkan_recording_create(struct vulkan_device *device, bool timed,
                              struct vulkan_recording *recording);
void assay_vulkan_recording_destroy(struct vulkan_device *device,
                                    struct vulkan_recording *recording);

/* Open and close a recording that is not in flight. It begins after all that
 * was submitted before, and its results are visible to all that follow. */
enum assay_status assay_vulkan_begin(struct vulkan_device *device,
                                     struct vulkan_recording *recording);
enum assay_status assay_vulkan_end(struct vulkan_device *device,
                                   struct vulkan_recording *recording);

enum assay_status assay_vulkan_submit(struct vulkan_device *device,
                                      struct vulkan_recording *recording);

/* Wait for all that was submitted. */
enum assay_status assay_vulkan_wait(struct vulkan_device *device,
                                    uint64_t timeout_ns);

/* Order shader and copy commands recorded before and after. */
void assay_vulkan_barrier(struct vulkan_device *device,
                          VkCommandBuffer commands);

enum assay_status assay_vulkan_finish(struct assay_device *device,
                                      uint64_t timeout_ns);
enum assay_status assay_vulkan_elapsed_ns(struct assay_device *device,
                                          uint64_t *nanoseconds);

/* buffer.c */

/* A storage buffer, mapped if the device's memory allows or `host` demands. */
enum assay_status assay_vulkan_memory_create(struct vulkan_device *device,
                                             size_t bytes, bool host,
                                             struct vulkan_memory *memory);
void assay_vulkan_memory_destroy(struct vulkan_device *device,
                                 struct vulkan_memory *memory);
enum assay_status assay_vulkan_memory_write(struct vulkan_device *device,
                                            struct vulkan_memory *memory,
                                            size_t offset, const void *from,
                                            size_t bytes);

enum assay_status assay_vulkan_buf_create(struct assay_device *device,
                                          size_t bytes,
                                          struct assay_buffer **buffer);
void assay_vulkan_buf_destroy(struct assay_buffer *buffer);
enum assay_status assay_vulkan_buf_write(struct assay_buffer *buffer,
                                         size_t offset, const void *from,
                                         size_t bytes);
enum assay_status assay_vulkan_buf_read(struct assay_buffer *buffer,
                                        size_t offset, void *to, size_t bytes);

/* pipeline.c */

/* The pipeline of a row's launch, made at its first use; *fresh tells. It
 * belongs to the device. */
enum assay_status assay_vulkan_pipeline_get(struct vulkan_device *device,
                                            const struct assay_row *row,
                                            const struct assay_launch *launch,
                                            unsigned n_bindings,
                                            struct vulkan_pipeline **pipeline,
                                            bool *fresh);
void assay_vulkan_pipelines_destroy(struct vulkan_device *device);

/* cache.c */

/* Make the device's pipeline cache from its file, or empty. */
enum assay_status assay_vulkan_cache_open(struct vulkan_device *device);
/* Write it back if it has changed, and destroy it. */
void assay_vulkan_cache_close(struct vulkan_device *device);

/* kernel.c */

enum assay_status
assay_vulkan_kernel_create(struct assay_device *device,
                           const struct assay_kernel_request *request,
                           struct assay_kernel **kernel);
void assay_vulkan_kernel_destroy(struct assay_kernel *kernel);
enum assay_status assay_vulkan_run(struct assay_kernel *kernel,
                                   const struct assay_view *views);

/* record.c */

/* Make the kernel's pool and `n` sets of the layouts. */
enum assay_status assay_vulkan_sets_create(struct vulkan_kernel *kernel,
                                           const VkDescriptorSetLayout *layouts,
                                           size_t n, VkDescriptorSet *sets);

/* Point a set that is not in use at the views and the kernel's constants. With
 * views = NULL all point at the staging buffer, for a dispatch of no groups. */
void assay_vulkan_bind(const struct vulkan_kernel *kernel, VkDescriptorSet set,
                       const struct assay_view *views);

/* Record the kernel's dispatch with `groups_x` groups in the first dimension,
 * between begin and end. */
void assay_vulkan_dispatch(const struct vulkan_kernel *kernel,
                           VkCommandBuffer commands, VkDescriptorSet set,
                           uint32_t groups_x);

/* Record all steps into the sequence's first slot. */
enum assay_status assay_vulkan_record_steps(struct vulkan_kernel *sequence,
                                            const struct assay_step *steps,
                                            size_t n_steps,
                                            const VkDescriptorSet *sets);

#endif
