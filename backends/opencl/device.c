/* SPDX-License-Identifier: Apache-2.0 */
#include "backends/opencl/opencl.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Vendors' queries of the subgroup, absent from the 1.2 headers. */
#define WARP_SIZE_NV 0x4003
#define WAVEFRONT_WIDTH_AMD 0x4043
#define SUB_GROUP_SIZES_INTEL 0x4108

enum {
    MAX_PLATFORMS = 32,
    /* How long finish polls before it sleeps: a sleep costs two wake-ups,
     * which is too much for a small kernel and nothing for a large one. */
    POLL_NS = 20000,
};

static void get_text(cl_device_id id, cl_device_info what, char *text,
                     size_t size)
{
    char value[1024] = "";
    if (clGetDeviceInfo(id, what, sizeof value - 1, value, NULL))
        value[0] = '\0';
    const char *start = value;
    while (*start == ' ')
        start++;
    snprintf(text, size, "%s", start);
    for (size_t n = strlen(text); n > 0 && text[n - 1] == ' '; n--)
        text[n - 1] = '\0';
}

static uint64_t get_number(cl_device_id id, cl_device_info what, size_t size)
{
    union {
        cl_uint u;
        cl_ulong ul;
    } value = {.ul = 0};
    if (clGetDeviceInfo(id, what, size, &value, NULL))
        return 0;
    return size == sizeof value.u ? value.u : value.ul;
}

static bool has_extension(cl_device_id id, const char *name)
{
    char extensions[16384] = "";
    return !clGetDeviceInfo(id, CL_DEVICE_EXTENSIONS, sizeof extensions - 1,
                            extensions, NULL) &&
           strstr(extensions, name) != NULL;
}

static uint32_t subgroup_size(cl_device_id id, enum assay_device_class class)
{
    if (has_extension(id, "cl_nv_device_attribute_query"))
        return (uint32_t)get_number(id, WARP_SIZE_NV, sizeof(cl_uint));
    if (has_extension(id, "cl_amd_device_attribute_query"))
        return (uint32_t)get_number(id, WAVEFRONT_WIDTH_AMD, sizeof(cl_uint));
    size_t sizes[16], bytes = 0;
    if (has_extension(id, "cl_intel_required_subgroup_size") &&
        !clGetDeviceInfo(id, SUB_GROUP_SIZES_INTEL, sizeof sizes, sizes,
                         &bytes) &&
        bytes >= sizeof *sizes)
        return (uint32_t)sizes[bytes / sizeof *sizes - 1];
    /* A CPU driver runs work-items in the lanes of its vectors. */
    return class == ASSAY_CLASS_CPU
               ? (uint32_t)get_number(id,
                                      CL_DEVICE_PREFERRED_VECTOR_WIDTH_FLOAT,
                                      sizeof(cl_uint))
               : 0;
}

static const char *type_name(cl_device_type type, bool unified)
{
    if (type & CL_DEVICE_TYPE_CPU)
        return "cpu";
    if (type & CL_DEVICE_TYPE_GPU)
        return unified ? "integrated" : "discrete";
    return "other";
}

static void describe(cl_device_id id, unsigned index,
                     struct assay_device_info *info)
{
    char platform_version[128] = "", driver[64];
    cl_platform_id platform = NULL;
    cl_device_type type = 0;
    memset(info, 0, sizeof *info);
    clGetDeviceInfo(id, CL_DEVICE_TYPE, sizeof type, &type, NULL);
    clGetDeviceInfo(id, CL_DEVICE_PLATFORM, sizeof platform, &platform, NULL);
    if (platform &&
        clGetPlatformInfo(platform, CL_PLATFORM_NAME,
                          sizeof platform_version - 1, platform_version, NULL))
        platform_version[0] = '\0';
    snprintf(info->target, sizeof info->target, "opencl:%u", index);
    get_text(id, CL_DEVICE_NAME, info->name, sizeof info->name);
    get_text(id, CL_DRIVER_VERSION, driver, sizeof driver);
    snprintf(info->driver, sizeof info->driver, "%.*s %s",
             (int)(sizeof info->driver - sizeof driver - 2), platform_version,
             driver);
    info->api = ASSAY_API_OPENCL;
    info->device_class =
        type & CL_DEVICE_TYPE_CPU ? ASSAY_CLASS_CPU : ASSAY_CLASS_GPU;
    const bool unified =
        get_number(id, CL_DEVICE_HOST_UNIFIED_MEMORY, sizeof(cl_bool)) != 0;
    snprintf(info->type, sizeof info->type, "%s", type_name(type, unified));
    info->memory_bytes =
        get_number(id, CL_DEVICE_GLOBAL_MEM_SIZE, sizeof(cl_ulong));
    info->max_buffer_bytes =
        get_number(id, CL_DEVICE_MAX_MEM_ALLOC_SIZE, sizeof(cl_ulong));
    info->units =
        (uint32_t)get_number(id, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof(cl_uint));
    info->subgroup_size = subgroup_size(id, info->device_class);
    const uint64_t bits =
        get_number(id, CL_DEVICE_MEM_BASE_ADDR_ALIGN, sizeof(cl_uint));
    info->view_align = bits / 8 > 4 ? (size_t)bits / 8 : 4;
    info->isa = ASSAY_HAS_STORAGE8 | ASSAY_HAS_STORAGE16;
    if (has_extension(id, "cl_khr_fp16"))
        info->isa |= ASSAY_HAS_F16;
    info->device_time = true;
}

