/* SPDX-License-Identifier: Apache-2.0 */
#include "backends/cpu/cpu.h"
#include "backends/cpu/processor.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* pthreadpool does not survive a thread that the system refuses. */
enum { MAX_THREADS = 512 };

/* The machine's memory, or less where a control group allows less. */
static uint64_t memory_bytes(void)
{
    uint64_t bytes =
        (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
    FILE *file = fopen("/sys/fs/cgroup/memory.max", "r");
    uint64_t limit;
    if (file && fscanf(file, "%" SCNu64, &limit) == 1 && limit < bytes)
        bytes = limit;
    if (file)
        fclose(file);
    return bytes;
}

static void describe(struct assay_device_info *info)
{
    memset(info, 0, sizeof *info);
    snprintf(info->target, sizeof info->target, "cpu");
    snprintf(info->type, sizeof info->type, "cpu");
    snprintf(info->driver, sizeof info->driver, "%s%s",
#ifdef __clang__
             "",
#else
             "GCC ",
#endif
             __VERSION__);
    assay_cpu_name(info->name, sizeof info->name);
    info->api = ASSAY_API_CPU;
    info->device_class = ASSAY_CLASS_CPU;
    info->memory_bytes = info->max_buffer_bytes = memory_bytes();
    info->units = assay_cpu_cores();
    info->view_align = 64;
    info->isa = assay_cpu_isa();
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
        return assay_fail(ASSAY_UNSUPPORTED, "cpu: there is no device %u",
                          request->index);
    if (request->threads > MAX_THREADS)
        return assay_fail(ASSAY_INVALID, "cpu: %zu threads; at most %d",
                          request->threads, MAX_THREADS);
    struct assay_cpu_device *created =
        aligned_alloc(_Alignof(struct assay_cpu_device), sizeof *created);
    if (!created)
        return assay_fail(ASSAY_NOMEM, "cpu: no memory for the device");
    memset(created, 0, sizeof *created);
    describe(&created->shared.info);
    created->shared.info.isa &= ~request->isa_off;
    created->shared.threads =
        request->threads ? request->threads : created->shared.info.units;
    created->share_all = request->share_all;
    created->barrier.spins =
        created->shared.threads > created->shared.info.units ? 100 : 20000;
    if (created->shared.threads > 1) {
        created->pool = pthreadpool_create(created->shared.threads);
        if (!created->pool) {
            free(created);
            return assay_fail(ASSAY_NOMEM, "cpu: no pool of %zu threads",
                              request->threads);
        }
    }
    *device = &created->shared;
    return ASSAY_OK;
}

static void close_device(struct assay_device *device)
{
    struct assay_cpu_device *d = (struct assay_cpu_device *)device;
    if (d->pool)
        pthreadpool_destroy(d->pool);
    free(d);
}

static enum assay_status finish(struct assay_device *device,
                                uint64_t timeout_ns)
{
    (void)device;
    (void)timeout_ns;
    return ASSAY_OK;
}

static enum assay_status elapsed_ns(struct assay_device *device,
                                    uint64_t *nanoseconds)
{
    (void)device;
    (void)nanoseconds;
    return assay_fail(ASSAY_UNSUPPORTED,
                      "cpu: no clock of its own, the wall time says all");
}

extern const struct assay_backend assay_backend_cpu;
const struct assay_backend assay_backend_cpu = {
    .name = "cpu",
    .api = ASSAY_API_CPU,
    .enumerate = enumerate,
    .open = open_device,
    .close = close_device,
    .buf_create = assay_cpu_buf_create,
    .buf_destroy = assay_cpu_buf_destroy,
    .buf_write = assay_cpu_buf_write,
    .buf_read = assay_cpu_buf_read,
    .kernel_create = assay_cpu_kernel_create,
    .kernel_destroy = assay_cpu_kernel_destroy,
    .run = assay_cpu_run,
    .finish = finish,
    .elapsed_ns = elapsed_ns,
};
