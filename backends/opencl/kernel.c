/* SPDX-License-Identifier: Apache-2.0 */
#include "backends/opencl/opencl.h"

#include <stdlib.h>
#include <string.h>

#define WARM_NS (120 * (uint64_t)1000000000)

static struct assay_opencl_device *
device_of(const struct assay_opencl_kernel *k)
{
    return (struct assay_opencl_device *)k->base.device;
}

static enum assay_status pack_constants(struct assay_opencl_device *device,
                                        const struct assay_kernel_request *r,
                                        struct assay_opencl_kernel *k)
{
    const size_t bytes = assay_row_packed_bytes(r->row, r->problem);
    if (bytes == 0)
        return ASSAY_OK;
    if (bytes > device->base.info.max_buffer_bytes)
        return assay_fail(ASSAY_NOMEM,
                          "%s: %zu bytes of packed constants exceed the "
                          "largest allocation",
                          device->base.info.target, bytes);
    void *packed = aligned_alloc(64, (bytes + 63) / 64 * 64);
    if (!packed)
        return assay_fail(ASSAY_NOMEM, "out of host memory for constants");
    assay_op_info(r->row->op)->pack(r->row, r->problem, r->constants, packed);
    cl_int error;
    k->packed =
        clCreateBuffer(device->context, CL_MEM_READ_ONLY | CL_MEM_COPY_HOST_PTR,
                       bytes, packed, &error);
    free(packed);
    return k->packed ? ASSAY_OK
                     : assay_opencl_fail(error, "clCreateBuffer of constants");
}

/* A cl_kernel of its own with everything bound but the views. */
static enum assay_status make_kernel(const struct assay_opencl_kernel *k,
                                     cl_kernel *kernel)
{
    cl_int error;
    cl_kernel made =
        clCreateKernel(k->program->program, k->program->row->symbol, &error);
    if (!made)
        return assay_opencl_fail(error, k->program->row->symbol);
    cl_uint place = k->inputs;
    if (k->packed)
        error = clSetKernelArg(made, place++, sizeof k->packed, &k->packed);
    place++; /* the output */
    if (!error && k->launch.n_words > 0)
        error = clSetKernelArg(made, place,
                               k->launch.n_words * sizeof *k->launch.words,
                               k->launch.words);
    if (error) {
        clReleaseKernel(made);
        return assay_opencl_fail(error, "clSetKernelArg");
    }
    *kernel = made;
    return ASSAY_OK;
}

static enum assay_status bind(const struct assay_opencl_kernel *k,
                              cl_kernel kernel, const cl_mem *mems)
{
    cl_int error = CL_SUCCESS;
    for (cl_uint i = 0; i < k->inputs && !error; i++)
        error = clSetKernelArg(kernel, i, sizeof mems[i], &mems[i]);
    if (!error)
        error = clSetKernelArg(kernel, k->inputs + (k->packed != NULL),
                               sizeof mems[k->inputs], &mems[k->inputs]);
    return error ? assay_opencl_fail(error, "clSetKernelArg") : ASSAY_OK;
}

/* A library's call; its event is dropped where nobody wants it. */
static enum assay_status enqueue_peer(const struct assay_opencl_kernel *k,
                                      const cl_mem *mems, cl_event *event)
{
    void *done = NULL;
    enum assay_status status =
        k->peer->run(k->peer_state, device_of(k)->queue, (void *const *)mems,
                     mems[k->inputs], &done);
    if (event)
        *event = done;
    else if (done)
        clReleaseEvent(done);
    return status;
}

static enum assay_status enqueue(const struct assay_opencl_kernel *k,
                                 cl_kernel kernel, cl_event *event)
{
    const struct assay_launch *l = &k->launch;
    const size_t local[3] = {l->local[0], l->local[1], l->local[2]};
    const size_t global[3] = {l->groups[0] * local[0], l->groups[1] * local[1],
                              l->groups[2] * local[2]};
    cl_int error = clEnqueueNDRangeKernel(device_of(k)->queue, kernel, 3, NULL,
                                          global, local, 0, NULL, event);
    return error ? assay_opencl_fail(error, k->program->row->symbol) : ASSAY_OK;
}

static enum assay_status run_one(const struct assay_opencl_kernel *k,
                                 const cl_mem *mems)
{
    struct assay_opencl_device *device = device_of(k);
    cl_event event;
    enum assay_status status = k->peer ? ASSAY_OK : bind(k, k->kernel, mems);
    if (status)
        return status;
    status =
        k->peer ? enqueue_peer(k, mems, &event) : enqueue(k, k->kernel, &event);
    if (status)
        return status;
    assay_opencl_run_begin(device);
    device->first = device->last = event;
    clFlush(device->queue);
    return ASSAY_OK;
}

