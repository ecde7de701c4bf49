/* SPDX-License-Identifier: Apache-2.0
 *
 * The wrappers of backend.h: they check every argument and keep the shared part
 * of each object, so that a backend need do neither.
 */
#include "backend.h"

#include <inttypes.h>

extern const struct assay_backend assay_backend_cpu, assay_backend_null;
#ifdef ASSAY_HAVE_OPENCL
extern const struct assay_backend assay_backend_opencl;
#endif
#ifdef ASSAY_HAVE_VULKAN
extern const struct assay_backend assay_backend_vulkan;
#endif

const struct assay_backend *const assay_backends[] = {
    &assay_backend_cpu,
#ifdef ASSAY_HAVE_OPENCL
    &assay_backend_opencl,
#endif
    &assay_backend_null,
#ifdef ASSAY_HAVE_VULKAN
    &assay_backend_vulkan,
#endif
    NULL,
};

const struct assay_backend *assay_backend_find(enum assay_api api)
{
    for (size_t i = 0; assay_backends[i]; i++)
        if (assay_backends[i]->api == api)
            return assay_backends[i];
    return NULL;
}

enum assay_status assay_device_enumerate(const struct assay_backend *backend,
                                         struct assay_device_info *infos,
                                         size_t capacity, size_t *count)
{
    if (!backend || !count || (!infos && capacity))
        return assay_fail(ASSAY_INVALID, "enumerate: a NULL argument");
    *count = 0;
    return backend->enumerate(infos, capacity, count);
}

enum assay_status assay_device_open(const struct assay_backend *backend,
                                    const struct assay_open *request,
                                    struct assay_device **device)
{
    if (!backend || !request || !device)
        return assay_fail(ASSAY_INVALID, "open: a NULL argument");
    struct assay_device *opened = NULL;
    enum assay_status status = backend->open(request, &opened);
    if (status != ASSAY_OK)
        return status;
    opened->backend = backend;
    opened->live = 0;
    opened->allocated_bytes = opened->peak_bytes = 0;
    *device = opened;
    return ASSAY_OK;
}

enum assay_status assay_device_close(struct assay_device **device)
{
    if (!device)
        return assay_fail(ASSAY_INVALID, "close: a NULL argument");
    if (!*device)
        return ASSAY_OK;
    if ((*device)->live)
        return assay_fail(ASSAY_INVALID,
                          "%s: close refused, %zu buffers or kernels are alive",
                          (*device)->info.target, (*device)->live);
    (*device)->backend->close(*device);
    *device = NULL;
    return ASSAY_OK;
}

enum assay_status assay_buffer_create(struct assay_device *device, size_t bytes,
                                      struct assay_buffer **buffer)
{
    if (!device || !buffer)
        return assay_fail(ASSAY_INVALID, "buffer: a NULL argument");
    if (bytes == 0)
        return assay_fail(ASSAY_INVALID, "%s: a buffer of 0 bytes",
                          device->info.target);
    const uint64_t limit = device->info.max_buffer_bytes;
    if (limit && bytes > limit)
        return assay_fail(ASSAY_NOMEM,
                          "%s: a buffer of %zu bytes, and the device's limit "
                          "is %" PRIu64,
                          device->info.target, bytes, limit);
    struct assay_buffer *created = NULL;
    enum assay_status status =
        device->backend->buf_create(device, bytes, &created);
    if (status != ASSAY_OK)
        return status;
    created->device = device;
    created->bytes = bytes;
    device->live++;
    device->allocated_bytes += bytes;
    if (device->peak_bytes < device->allocated_bytes)
        device->peak_bytes = device->allocated_bytes;
    *buffer = created;
    return ASSAY_OK;
}

void assay_buffer_destroy(struct assay_buffer **buffer)
{
    if (!buffer || !*buffer)
        return;
    struct assay_device *device = (*buffer)->device;
    device->live--;
    device->allocated_bytes -= (*buffer)->bytes;
    device->backend->buf_destroy(*buffer);
    *buffer = NULL;
}

static enum assay_status check_copy(const struct assay_buffer *buffer,
                                    size_t offset, const void *host,
                                    size_t bytes)
{
    if (!buffer || (!host && bytes))
        return assay_fail(ASSAY_INVALID, "copy: a NULL argument");
    if (offset > buffer->bytes || bytes > buffer->bytes - offset)
        return assay_fail(ASSAY_INVALID,
                          "%s: a copy of %zu bytes at %zu leaves the buffer of "
                          "%zu bytes",
                          buffer->device->info.target, bytes, offset,
                          buffer->bytes);
    return ASSAY_OK;
}