/* Count the devices of all platforms; the one of number *wanted goes to *id,
 * or, without `wanted`, each is described in infos. */
static enum assay_status walk(struct assay_device_info *infos, size_t capacity,
                              const unsigned *wanted, cl_device_id *id,
                              size_t *count)
{
    cl_platform_id platforms[MAX_PLATFORMS];
    cl_uint n_platforms = 0;
    *count = 0;
    cl_int error = clGetPlatformIDs(MAX_PLATFORMS, platforms, &n_platforms);
    if (error == -1001 || (!error && n_platforms == 0)) {
        assay_fail(ASSAY_UNSUPPORTED,
                   "OpenCL: no driver is installed (no platform found)");
        return ASSAY_OK;
    }
    if (error)
        return assay_opencl_fail(error, "clGetPlatformIDs");
    if (n_platforms > MAX_PLATFORMS)
        n_platforms = MAX_PLATFORMS;
    for (cl_uint p = 0; p < n_platforms; p++) {
        cl_device_id ids[64];
        cl_uint n = 0;
        error = clGetDeviceIDs(platforms[p], CL_DEVICE_TYPE_ALL, 64, ids, &n);
        if (error) /* a platform without a device, or one that is broken */
            continue;
        for (cl_uint d = 0; d < n && d < 64; d++, ++*count) {
            if (wanted && *count == *wanted)
                *id = ids[d];
            if (!wanted && *count < capacity)
                describe(ids[d], (unsigned)*count, &infos[*count]);
        }
    }
    if (*count == 0)
        assay_fail(ASSAY_UNSUPPORTED,
                   "OpenCL: %u platform(s), but none has a device",
                   (unsigned)n_platforms);
    return ASSAY_OK;
}

enum assay_status assay_opencl_enumerate(struct assay_device_info *infos,
                                         size_t capacity, size_t *count)
{
    return walk(infos, capacity, NULL, NULL, count);
}

static void make_lock(struct assay_opencl_device *self)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&self->called, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&self->lock, NULL);
}

enum assay_status assay_opencl_open(const struct assay_open *request,
                                    struct assay_device **device)
{
    cl_device_id id = NULL;
    size_t count;
    enum assay_status status = walk(NULL, 0, &request->index, &id, &count);
    if (status)
        return status;
    if (!id)
        return assay_fail(ASSAY_UNSUPPORTED,
                          "opencl:%u: no such device; %zu found",
                          request->index, count);
    struct assay_opencl_device *self = calloc(1, sizeof *self);
    if (!self)
        return assay_fail(ASSAY_NOMEM, "out of host memory");
    describe(id, request->index, &self->base.info);
    self->base.threads = 1;
    self->id = id;
    make_lock(self);
    cl_int error = CL_SUCCESS;
    const char *what = "clCreateContext";
    if (!get_number(id, CL_DEVICE_AVAILABLE, sizeof(cl_bool))) {
        error = CL_DEVICE_NOT_AVAILABLE;
    } else if (!get_number(id, CL_DEVICE_COMPILER_AVAILABLE, sizeof(cl_bool))) {
        error = CL_COMPILER_NOT_AVAILABLE;
    } else {
        self->context = clCreateContext(NULL, 1, &id, NULL, NULL, &error);
    }
    if (self->context) {
        what = "clCreateCommandQueue";
        self->queue = clCreateCommandQueue(self->context, id,
                                           CL_QUEUE_PROFILING_ENABLE, &error);
    }
    if (!self->queue) {
        assay_opencl_close(&self->base);
        return assay_opencl_fail(error, what);
    }
    *device = &self->base;
    return ASSAY_OK;
}

void assay_opencl_run_begin(struct assay_opencl_device *device)
{
    if (device->first && device->first != device->last)
        clReleaseEvent(device->first);
    if (device->last)
        clReleaseEvent(device->last);
    device->first = device->last = NULL;
}

void assay_opencl_close(struct assay_device *device)
{
    struct assay_opencl_device *self = (struct assay_opencl_device *)device;
    if (self->last) /* only after a timeout */
        clFinish(self->queue);
    assay_opencl_run_begin(self);
    if (self->queue)
        clReleaseCommandQueue(self->queue);
    while (self->programs) {
        struct assay_opencl_program *next = self->programs->next;
        assay_opencl_program_free(self->programs);
        self->programs = next;
    }
    if (self->context)
        clReleaseContext(self->context);
    /* After a timeout the driver may still call back, into this memory. */
    pthread_mutex_lock(&self->lock);
    while (self->callbacks > 0)
        pthread_cond_wait(&self->called, &self->lock);
    pthread_mutex_unlock(&self->lock);
    pthread_cond_destroy(&self->called);
    pthread_mutex_destroy(&self->lock);
    free(self);
}

