/* SPDX-License-Identifier: Apache-2.0 */
#include "backends/null/null.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct null_buffer {
    struct assay_buffer shared;
    unsigned char bytes[];
};

struct null_kernel {
    struct assay_kernel shared;
    size_t n_steps;
    struct assay_step steps[];
};

static struct {
    enum assay_status status;
    unsigned after;
} faults[ASSAY_NULL_SLOTS];

void assay_null_fault(enum assay_null_slot slot, enum assay_status status,
                      unsigned after)
{
    faults[slot].status = status;
    faults[slot].after = after;
}

static enum assay_status fault(enum assay_null_slot slot)
{
    if (faults[slot].status == ASSAY_OK)
        return ASSAY_OK;
    if (faults[slot].after) {
        faults[slot].after--;
        return ASSAY_OK;
    }
    return assay_fail(faults[slot].status, "null: a fault was asked for");
}

static void describe(struct assay_device_info *info)
{
    *info = (struct assay_device_info){
        .target = "null",
        .name = "computes nothing",
        .driver = "null",
        .type = "other",
        .api = ASSAY_API_NULL,
        .device_class = ASSAY_CLASS_CPU,
        .memory_bytes = 1u << 30,
        .max_buffer_bytes = 1u << 30,
        .units = 1,
        .view_align = 4,
    };
}

static enum assay_status enumerate(struct assay_device_info *infos,
                                   size_t capacity, size_t *count)
{
    *count = 1;
    if (capacity)
        describe(&infos[0]);
    return ASSAY_OK;
}

static enum assay_status open_device(const struct assay_open *request,
                                     struct assay_device **device)
{
    if (request->index != 0)
        return assay_fail(ASSAY_UNSUPPORTED, "null: there is no device %u",
                          request->index);
    enum assay_status status = fault(ASSAY_NULL_OPEN);
    if (status != ASSAY_OK)
        return status;
    struct assay_device *created = calloc(1, sizeof *created);
    if (!created)
        return assay_fail(ASSAY_NOMEM, "null: no memory for the device");
    describe(&created->info);
    created->threads = 1;
    *device = created;
    return ASSAY_OK;
}

static void close_device(struct assay_device *device)
{
    free(device);
}

static enum assay_status buf_create(struct assay_device *device, size_t bytes,
                                    struct assay_buffer **buffer)
{
    enum assay_status status = fault(ASSAY_NULL_BUF_CREATE);
    if (status != ASSAY_OK)
        return status;
    struct null_buffer *created = NULL;
    if (bytes <= device->info.memory_bytes - device->allocated_bytes)
        created = malloc(sizeof *created + bytes);
    if (!created)
        return assay_fail(ASSAY_NOMEM, "null: no memory for %zu bytes", bytes);
    *buffer = &created->shared;
    return ASSAY_OK;
}

static void buf_destroy(struct assay_buffer *buffer)
{
    free(buffer);
}

static enum assay_status buf_write(struct assay_buffer *buffer, size_t offset,
                                   const void *from, size_t bytes)
{
    enum assay_status status = fault(ASSAY_NULL_BUF_WRITE);
    if (status == ASSAY_OK)
        memcpy(((struct null_buffer *)buffer)->bytes + offset, from, bytes);
    return status;
}

static enum assay_status buf_read(struct assay_buffer *buffer, size_t offset,
                                  void *to, size_t bytes)
{
    enum assay_status status = fault(ASSAY_NULL_BUF_READ);
    if (status == ASSAY_OK)
        memcpy(to, ((struct null_buffer *)buffer)->bytes + offset, bytes);
    return status;
}

static enum assay_status
kernel_create(struct assay_device *device,
              const struct assay_kernel_request *request,
              struct assay_kernel **kernel)
{
    (void)device;
    enum assay_status status = fault(ASSAY_NULL_KERNEL_CREATE);
    if (status != ASSAY_OK)
        return status;
    const size_t bytes = request->n_steps * sizeof(struct assay_step);
    struct null_kernel *created = calloc(1, sizeof *created + bytes);
    if (!created)
        return assay_fail(ASSAY_NOMEM, "null: no memory for a kernel");
    created->n_steps = request->n_steps;
    if (bytes)
        memcpy(created->steps, request->steps, bytes);
    *kernel = &created->shared;
    return ASSAY_OK;
}

static void kernel_destroy(struct assay_kernel *kernel)
{
    free(kernel);
}

static void clear_output(const struct assay_kernel *kernel,
                         const struct assay_view *views)
{
    const unsigned output = kernel->n_views - 1;
    memset(((struct null_buffer *)views[output].buffer)->bytes +
               views[output].offset,
           0, kernel->view_bytes[output]);
}

static enum assay_status run(struct assay_kernel *kernel,
                             const struct assay_view *views)
{
    const struct null_kernel *k = (const struct null_kernel *)kernel;
    enum assay_status status = fault(ASSAY_NULL_RUN);
    if (status != ASSAY_OK)
        return status;
    if (views)
        clear_output(kernel, views);
    for (size_t i = 0; i < k->n_steps; i++)
        clear_output(k->steps[i].kernel, k->steps[i].views);
    return ASSAY_OK;
}

static enum assay_status finish(struct assay_device *device,
                                uint64_t timeout_ns)
{
    (void)device;
    (void)timeout_ns;
    return fault(ASSAY_NULL_FINISH);
}

static enum assay_status elapsed_ns(struct assay_device *device,
                                    uint64_t *nanoseconds)
{
    (void)device;
    (void)nanoseconds;
    return assay_fail(ASSAY_UNSUPPORTED, "null: there is no clock");
}

extern const struct assay_backend assay_backend_null;
const struct assay_backend assay_backend_null = {
    .name = "null",
    .api = ASSAY_API_NULL,
    .enumerate = enumerate,
    .open = open_device,
    .close = close_device,
    .buf_create = buf_create,
    .buf_destroy = buf_destroy,
    .buf_write = buf_write,
    .buf_read = buf_read,
    .kernel_create = kernel_create,
    .kernel_destroy = kernel_destroy,
    .run = run,
    .finish = finish,
    .elapsed_ns = elapsed_ns,
};