enum assay_status assay_buffer_write(struct assay_buffer *buffer, size_t offset,
                                     const void *from, size_t bytes)
{
    enum assay_status status = check_copy(buffer, offset, from, bytes);
    if (status != ASSAY_OK || bytes == 0)
        return status;
    return buffer->device->backend->buf_write(buffer, offset, from, bytes);
}

enum assay_status assay_buffer_read(struct assay_buffer *buffer, size_t offset,
                                    void *to, size_t bytes)
{
    enum assay_status status = check_copy(buffer, offset, to, bytes);
    if (status != ASSAY_OK || bytes == 0)
        return status;
    return buffer->device->backend->buf_read(buffer, offset, to, bytes);
}

static enum assay_status check_constants(const struct assay_problem *problem,
                                         const void *const *constants)
{
    const struct assay_op_info *info = assay_op_info(problem->op);
    for (unsigned i = 0; i < info->constants; i++) {
        bool wanted = info->elements(problem, info->inputs + i) != 0;
        bool given = constants && constants[i];
        if (wanted != given)
            return assay_fail(ASSAY_INVALID, "%s: constant %u is %s",
                              info->name, i,
                              wanted ? "missing" : "given but not used");
    }
    return ASSAY_OK;
}

static enum assay_status check_row(const struct assay_device *device,
                                   const struct assay_kernel_request *request)
{
    const struct assay_row *row = request->row;
    const struct assay_problem *problem = request->problem;
    if (!problem || request->steps || request->n_steps)
        return assay_fail(ASSAY_INVALID,
                          "kernel: a row comes with a problem and no steps");
    if (row->op != problem->op || row->dtype != problem->dtype)
        return assay_fail(ASSAY_INVALID, "%s: a problem of another op or dtype",
                          row->symbol);
    enum assay_status status = assay_problem_check(problem);
    if (status == ASSAY_OK)
        status = check_constants(problem, request->constants);
    if (status != ASSAY_OK || device->info.api == ASSAY_API_NULL)
        return status;
    /* A row for the other class of device computes the same, if slowly; that
     * class guides the selection, and forbids nothing to who names a row. */
    const enum assay_device_class device_class =
        row->device_class == ASSAY_CLASS_ANY ? device->info.device_class
                                             : row->device_class;
    const char *reason;
    if (row->api != device->info.api)
        return assay_fail(ASSAY_UNSUPPORTED, "%s: a row of %s, not for %s",
                          row->symbol, assay_api_names[row->api],
                          device->info.target);
    if (!assay_row_available(row, device->info.isa, device_class, &reason))
        return assay_fail(ASSAY_UNSUPPORTED, "%s on %s: %s", row->symbol,
                          device->info.target, reason);
    return ASSAY_OK;
}

static enum assay_status check_view(const struct assay_kernel *kernel,
                                    const struct assay_view *view, unsigned i)
{
    const struct assay_device *device = kernel->device;
    const char *symbol = kernel->row->symbol;
    if (!view->buffer)
        return assay_fail(ASSAY_INVALID, "%s: view %u has no buffer", symbol,
                          i);
    if (view->buffer->device != device)
        return assay_fail(ASSAY_INVALID, "%s: view %u is of another device",
                          symbol, i);
    if (view->offset % device->info.view_align)
        return assay_fail(ASSAY_INVALID,
                          "%s: view %u: offset %zu is no multiple of %zu",
                          symbol, i, view->offset, device->info.view_align);
    if (view->offset > view->buffer->bytes ||
        view->bytes > view->buffer->bytes - view->offset)
        return assay_fail(ASSAY_INVALID,
                          "%s: view %u: %zu bytes at %zu leave the buffer of "
                          "%zu bytes",
                          symbol, i, view->bytes, view->offset,
                          view->buffer->bytes);
    if (view->bytes < kernel->view_bytes[i])
        return assay_fail(ASSAY_INVALID,
                          "%s: view %u has %zu bytes and needs %zu", symbol, i,
                          view->bytes, kernel->view_bytes[i]);
    return ASSAY_OK;
}

static enum assay_status check_views(const struct assay_kernel *kernel,
                                     const struct assay_view *views)
{
    const unsigned output = kernel->n_views - 1;
    for (unsigned i = 0; i <= output; i++) {
        enum assay_status status = check_view(kernel, &views[i], i);
        if (status != ASSAY_OK)
            return status;
    }
    const struct assay_view *y = &views[output];
    for (unsigned i = 0; i < output; i++) {
        const struct assay_view *x = &views[i];
        if (x->buffer != y->buffer ||
            x->offset >= y->offset + kernel->view_bytes[output] ||
            y->offset >= x->offset + kernel->view_bytes[i])
            continue;
        if (x->offset != y->offset ||
            !assay_problem_in_place(&kernel->problem, i))
            return assay_fail(ASSAY_INVALID, "%s: the output overlaps input %u",
                              kernel->row->symbol, i);
    }
    return ASSAY_OK;
}