static void CL_CALLBACK on_complete(cl_event event, cl_int status, void *data)
{
    struct assay_opencl_device *self = data;
    (void)event;
    (void)status;
    pthread_mutex_lock(&self->lock);
    self->callbacks--;
    pthread_cond_broadcast(&self->called);
    pthread_mutex_unlock(&self->lock);
}

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static cl_int event_status(cl_event event)
{
    cl_int status = CL_QUEUED;
    cl_int error = clGetEventInfo(event, CL_EVENT_COMMAND_EXECUTION_STATUS,
                                  sizeof status, &status, NULL);
    return error ? error : status;
}

/* Sleep until the driver has called back for the event, or the deadline. */
static enum assay_status sleep_until(struct assay_opencl_device *self,
                                     cl_event event, uint64_t deadline)
{
    const struct timespec when = {
        .tv_sec = (time_t)(deadline / 1000000000),
        .tv_nsec = (long)(deadline % 1000000000),
    };
    pthread_mutex_lock(&self->lock);
    self->callbacks++;
    pthread_mutex_unlock(&self->lock);
    cl_int error = clSetEventCallback(event, CL_COMPLETE, on_complete, self);
    pthread_mutex_lock(&self->lock);
    if (error)
        self->callbacks--;
    int late = 0;
    while (!error && self->callbacks > 0 && late != ETIMEDOUT)
        late = pthread_cond_timedwait(&self->called, &self->lock, &when);
    pthread_mutex_unlock(&self->lock);
    return error ? assay_opencl_fail(error, "clSetEventCallback") : ASSAY_OK;
}

static void keep_elapsed(struct assay_opencl_device *self)
{
    cl_ulong start = 0, end = 0;
    self->has_elapsed =
        !clGetEventProfilingInfo(self->first, CL_PROFILING_COMMAND_START,
                                 sizeof start, &start, NULL) &&
        !clGetEventProfilingInfo(self->last, CL_PROFILING_COMMAND_END,
                                 sizeof end, &end, NULL) &&
        end >= start;
    self->elapsed_ns = end - start;
}

enum assay_status assay_opencl_finish(struct assay_device *device,
                                      uint64_t timeout_ns)
{
    struct assay_opencl_device *self = (struct assay_opencl_device *)device;
    if (!self->last)
        return ASSAY_OK;
    const uint64_t start = now_ns();
    const uint64_t deadline = timeout_ns > UINT64_MAX / 2 - start
                                  ? UINT64_MAX / 2
                                  : start + timeout_ns;
    const uint64_t poll =
        timeout_ns < POLL_NS ? deadline : start + (uint64_t)POLL_NS;
    cl_int state = event_status(self->last);
    /* Yielding, because a CPU driver's threads need this core. */
    while (state > 0 && now_ns() < poll) {
        sched_yield();
        state = event_status(self->last);
    }
    if (state > 0 && now_ns() < deadline) {
        enum assay_status status = sleep_until(self, self->last, deadline);
        if (status)
            return status;
        state = event_status(self->last);
    }
    if (state > 0)
        return assay_fail(ASSAY_DEVICE,
                          "%s: not finished after %llu ns; the device hangs "
                          "or the timeout is too short",
                          device->info.target, (unsigned long long)timeout_ns);
    if (state == CL_COMPLETE)
        keep_elapsed(self);
    assay_opencl_run_begin(self);
    if (state < 0)
        return assay_opencl_fail(state, "a kernel did not complete");
    return ASSAY_OK;
}

enum assay_status assay_opencl_elapsed_ns(struct assay_device *device,
                                          uint64_t *nanoseconds)
{
    const struct assay_opencl_device *self =
        (const struct assay_opencl_device *)device;
    if (!self->has_elapsed)
        return assay_fail(ASSAY_UNSUPPORTED, "%s: no finished run with times",
                          device->info.target);
    *nanoseconds = self->elapsed_ns;
    return ASSAY_OK;
}

const struct assay_backend assay_backend_opencl = {
    .name = "opencl",
    .api = ASSAY_API_OPENCL,
    .enumerate = assay_opencl_enumerate,
    .open = assay_opencl_open,
    .close = assay_opencl_close,
    .buf_create = assay_opencl_buf_create,
    .buf_destroy = assay_opencl_buf_destroy,
    .buf_write = assay_opencl_buf_write,
    .buf_read = assay_opencl_buf_read,
    .kernel_create = assay_opencl_kernel_create,
    .kernel_destroy = assay_opencl_kernel_destroy,
    .run = assay_opencl_run,
    .finish = assay_opencl_finish,
    .elapsed_ns = assay_opencl_elapsed_ns,
};