static enum assay_status run_steps(const struct assay_opencl_kernel *k)
{
    struct assay_opencl_device *device = device_of(k);
    cl_event first = NULL, last = NULL;
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; i < k->n_steps && !status; i++) {
        const struct assay_opencl_step *s = &k->steps[i];
        cl_event *event = i == 0 ? &first : i == k->n_steps - 1 ? &last : NULL;
        status = s->source->peer ? enqueue_peer(s->source, s->views, event)
                                 : enqueue(s->source, s->kernel, event);
    }
    if (first) {
        assay_opencl_run_begin(device);
        device->first = first;
        device->last = last ? last : first;
    }
    clFlush(device->queue);
    return status;
}

enum assay_status assay_opencl_run(struct assay_kernel *kernel,
                                   const struct assay_view *views)
{
    const struct assay_opencl_kernel *k =
        (const struct assay_opencl_kernel *)kernel;
    if (!kernel->row)
        return run_steps(k);
    cl_mem mems[ASSAY_MAX_INPUTS + 1];
    for (unsigned i = 0; i <= k->inputs; i++) {
        enum assay_status status = assay_opencl_view(&views[i], &mems[i]);
        if (status)
            return status;
    }
    return run_one(k, mems);
}

/* Limits that a driver would report only at the first launch. */
static enum assay_status check_limits(struct assay_opencl_device *device,
                                      const struct assay_opencl_kernel *k)
{
    size_t most = 0;
    cl_ulong local = 0, local_most = 0;
    const struct assay_launch *l = &k->launch;
    const size_t items = (size_t)l->local[0] * l->local[1] * l->local[2];
    clGetKernelWorkGroupInfo(k->kernel, device->id, CL_KERNEL_WORK_GROUP_SIZE,
                             sizeof most, &most, NULL);
    clGetKernelWorkGroupInfo(k->kernel, device->id, CL_KERNEL_LOCAL_MEM_SIZE,
                             sizeof local, &local, NULL);
    clGetDeviceInfo(device->id, CL_DEVICE_LOCAL_MEM_SIZE, sizeof local_most,
                    &local_most, NULL);
    if (items > most)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s: %s needs %zu work-items a group, the device "
                          "runs %zu",
                          device->base.info.target, k->program->row->symbol,
                          items, most);
    if (local > local_most)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "%s: %s needs %llu bytes of local memory of %llu",
                          device->base.info.target, k->program->row->symbol,
                          (unsigned long long)local,
                          (unsigned long long)local_most);
    return ASSAY_OK;
}

/* Remembers the launch if it is new. */
static bool is_warm(struct assay_opencl_program *p,
                    const struct assay_launch *l)
{
    uint32_t key[4] = {l->local[0], l->local[1], l->local[2], 0};
    for (unsigned i = 0; i < 3; i++)
        key[3] |= (uint64_t)l->groups[i] * l->local[i] >= UINT16_MAX;
    for (unsigned i = 0; i < p->n_warm; i++)
        if (memcmp(p->warm[i], key, sizeof key) == 0)
            return true;
    if (p->n_warm < sizeof p->warm / sizeof *p->warm)
        memcpy(p->warm[p->n_warm++], key, sizeof key);
    return false;
}

/* Drivers finish compiling at the first launch (PoCL: once for each local size,
 * and again for grids of 65535 and more), so that launch is made here, on
 * arrays of zeros. Where there is no room for them the first run pays. */
static enum assay_status warm_up(struct assay_opencl_device *device,
                                 struct assay_opencl_kernel *k,
                                 const struct assay_problem *problem)
{
    if (is_warm(k->program, &k->launch))
        return ASSAY_OK;
    cl_mem mems[ASSAY_MAX_INPUTS + 1] = {NULL};
    enum assay_status status = assay_opencl_finish(&device->base, WARM_NS);
    bool room = true;
    for (unsigned i = 0; i <= k->inputs && room && !status; i++) {
        const size_t bytes = assay_problem_bytes(
            problem, i < k->inputs ? i : assay_problem_output(problem));
        const cl_uchar zero = 0;
        cl_int error;
        mems[i] = clCreateBuffer(device->context, CL_MEM_READ_WRITE, bytes,
                                 NULL, &error);
        room = mems[i] && !clEnqueueFillBuffer(device->queue, mems[i], &zero, 1,
                                               0, bytes, 0, NULL, NULL);
    }
    const uint64_t elapsed = device->elapsed_ns;
    const bool has_elapsed = device->has_elapsed;
    if (!status && room)
        status = run_one(k, mems);
    if (!status)
        status = assay_opencl_finish(&device->base, WARM_NS);
    device->elapsed_ns = elapsed;
    device->has_elapsed = has_elapsed;
    for (unsigned i = 0; i <= k->inputs; i++)
        if (mems[i])
            clReleaseMemObject(mems[i]);
    return status;
}

