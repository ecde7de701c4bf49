/* SPDX-License-Identifier: Apache-2.0
 *
 * Descriptor sets and the commands of kernels.
 */
#include <stdlib.h>

#include "internal.h"

enum assay_status assay_vulkan_sets_create(struct vulkan_kernel *kernel,
                                           const VkDescriptorSetLayout *layouts,
                                           size_t n, VkDescriptorSet *sets)
{
    struct vulkan_device *d = kernel->device;
    const VkDescriptorPoolSize size = {
        .type = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
        .descriptorCount = (uint32_t)n * VULKAN_BINDINGS};
    const VkDescriptorPoolCreateInfo pool = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
        .maxSets = (uint32_t)n,
        .poolSizeCount = 1,
        .pPoolSizes = &size};
    VkResult result =
        d->vk.vkCreateDescriptorPool(d->handle, &pool, NULL, &kernel->pool);
    if (result != VK_SUCCESS)
        return assay_vulkan_fail(d, result, "create a descriptor pool");
    const VkDescriptorSetAllocateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
        .descriptorPool = kernel->pool,
        .descriptorSetCount = (uint32_t)n,
        .pSetLayouts = layouts};
    result = d->vk.vkAllocateDescriptorSets(d->handle, &info, sets);
    if (result != VK_SUCCESS)
        return assay_vulkan_fail(d, result, "allocate descriptor sets");
    return ASSAY_OK;
}

void assay_vulkan_bind(const struct vulkan_kernel *kernel, VkDescriptorSet set,
                       const struct assay_view *views)
{
    const struct vulkan_device *d = kernel->device;
    const unsigned inputs = kernel->n_views - 1;
    const unsigned n = kernel->pipeline->n_bindings;
    VkDescriptorBufferInfo infos[VULKAN_BINDINGS];
    VkWriteDescriptorSet writes[VULKAN_BINDINGS];
    for (unsigned i = 0; i < n; i++) {
        /* Inputs, the constants if there are any, the output. */
        const unsigned view = i < inputs ? i : inputs;
        if (i == inputs && i + 1 < n)
            infos[i] = (VkDescriptorBufferInfo){kernel->constants.buffer, 0,
                                                kernel->constants.bytes};
        else if (views)
            infos[i] = (VkDescriptorBufferInfo){
                ((const struct vulkan_buffer *)views[view].buffer)
                    ->memory.buffer,
                views[view].offset, kernel->view_bytes[view]};
        else
            infos[i] =
                (VkDescriptorBufferInfo){d->staging.buffer, 0, VK_WHOLE_SIZE};
        writes[i] = (VkWriteDescriptorSet){
            .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
            .dstSet = set,
            .dstBinding = i,
            .descriptorCount = 1,
            .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
            .pBufferInfo = &infos[i]};
    }
    d->vk.vkUpdateDescriptorSets(d->handle, n, writes, 0, NULL);
}

void assay_vulkan_dispatch(const struct vulkan_kernel *kernel,
                           VkCommandBuffer commands, VkDescriptorSet set,
                           uint32_t groups_x)
{
    const struct vulkan_device *d = kernel->device;
    const struct vulkan_pipeline *p = kernel->pipeline;
    const struct assay_launch *launch = &kernel->launch;
    d->vk.vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE,
                            p->handle);
    d->vk.vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_COMPUTE,
                                  p->layout, 0, 1, &set, 0, NULL);
    if (launch->n_words)
        d->vk.vkCmdPushConstants(commands, p->layout,
                                 VK_SHADER_STAGE_COMPUTE_BIT, 0,
                                 launch->n_words * 4, launch->words);
    d->vk.vkCmdDispatch(commands, groups_x, launch->groups[1],
                        launch->groups[2]);
}

static bool overlap(const struct assay_step *a, unsigned i,
                    const struct assay_step *b, unsigned j)
{
    const struct assay_view *x = &a->views[i], *y = &b->views[j];
    return x->buffer == y->buffer &&
           x->offset < y->offset + b->kernel->view_bytes[j] &&
           y->offset < x->offset + a->kernel->view_bytes[i];
}

/* Whether `later` must wait for `earlier`: one of them writes what the other
 * reads or writes. */
static bool depends(const struct assay_step *later,
                    const struct assay_step *earlier)
{
    const unsigned y = later->kernel->n_views - 1;
    const unsigned z = earlier->kernel->n_views - 1;
    for (unsigned i = 0; i <= y; i++)
        if (overlap(later, i, earlier, z))
            return true;
    for (unsigned i = 0; i < z; i++)
        if (overlap(later, y, earlier, i))
            return true;
    return false;
}

enum assay_status assay_vulkan_record_steps(struct vulkan_kernel *sequence,
                                            const struct assay_step *steps,
                                            size_t n_steps,
                                            const VkDescriptorSet *sets)
{
    struct vulkan_device *d = sequence->device;
    struct vulkan_recording *recording = &sequence->slots[0].recording;
    enum assay_status status = assay_vulkan_begin(d, recording);
    if (status != ASSAY_OK)
        return status;
    size_t ordered = 0; /* steps before this one are behind a barrier */
    for (size_t i = 0; i < n_steps; i++) {
        const struct vulkan_kernel *kernel =
            (const struct vulkan_kernel *)steps[i].kernel;
        for (size_t j = ordered; j < i; j++) {
            if (depends(&steps[i], &steps[j])) {
                assay_vulkan_barrier(d, recording->commands);
                ordered = i;
                break;
            }
        }
        assay_vulkan_bind(kernel, sets[i], steps[i].views);
        assay_vulkan_dispatch(kernel, recording->commands, sets[i],
                              kernel->launch.groups[0]);
    }
    return assay_vulkan_end(d, recording);
}
