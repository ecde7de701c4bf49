/* SPDX-License-Identifier: Apache-2.0 */
#include "backends/opencl/opencl.h"

#include <stdlib.h>

/* Reads and writes wait for the runs before them; a run that takes longer is
 * taken for lost. */
#define DRAIN_NS (600 * (uint64_t)1000000000)

static struct assay_opencl_device *device_of(const struct assay_buffer *buffer)
{
    return (struct assay_opencl_device *)buffer->device;
}

enum assay_status assay_opencl_buf_create(struct assay_device *device,
                                          size_t bytes,
                                          struct assay_buffer **buffer)
{
    struct assay_opencl_device *self = (struct assay_opencl_device *)device;
    const struct assay_device_info *info = &device->info;
    /* A driver that allocates on first use would fail much later. */
    if (bytes > info->memory_bytes ||
        device->allocated_bytes > info->memory_bytes - bytes)
        return assay_fail(
            ASSAY_NOMEM, "%s: %zu more bytes exceed the memory of %llu bytes",
            info->target, bytes, (unsigned long long)info->memory_bytes);
    struct assay_opencl_buffer *b = calloc(1, sizeof *b);
    if (!b)
        return assay_fail(ASSAY_NOMEM, "out of host memory");
    cl_int error;
    b->mem =
        clCreateBuffer(self->context, CL_MEM_READ_WRITE, bytes, NULL, &error);
    if (!b->mem) {
        free(b);
        return assay_opencl_fail(error, "clCreateBuffer");
    }
    *buffer = &b->base;
    return ASSAY_OK;
}

void assay_opencl_buf_destroy(struct assay_buffer *buffer)
{
    struct assay_opencl_buffer *b = (struct assay_opencl_buffer *)buffer;
    for (unsigned i = 0; i < b->n_views; i++)
        clReleaseMemObject(b->views[i].mem);
    clReleaseMemObject(b->mem);
    free(b);
}

enum assay_status assay_opencl_buf_write(struct assay_buffer *buffer,
                                         size_t offset, const void *from,
                                         size_t bytes)
{
    struct assay_opencl_buffer *b = (struct assay_opencl_buffer *)buffer;
    enum assay_status status = assay_opencl_finish(buffer->device, DRAIN_NS);
    if (status)
        return status;
    cl_int error =
        clEnqueueWriteBuffer(device_of(buffer)->queue, b->mem, CL_TRUE, offset,
                             bytes, from, 0, NULL, NULL);
    return error ? assay_opencl_fail(error, "clEnqueueWriteBuffer") : ASSAY_OK;
}

enum assay_status assay_opencl_buf_read(struct assay_buffer *buffer,
                                        size_t offset, void *to, size_t bytes)
{
    struct assay_opencl_buffer *b = (struct assay_opencl_buffer *)buffer;
    enum assay_status status = assay_opencl_finish(buffer->device, DRAIN_NS);
    if (status)
        return status;
    cl_int error =
        clEnqueueReadBuffer(device_of(buffer)->queue, b->mem, CL_TRUE, offset,
                            bytes, to, 0, NULL, NULL);
    return error ? assay_opencl_fail(error, "clEnqueueReadBuffer") : ASSAY_OK;
}

enum assay_status assay_opencl_view(const struct assay_view *view, cl_mem *mem)
{
    struct assay_opencl_buffer *b = (struct assay_opencl_buffer *)view->buffer;
    if (view->offset == 0 && view->bytes == b->base.bytes) {
        *mem = b->mem;
        return ASSAY_OK;
    }
    for (unsigned i = 0; i < b->n_views; i++) {
        if (b->views[i].offset == view->offset &&
            b->views[i].bytes == view->bytes) {
            *mem = b->views[i].mem;
            return ASSAY_OK;
        }
    }
    /* Exactly the view's bytes: overlapping sub-buffers that one command
     * writes and another argument of it reads are undefined in OpenCL. */
    const cl_buffer_region region = {view->offset, view->bytes};
    cl_int error;
    cl_mem sub =
        clCreateSubBuffer(b->mem, CL_MEM_READ_WRITE,
                          CL_BUFFER_CREATE_TYPE_REGION, &region, &error);
    if (!sub)
        return assay_opencl_fail(error, "clCreateSubBuffer");
    unsigned place = b->n_views;
    if (place < ASSAY_OPENCL_VIEWS) {
        b->n_views++;
    } else {
        place = b->next_view;
        b->next_view = (b->next_view + 1) % ASSAY_OPENCL_VIEWS;
        clReleaseMemObject(b->views[place].mem);
    }
    b->views[place].offset = view->offset;
    b->views[place].bytes = view->bytes;
    b->views[place].mem = sub;
    *mem = sub;
    return ASSAY_OK;
}