static enum assay_status create_row(struct assay_opencl_device *device,
                                    const struct assay_kernel_request *r,
                                    struct assay_opencl_kernel *k)
{
    const struct assay_op_info *op = assay_op_info(r->row->op);
    if (r->row->opencl_peer) {
        k->peer = r->row->opencl_peer;
        k->inputs = op->inputs;
        return k->peer->open(r->problem, r->constants, device->context,
                             &k->peer_state);
    }
    if (!r->row->code || !op->launch[ASSAY_API_OPENCL])
        return assay_fail(ASSAY_UNSUPPORTED, "%s: no OpenCL code in this build",
                          r->row->symbol);
    k->inputs = op->inputs;
    enum assay_status status =
        op->launch[ASSAY_API_OPENCL](r->row, r->problem, &k->launch);
    if (!status)
        status =
            assay_opencl_program_get(device, r->row, &k->launch, &k->program);
    if (!status)
        status = pack_constants(device, r, k);
    if (!status)
        status = make_kernel(k, &k->kernel);
    if (!status)
        status = check_limits(device, k);
    if (!status)
        status = warm_up(device, k, r->problem);
    return status;
}

static enum assay_status create_step(const struct assay_step *step,
                                     struct assay_opencl_step *s)
{
    const struct assay_opencl_kernel *source =
        (const struct assay_opencl_kernel *)step->kernel;
    s->source = source;
    for (unsigned i = 0; i <= source->inputs; i++) {
        cl_mem mem;
        enum assay_status status = assay_opencl_view(&step->views[i], &mem);
        if (status)
            return status;
        clRetainMemObject(mem);
        s->views[s->n_views++] = mem;
    }
    if (source->peer)
        return ASSAY_OK;
    enum assay_status status = make_kernel(source, &s->kernel);
    return status ? status : bind(source, s->kernel, s->views);
}

static enum assay_status create_sequence(const struct assay_kernel_request *r,
                                         struct assay_opencl_kernel *k)
{
    k->steps = calloc(r->n_steps, sizeof *k->steps);
    if (!k->steps)
        return assay_fail(ASSAY_NOMEM, "out of host memory");
    k->n_steps = r->n_steps;
    for (size_t i = 0; i < r->n_steps; i++) {
        enum assay_status status = create_step(&r->steps[i], &k->steps[i]);
        if (status)
            return status;
    }
    return ASSAY_OK;
}

enum assay_status
assay_opencl_kernel_create(struct assay_device *device,
                           const struct assay_kernel_request *request,
                           struct assay_kernel **kernel)
{
    struct assay_opencl_device *self = (struct assay_opencl_device *)device;
    struct assay_opencl_kernel *k = calloc(1, sizeof *k);
    if (!k)
        return assay_fail(ASSAY_NOMEM, "out of host memory");
    k->base.device = device;
    enum assay_status status = request->row ? create_row(self, request, k)
                                            : create_sequence(request, k);
    if (status) {
        assay_opencl_kernel_destroy(&k->base);
        return status;
    }
    *kernel = &k->base;
    return ASSAY_OK;
}

void assay_opencl_kernel_destroy(struct assay_kernel *kernel)
{
    struct assay_opencl_kernel *k = (struct assay_opencl_kernel *)kernel;
    for (size_t i = 0; i < k->n_steps; i++) {
        if (k->steps[i].kernel)
            clReleaseKernel(k->steps[i].kernel);
        for (unsigned v = 0; v < k->steps[i].n_views; v++)
            clReleaseMemObject(k->steps[i].views[v]);
    }
    free(k->steps);
    if (k->kernel)
        clReleaseKernel(k->kernel);
    if (k->packed)
        clReleaseMemObject(k->packed);
    if (k->peer_state)
        k->peer->close(k->peer_state);
    free(k);
}
