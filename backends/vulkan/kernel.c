/* SPDX-License-Identifier: Apache-2.0
 *
 * Kernels and sequences. A kernel keeps the commands for its last few sets of
 * views, so that a run with views seen before is one submission.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static enum assay_status check_limits(const struct vulkan_kernel *kernel,
                                      const struct assay_row *row,
                                      size_t packed_bytes)
{
    const struct assay_launch *launch = &kernel->launch;
    const VkPhysicalDeviceLimits *limits = &kernel->device->properties.limits;
    const char *target = kernel->device->base.info.target;
    uint64_t invocations = 1;
    for (int i = 0; i < 3; i++) {
        if (launch->groups[i] > limits->maxComputeWorkGroupCount[i])
            return assay_fail(ASSAY_UNSUPPORTED,
                              "%s on %s: %u work-groups, and the device has %u",
                              row->symbol, target, launch->groups[i],
                              limits->maxComputeWorkGroupCount[i]);
        invocations *= launch->local[i];
        if (launch->local[i] > limits->maxComputeWorkGroupSize[i] ||
            invocations > limits->maxComputeWorkGroupInvocations)
            return assay_fail(ASSAY_UNSUPPORTED,
                              "%s on %s: a work-group of %u x %u x %u is more "
                              "than the device has",
                              row->symbol, target, launch->local[0],
                              launch->local[1], launch->local[2]);
    }
    size_t most = packed_bytes;
    for (unsigned i = 0; i < kernel->n_views; i++)
        if (most < kernel->view_bytes[i])
            most = kernel->view_bytes[i];
    if (most > limits->maxStorageBufferRange)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s on %s: an array of %zu bytes, and a storage "
                          "buffer has at most %u",
                          row->symbol, target, most,
                          limits->maxStorageBufferRange);
    return ASSAY_OK;
}

/* Pack on the host, keep on the device. */
static enum assay_status
create_constants(struct vulkan_kernel *kernel,
                 const struct assay_kernel_request *request, size_t bytes)
{
    struct vulkan_device *d = kernel->device;
    void *packed = aligned_alloc(64, (bytes + 63) / 64 * 64);
    if (!packed)
        return assay_fail(ASSAY_NOMEM, "%s: no %zu bytes to pack constants",
                          request->row->symbol, bytes);
    assay_op_info(request->row->op)
        ->pack(request->row, request->problem, request->constants, packed);
    enum assay_status status =
        assay_vulkan_memory_create(d, bytes, false, &kernel->constants);
    if (status == ASSAY_OK)
        status =
            assay_vulkan_memory_write(d, &kernel->constants, 0, packed, bytes);
    free(packed);
    return status;
}

/* A driver may compile at the first dispatch only (llvmpipe does): one without
 * work-groups makes it do so now. */
static enum assay_status warm(struct vulkan_kernel *kernel)
{
    struct vulkan_device *d = kernel->device;
    enum assay_status status = assay_vulkan_wait(d, VULKAN_PATIENCE_NS);
    if (status != ASSAY_OK)
        return status;
    assay_vulkan_bind(kernel, kernel->slots[0].set, NULL);
    status = assay_vulkan_begin(d, &d->transfer);
    if (status != ASSAY_OK)
        return status;
    assay_vulkan_dispatch(kernel, d->transfer.commands, kernel->slots[0].set,
                          0);
    status = assay_vulkan_end(d, &d->transfer);
    if (status == ASSAY_OK)
        status = assay_vulkan_submit(d, &d->transfer);
    if (status == ASSAY_OK)
        status = assay_vulkan_wait(d, VULKAN_PATIENCE_NS);
    return status;
}

static enum assay_status create_slots(struct vulkan_kernel *kernel)
{
    VkDescriptorSetLayout layouts[VULKAN_SLOTS];
    VkDescriptorSet sets[VULKAN_SLOTS];
    for (int i = 0; i < VULKAN_SLOTS; i++)
        layouts[i] = kernel->pipeline->set_layout;
    enum assay_status status =
        assay_vulkan_sets_create(kernel, layouts, VULKAN_SLOTS, sets);
    for (int i = 0; i < VULKAN_SLOTS && status == ASSAY_OK; i++) {
        kernel->slots[i].set = sets[i];
        status = assay_vulkan_recording_create(kernel->device, true,
                                               &kernel->slots[i].recording);
    }
    return status;
}

static enum assay_status create_row(struct vulkan_kernel *kernel,
                                    const struct assay_kernel_request *request)
{
    const struct assay_row *row = request->row;
    const struct assay_problem *problem = request->problem;
    const struct assay_op_info *info = assay_op_info(row->op);
    const size_t packed_bytes = assay_row_packed_bytes(row, problem);
    bool fresh;
    if (!row->code || !info->launch[ASSAY_API_VULKAN])
        return assay_fail(ASSAY_UNSUPPORTED, "%s: not part of this build",
                          row->symbol);
    for (unsigned i = 0; i < info->inputs; i++)
        kernel->view_bytes[i] = assay_problem_bytes(problem, i);
    kernel->view_bytes[info->inputs] =
        assay_problem_bytes(problem, assay_problem_output(problem));
    kernel->n_views = info->inputs + 1;
    kernel->launch.subgroup_size = kernel->device->base.info.subgroup_size;
    /* llvmpipe ends all loops of an invocation after 65535 turns together,
     * whatever is left, and says nothing. */
    if (kernel->device->base.info.device_class == ASSAY_CLASS_CPU)
        kernel->launch.loop_turns = 65535;
    enum assay_status status =
        info->launch[ASSAY_API_VULKAN](row, problem, &kernel->launch);
    if (status == ASSAY_OK)
        status = check_limits(kernel, row, packed_bytes);
    if (status == ASSAY_OK && packed_bytes)
        status = create_constants(kernel, request, packed_bytes);
    if (status == ASSAY_OK)
        status =
            assay_vulkan_pipeline_get(kernel->device, row, &kernel->launch,
                                      kernel->n_views + (packed_bytes ? 1 : 0),
                                      &kernel->pipeline, &fresh);
    if (status == ASSAY_OK)
        status = create_slots(kernel);
    if (status == ASSAY_OK && fresh)
        status = warm(kernel);
    return status;
}