static enum assay_status check_steps(const struct assay_device *device,
                                     const struct assay_kernel_request *request)
{
    if (request->problem || request->constants)
        return assay_fail(ASSAY_INVALID,
                          "sequence: steps come without problem or constants");
    if (!request->steps || request->n_steps == 0)
        return assay_fail(ASSAY_INVALID, "sequence: no steps");
    for (size_t i = 0; i < request->n_steps; i++) {
        const struct assay_kernel *kernel = request->steps[i].kernel;
        if (!kernel || !kernel->row)
            return assay_fail(ASSAY_INVALID,
                              "sequence: step %zu is not one row's kernel", i);
        if (kernel->device != device)
            return assay_fail(ASSAY_INVALID,
                              "sequence: step %zu is of another device", i);
        enum assay_status status = check_views(kernel, request->steps[i].views);
        if (status != ASSAY_OK)
            return status;
    }
    return ASSAY_OK;
}

/* The arrays that a run binds: the inputs, then the output. */
static void describe(struct assay_kernel *kernel,
                     const struct assay_kernel_request *request)
{
    kernel->row = request->row;
    kernel->n_views = 0;
    if (!request->row)
        return;
    kernel->problem = *request->problem;
    const unsigned inputs = assay_op_info(request->row->op)->inputs;
    for (unsigned i = 0; i < inputs; i++)
        kernel->view_bytes[i] = assay_problem_bytes(request->problem, i);
    kernel->view_bytes[inputs] = assay_problem_bytes(
        request->problem, assay_problem_output(request->problem));
    kernel->n_views = inputs + 1;
}

enum assay_status
assay_kernel_create(struct assay_device *device,
                    const struct assay_kernel_request *request,
                    struct assay_kernel **kernel)
{
    if (!device || !request || !kernel)
        return assay_fail(ASSAY_INVALID, "kernel: a NULL argument");
    enum assay_status status = request->row ? check_row(device, request)
                                            : check_steps(device, request);
    if (status != ASSAY_OK)
        return status;
    struct assay_kernel_request special = *request;
    struct assay_problem problem;
    if (request->row) {
        problem = *request->problem;
        special.problem = &problem;
        status = assay_row_accepts(request->row, &problem);
        if (status == ASSAY_OK)
            status = assay_problem_specialize(&problem, request->constants);
        if (status != ASSAY_OK)
            return status;
    }
    struct assay_kernel *created = NULL;
    status = device->backend->kernel_create(device, &special, &created);
    if (status != ASSAY_OK)
        return status;
    created->device = device;
    describe(created, &special);
    device->live++;
    *kernel = created;
    return ASSAY_OK;
}

void assay_kernel_destroy(struct assay_kernel **kernel)
{
    if (!kernel || !*kernel)
        return;
    struct assay_device *device = (*kernel)->device;
    device->live--;
    device->backend->kernel_destroy(*kernel);
    *kernel = NULL;
}

enum assay_status assay_kernel_run(struct assay_kernel *kernel,
                                   const struct assay_view *views,
                                   size_t n_views)
{
    if (!kernel)
        return assay_fail(ASSAY_INVALID, "run: a NULL argument");
    if (n_views != kernel->n_views || !views != !n_views)
        return assay_fail(ASSAY_INVALID, "%s: %zu views instead of %u",
                          kernel->row ? kernel->row->symbol : "sequence",
                          views ? n_views : 0, kernel->n_views);
    if (kernel->row) {
        enum assay_status status = check_views(kernel, views);
        if (status != ASSAY_OK)
            return status;
    }
    return kernel->device->backend->run(kernel, views);
}

enum assay_status assay_device_finish(struct assay_device *device,
                                      uint64_t timeout_ns)
{
    if (!device)
        return assay_fail(ASSAY_INVALID, "finish: a NULL argument");
    if (timeout_ns == 0)
        return assay_fail(ASSAY_INVALID, "%s: finish with a timeout of 0",
                          device->info.target);
    return device->backend->finish(device, timeout_ns);
}

enum assay_status assay_device_elapsed_ns(struct assay_device *device,
                                          uint64_t *nanoseconds)
{
    if (!device || !nanoseconds)
        return assay_fail(ASSAY_INVALID, "elapsed_ns: a NULL argument");
    return device->backend->elapsed_ns(device, nanoseconds);
}
