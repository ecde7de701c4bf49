/* SPDX-License-Identifier: Apache-2.0
 *
 * Pipelines, made at first use and shared by all kernels of the device.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static void destroy(struct vulkan_device *d, struct vulkan_pipeline *p)
{
    d->vk.vkDestroyPipeline(d->handle, p->handle, NULL);
    d->vk.vkDestroyPipelineLayout(d->handle, p->layout, NULL);
    d->vk.vkDestroyDescriptorSetLayout(d->handle, p->set_layout, NULL);
    free(p);
}

static VkResult create_layout(struct vulkan_device *d,
                              struct vulkan_pipeline *p)
{
    VkDescriptorSetLayoutBinding bindings[VULKAN_BINDINGS];
    for (unsigned i = 0; i < p->n_bindings; i++)
        bindings[i] = (VkDescriptorSetLayoutBinding){
            .binding = i,
            .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
            .descriptorCount = 1,
            .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT};
    const VkDescriptorSetLayoutCreateInfo set = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .bindingCount = p->n_bindings,
        .pBindings = bindings};
    const VkPushConstantRange words = {
        .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT, .size = p->n_words * 4};
    VkResult result = d->vk.vkCreateDescriptorSetLayout(d->handle, &set, NULL,
                                                        &p->set_layout);
    if (result != VK_SUCCESS)
        return result;
    const VkPipelineLayoutCreateInfo layout = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
        .setLayoutCount = 1,
        .pSetLayouts = &p->set_layout,
        .pushConstantRangeCount = p->n_words ? 1 : 0,
        .pPushConstantRanges = &words};
    return d->vk.vkCreatePipelineLayout(d->handle, &layout, NULL, &p->layout);
}

static VkResult create_pipeline(struct vulkan_device *d,
                                struct vulkan_pipeline *p)
{
    VkSpecializationMapEntry entries[3 + VULKAN_SPECS];
    for (unsigned i = 0; i < p->n_constants; i++)
        entries[i] = (VkSpecializationMapEntry){
            .constantID = i, .offset = i * 4, .size = 4};
    const VkSpecializationInfo constants = {.mapEntryCount = p->n_constants,
                                            .pMapEntries = entries,
                                            .dataSize = p->n_constants * 4,
                                            .pData = p->constants};
    const VkShaderModuleCreateInfo code = {
        .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
        .codeSize = p->row->code->size,
        .pCode = (const uint32_t *)(const void *)p->row->code->bytes};
    VkShaderModule module;
    VkResult result =
        d->vk.vkCreateShaderModule(d->handle, &code, NULL, &module);
    if (result != VK_SUCCESS)
        return result;
    const VkComputePipelineCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                  .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                  .module = module,
                  .pName = "main",
                  .pSpecializationInfo = &constants},
        .layout = p->layout};
    result = d->vk.vkCreateComputePipelines(d->handle, d->cache, 1, &info, NULL,
                                            &p->handle);
    d->vk.vkDestroyShaderModule(d->handle, module, NULL);
    return result;
}

/* The subgroup operations that SPIR-V asks for. Its capabilities come first and
 * are numbered from GroupNonUniform in the order of Vulkan's bits. */
static VkSubgroupFeatureFlags wanted_operations(const struct assay_code *code)
{
    enum { HEADER = 5, OP_CAPABILITY = 17, GROUP = 61, GROUP_END = 69 };
    const uint32_t *words = (const uint32_t *)(const void *)code->bytes;
    VkSubgroupFeatureFlags wanted = 0;
    for (size_t i = HEADER;
         i + 1 < code->size / 4 && (words[i] & 0xffff) == OP_CAPABILITY; i += 2)
        if (words[i + 1] >= GROUP && words[i + 1] < GROUP_END)
            wanted |= 1u << (words[i + 1] - GROUP);
    return wanted;
}

static bool same(const struct vulkan_pipeline *a,
                 const struct vulkan_pipeline *b)
{
    return a->row == b->row && a->n_bindings == b->n_bindings &&
           a->n_words == b->n_words && a->n_constants == b->n_constants &&
           memcmp(a->constants, b->constants,
                  a->n_constants * sizeof *a->constants) == 0;
}

enum assay_status assay_vulkan_pipeline_get(struct vulkan_device *d,
                                            const struct assay_row *row,
                                            const struct assay_launch *launch,
                                            unsigned n_bindings,
                                            struct vulkan_pipeline **pipeline,
                                            bool *fresh)
{
    struct vulkan_pipeline *p = calloc(1, sizeof *p);
    if (!p)
        return assay_fail(ASSAY_NOMEM, "%s: no memory for a pipeline",
                          d->base.info.target);
    p->row = row;
    p->n_bindings = n_bindings;
    p->n_words = launch->n_words;
    p->n_constants = 3 + launch->n_spec;
    memcpy(p->constants, launch->local, 3 * sizeof *p->constants);
    memcpy(p->constants + 3, launch->spec,
           launch->n_spec * sizeof *p->constants);
    *fresh = false;
    for (struct vulkan_pipeline *q = d->pipelines; q; q = q->next) {
        if (same(p, q)) {
            free(p);
            *pipeline = q;
            return ASSAY_OK;
        }
    }
    if (wanted_operations(row->code) & ~d->subgroup) {
        free(p);
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s on %s: the device lacks its subgroup operations",
                          row->symbol, d->base.info.target);
    }
    VkResult result = create_layout(d, p);
    if (result == VK_SUCCESS)
        result = create_pipeline(d, p);
    if (result != VK_SUCCESS) {
        destroy(d, p);
        return assay_vulkan_fail(d, result, row->symbol);
    }
    p->next = d->pipelines;
    d->pipelines = p;
    *pipeline = p;
    *fresh = true;
    return ASSAY_OK;
}

void assay_vulkan_pipelines_destroy(struct vulkan_device *d)
{
    while (d->pipelines) {
        struct vulkan_pipeline *p = d->pipelines;
        d->pipelines = p->next;
        destroy(d, p);
    }
}