static enum assay_status
create_sequence(struct vulkan_kernel *kernel,
                const struct assay_kernel_request *request)
{
    const size_t n = request->n_steps;
    VkDescriptorSetLayout *layouts = calloc(n, sizeof *layouts);
    VkDescriptorSet *sets = calloc(n, sizeof *sets);
    enum assay_status status;
    if (!layouts || !sets || n > UINT32_MAX / VULKAN_BINDINGS) {
        status = assay_fail(ASSAY_NOMEM, "%s: no memory for %zu steps",
                            kernel->device->base.info.target, n);
        goto end;
    }
    for (size_t i = 0; i < n; i++)
        layouts[i] = ((const struct vulkan_kernel *)request->steps[i].kernel)
                         ->pipeline->set_layout;
    status = assay_vulkan_sets_create(kernel, layouts, n, sets);
    if (status == ASSAY_OK)
        status = assay_vulkan_recording_create(kernel->device, true,
                                               &kernel->slots[0].recording);
    if (status == ASSAY_OK)
        status = assay_vulkan_record_steps(kernel, request->steps, n, sets);
end:
    free(layouts);
    free(sets);
    return status;
}

static void destroy(struct vulkan_kernel *kernel)
{
    struct vulkan_device *d = kernel->device;
    /* What the device may still use is left to it. */
    if (assay_vulkan_wait(d, VULKAN_PATIENCE_NS) == ASSAY_OK || d->lost) {
        for (int i = 0; i < VULKAN_SLOTS; i++)
            assay_vulkan_recording_destroy(d, &kernel->slots[i].recording);
        d->vk.vkDestroyDescriptorPool(d->handle, kernel->pool, NULL);
        assay_vulkan_memory_destroy(d, &kernel->constants);
        free(kernel);
    }
}

enum assay_status
assay_vulkan_kernel_create(struct assay_device *device,
                           const struct assay_kernel_request *request,
                           struct assay_kernel **kernel)
{
    struct vulkan_kernel *k = calloc(1, sizeof *k);
    if (!k)
        return assay_fail(ASSAY_NOMEM, "%s: no memory for a kernel",
                          device->info.target);
    k->device = (struct vulkan_device *)device;
    enum assay_status status =
        request->row ? create_row(k, request) : create_sequence(k, request);
    if (status != ASSAY_OK) {
        destroy(k);
        return status;
    }
    *kernel = &k->base;
    return ASSAY_OK;
}

void assay_vulkan_kernel_destroy(struct assay_kernel *kernel)
{
    destroy((struct vulkan_kernel *)kernel);
}

static bool matches(const struct vulkan_slot *slot,
                    const struct assay_view *views, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        if (slot->ranges[i].offset != views[i].offset ||
            slot->ranges[i].id !=
                ((const struct vulkan_buffer *)views[i].buffer)->id)
            return false;
    return slot->recorded;
}

static enum assay_status record(struct vulkan_kernel *k,
                                struct vulkan_slot *slot,
                                const struct assay_view *views)
{
    struct vulkan_device *d = k->device;
    enum assay_status status = ASSAY_OK;
    if (slot->recording.submitted > d->finished)
        status = assay_vulkan_wait(d, VULKAN_PATIENCE_NS);
    if (status != ASSAY_OK)
        return status;
    slot->recorded = false;
    assay_vulkan_bind(k, slot->set, views);
    status = assay_vulkan_begin(d, &slot->recording);
    if (status != ASSAY_OK)
        return status;
    assay_vulkan_dispatch(k, slot->recording.commands, slot->set,
                          k->launch.groups[0]);
    status = assay_vulkan_end(d, &slot->recording);
    if (status != ASSAY_OK)
        return status;
    for (unsigned i = 0; i < k->n_views; i++)
        slot->ranges[i] = (struct vulkan_range){
            ((const struct vulkan_buffer *)views[i].buffer)->id,
            views[i].offset};
    slot->recorded = true;
    return ASSAY_OK;
}

enum assay_status assay_vulkan_run(struct assay_kernel *kernel,
                                   const struct assay_view *views)
{
    struct vulkan_kernel *k = (struct vulkan_kernel *)kernel;
    if (!k->pipeline)
        return assay_vulkan_submit(k->device, &k->slots[0].recording);
    for (int i = 0; i < VULKAN_SLOTS; i++)
        if (matches(&k->slots[i], views, k->n_views))
            return assay_vulkan_submit(k->device, &k->slots[i].recording);
    struct vulkan_slot *slot = &k->slots[k->next];
    k->next = (k->next + 1) % VULKAN_SLOTS;
    enum assay_status status = record(k, slot, views);
    if (status == ASSAY_OK)
        status = assay_vulkan_submit(k->device, &slot->recording);
    return status;
}
