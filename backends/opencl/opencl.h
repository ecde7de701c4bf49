/* SPDX-License-Identifier: Apache-2.0
 *
 * The OpenCL backend's own objects, shared by its files. Only OpenCL 1.2 is
 * used. Devices are numbered over all platforms, in the driver manager's order.
 * Arguments are trusted: backends/backend.c checks them.
 */
#ifndef ASSAY_BACKENDS_OPENCL_OPENCL_H
#define ASSAY_BACKENDS_OPENCL_OPENCL_H

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>
#include <pthread.h>

#include "backends/backend.h"

/* A built program, kept until its device closes: the cases of one process ask
 * for the same few again and again. */
struct assay_opencl_program {
    struct assay_opencl_program *next;
    const struct assay_row *row;
    char options[192];
    cl_program program;
    /* Local sizes that were launched once, and whether on a large grid: a
     * driver may compile for each. */
    uint32_t warm[8][4];
    unsigned n_warm;
};

struct assay_opencl_device {
    struct assay_device base;
    cl_device_id id;
    cl_context context;
    cl_command_queue queue; /* in order, with profiling */
    struct assay_opencl_program *programs;
    /* First and last command of the newest run while that is not finished;
     * a run of one command has the same event twice. */
    cl_event first, last;
    uint64_t elapsed_ns; /* of the newest finished run */
    bool has_elapsed;
    pthread_mutex_t lock; /* guards `callbacks` */
    pthread_cond_t called;
    unsigned callbacks; /* registered, and not called yet */
};

enum { ASSAY_OPENCL_VIEWS = 64 };

struct assay_opencl_buffer {
    struct assay_buffer base;
    cl_mem mem;
    /* Sub-buffers of plain runs, the oldest replaced when full. */
    struct {
        size_t offset, bytes;
        cl_mem mem;
    } views[ASSAY_OPENCL_VIEWS];
    unsigned n_views, next_view;
};

struct assay_opencl_step {
    cl_kernel kernel; /* with its arguments bound */
    const struct assay_opencl_kernel *source;
    cl_mem views[ASSAY_MAX_INPUTS + 1];
    unsigned n_views;
};

struct assay_opencl_kernel {
    struct assay_kernel base;
    struct assay_opencl_program *program;
    cl_kernel kernel;
    cl_mem packed;                        /* NULL: the op has no constants */
    const struct assay_opencl_peer *peer; /* then program and kernel are not */
    void *peer_state;
    struct assay_launch launch;
    unsigned inputs;
    struct assay_opencl_step *steps; /* of a sequence */
    size_t n_steps;
};

/* "CL_OUT_OF_RESOURCES"; "CL error" for a number of no known name. */
const char *assay_opencl_error_name(cl_int error);

/* assay_fail with "<what>: CL_…"; NOMEM for exhausted memory, else DEVICE. */
enum assay_status assay_opencl_fail(cl_int error, const char *what);

/* The cl_mem of a piece of a buffer: the buffer's own, or a sub-buffer that
 * the buffer owns (retain it to keep it). */
enum assay_status assay_opencl_view(const struct assay_view *view, cl_mem *mem);

/* The program of a row with the launch's compile-time values; it belongs to
 * the device. Built from source, or from the binary that an earlier process
 * left in $XDG_CACHE_HOME/assay (else ~/.cache/assay), except for drivers that
 * do so themselves (ASSAY_OPENCL_CACHE=0 or 1 overrides that). DEVICE with the
 * first line of the compiler's log if it does not build; the whole log goes to
 * stderr if ASSAY_DEBUG is set. */
enum assay_status assay_opencl_program_get(struct assay_opencl_device *device,
                                           const struct assay_row *row,
                                           const struct assay_launch *launch,
                                           struct assay_opencl_program **out);
void assay_opencl_program_free(struct assay_opencl_program *program);

/* Binary cache. A file that is missing, cut short or of another key is no
 * error: load then returns NULL. The caller frees what load returns. */
struct assay_opencl_key {
    uint64_t words[2];
};
void assay_opencl_key_add(struct assay_opencl_key *key, const void *bytes,
                          size_t size);
unsigned char *assay_opencl_cache_load(const struct assay_opencl_key *key,
                                       size_t *size);
void assay_opencl_cache_store(const struct assay_opencl_key *key,
                              const unsigned char *bytes, size_t size);

/* Remember the events of a run, which become the device's. */
void assay_opencl_run_begin(struct assay_opencl_device *device);

/* The table's functions. */
enum assay_status assay_opencl_enumerate(struct assay_device_info *infos,
                                         size_t capacity, size_t *count);
enum assay_status assay_opencl_open(const struct assay_open *request,
                                    struct assay_device **device);
void assay_opencl_close(struct assay_device *device);
enum assay_status assay_opencl_finish(struct assay_device *device,
                                      uint64_t timeout_ns);
enum assay_status assay_opencl_elapsed_ns(struct assay_device *device,
                                          uint64_t *nanoseconds);
enum assay_status assay_opencl_buf_create(struct assay_device *device,
                                          size_t bytes,
                                          struct assay_buffer **buffer);
void assay_opencl_buf_destroy(struct assay_buffer *buffer);
enum assay_status assay_opencl_buf_write(struct assay_buffer *buffer,
                                         size_t offset, const void *from,
                                         size_t bytes);
enum assay_status assay_opencl_buf_read(struct assay_buffer *buffer,
                                        size_t offset, void *to, size_t bytes);
enum assay_status
assay_opencl_kernel_create(struct assay_device *device,
                           const struct assay_kernel_request *request,
                           struct assay_kernel **kernel);
void assay_opencl_kernel_destroy(struct assay_kernel *kernel);
enum assay_status assay_opencl_run(struct assay_kernel *kernel,
                                   const struct assay_view *views);

extern const struct assay_backend assay_backend_opencl;

#endif
