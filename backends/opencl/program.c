/* SPDX-License-Identifier: Apache-2.0 */
#include "backends/opencl/opencl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_options(const struct assay_launch *launch, char *text,
                          size_t size)
{
    int n = snprintf(text, size, "-cl-std=CL1.2");
    for (unsigned i = 0; i < launch->n_spec; i++)
        n += snprintf(text + n, size - (size_t)n, " -DSPEC%u=%u", i,
                      (unsigned)launch->spec[i]);
}

static struct assay_opencl_key key_of(const struct assay_opencl_device *device,
                                      const struct assay_opencl_program *p)
{
    struct assay_opencl_key key = {{0, 0}};
    cl_platform_id platform = NULL;
    char version[512] = "";
    const struct assay_device_info *info = &device->base.info;
    assay_opencl_key_add(&key, p->row->code->bytes, p->row->code->size);
    assay_opencl_key_add(&key, p->options, strlen(p->options));
    assay_opencl_key_add(&key, info->name, strlen(info->name));
    assay_opencl_key_add(&key, info->driver, strlen(info->driver));
    clGetDeviceInfo(device->id, CL_DEVICE_VERSION, sizeof version - 1, version,
                    NULL);
    assay_opencl_key_add(&key, version, strlen(version));
    version[0] = '\0';
    clGetDeviceInfo(device->id, CL_DEVICE_PLATFORM, sizeof platform, &platform,
                    NULL);
    if (platform)
        clGetPlatformInfo(platform, CL_PLATFORM_VERSION, sizeof version - 1,
                          version, NULL);
    assay_opencl_key_add(&key, version, strlen(version));
    return key;
}

/* Whether to keep binaries. PoCL caches by itself, and to hand out a binary
 * compiles every kernel once more, for any local size: 0.4 s a program, against
 * 0.05 s that a later process saves. ASSAY_OPENCL_CACHE=0 or 1 decides. */
static bool keeps_binaries(const struct assay_opencl_device *device)
{
    const char *choice = getenv("ASSAY_OPENCL_CACHE");
    if (choice && *choice)
        return strcmp(choice, "0") != 0;
    return !strstr(device->base.info.driver, "Portable Computing Language");
}

static cl_program build_binary(const struct assay_opencl_device *device,
                               const struct assay_opencl_key *key,
                               const char *options)
{
    size_t size;
    unsigned char *bytes = assay_opencl_cache_load(key, &size);
    if (!bytes)
        return NULL;
    cl_int error, status = CL_SUCCESS;
    cl_program program = clCreateProgramWithBinary(
        device->context, 1, &device->id, &size, (const unsigned char **)&bytes,
        &status, &error);
    free(bytes);
    if (program && (status || clBuildProgram(program, 1, &device->id, options,
                                             NULL, NULL))) {
        clReleaseProgram(program);
        program = NULL;
    }
    return program;
}

static void store_binary(cl_program program, const struct assay_opencl_key *key)
{
    size_t size = 0;
    if (clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof size, &size,
                         NULL) ||
        size == 0)
        return;
    unsigned char *bytes = malloc(size);
    if (bytes && !clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof bytes,
                                   &bytes, NULL))
        assay_opencl_cache_store(key, bytes, size);
    free(bytes);
}

static enum assay_status report_log(const struct assay_opencl_device *device,
                                    const struct assay_opencl_program *p,
                                    cl_program program, cl_int error)
{
    size_t size = 0;
    clGetProgramBuildInfo(program, device->id, CL_PROGRAM_BUILD_LOG, 0, NULL,
                          &size);
    char *log = calloc(1, size + 1);
    if (log)
        clGetProgramBuildInfo(program, device->id, CL_PROGRAM_BUILD_LOG, size,
                              log, NULL);
    if (log && getenv("ASSAY_DEBUG"))
        fprintf(stderr, "%s: %s with %s:\n%s\n", device->base.info.target,
                p->row->symbol, p->options, log);
    const char *line = log ? log : "";
    line += strspn(line, " \t\r\n");
    enum assay_status status = assay_fail(
        ASSAY_DEVICE, "%s: %s does not build with %s: %s: %.*s",
        device->base.info.target, p->row->symbol, p->options,
        assay_opencl_error_name(error), (int)strcspn(line, "\r\n"), line);
    free(log);
    return status;
}

static enum assay_status build(const struct assay_opencl_device *device,
                               struct assay_opencl_program *p)
{
    const struct assay_opencl_key key = key_of(device, p);
    const bool keep = keeps_binaries(device);
    if (keep)
        p->program = build_binary(device, &key, p->options);
    if (p->program)
        return ASSAY_OK;
    const char *text = (const char *)p->row->code->bytes;
    cl_int error;
    p->program = clCreateProgramWithSource(device->context, 1, &text,
                                           &p->row->code->size, &error);
    if (!p->program)
        return assay_opencl_fail(error, "clCreateProgramWithSource");
    error = clBuildProgram(p->program, 1, &device->id, p->options, NULL, NULL);
    if (error)
        return report_log(device, p, p->program, error);
    if (keep)
        store_binary(p->program, &key);
    return ASSAY_OK;
}

void assay_opencl_program_free(struct assay_opencl_program *program)
{
    if (program->program)
        clReleaseProgram(program->program);
    free(program);
}

enum assay_status assay_opencl_program_get(struct assay_opencl_device *device,
                                           const struct assay_row *row,
                                           const struct assay_launch *launch,
                                           struct assay_opencl_program **out)
{
    struct assay_opencl_program *p = calloc(1, sizeof *p);
    if (!p)
        return assay_fail(ASSAY_NOMEM, "out of host memory");
    p->row = row;
    write_options(launch, p->options, sizeof p->options);
    for (struct assay_opencl_program *old = device->programs; old;
         old = old->next) {
        if (old->row == row && strcmp(old->options, p->options) == 0) {
            free(p);
            *out = old;
            return ASSAY_OK;
        }
    }
    enum assay_status status = build(device, p);
    if (status) {
        assay_opencl_program_free(p);
        return status;
    }
    p->next = device->programs;
    device->programs = p;
    *out = p;
    return ASSAY_OK;
}
