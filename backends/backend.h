/* SPDX-License-Identifier: Apache-2.0
 *
 * One table for every way to reach a device. The functions below validate
 * their arguments, log a failure once (assay_message) and call the table of
 * the device's backend, which trusts what it gets.
 *
 * Ownership: the caller owns what it creates, and destroys kernels and buffers
 * before it closes the device, through a pointer that becomes NULL (destroying
 * NULL is allowed). A device with live objects refuses to close.
 * Threads: a device and all that belongs to it serve one thread at a time.
 * There is no fallback: a request that a device cannot serve fails by name.
 */
#ifndef ASSAY_BACKENDS_BACKEND_H
#define ASSAY_BACKENDS_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/kernel.h"

/* What a device is. Texts are UTF-8; a fact that is unknown is "" or 0. */
struct assay_device_info {
    char target[24];  /* "cpu", "opencl:0", "vulkan:1", "null" */
    char name[128];   /* as the driver tells it */
    char driver[128]; /* name and version */
    char type[16];    /* "cpu", "integrated", "discrete", "virtual", "other" */
    enum assay_api api;
    enum assay_device_class device_class;
    uint64_t memory_bytes;
    uint64_t max_buffer_bytes;
    uint32_t units;         /* cores or compute units */
    uint32_t subgroup_size; /* 0: not told */
    size_t view_align;      /* a power of two: of the offsets in views */
    unsigned isa;           /* ASSAY_ISA_* (cpu), ASSAY_HAS_* (others) */
    bool device_time;       /* elapsed_ns works */
};

struct assay_open {
    unsigned index;   /* of the backend's enumeration */
    size_t threads;   /* cpu only; 0: one a core */
    unsigned isa_off; /* cpu only: ASSAY_ISA_* bits that must not be used; 0:
                         all that there are; ~0u: baseline only */
    bool share_all;   /* cpu only, for tests: all threads take part in every
                         step, also in those too small to be worth it */
    bool debug;       /* vulkan: validation layer, findings on stderr */
};

/* The part of an object that every backend shares; backends embed it first. */
struct assay_device {
    const struct assay_backend *backend;
    struct assay_device_info info;
    size_t threads; /* cpu: threads of a run; else 1 */
    size_t live;    /* buffers and kernels not yet destroyed */
    size_t allocated_bytes, peak_bytes; /* device memory of buffers */
};

struct assay_buffer {
    struct assay_device *device;
    size_t bytes;
};

/* A piece of a buffer; offset a multiple of the device's view_align. */
struct assay_view {
    struct assay_buffer *buffer;
    size_t offset, bytes;
};

struct assay_kernel {
    struct assay_device *device;
    const struct assay_row *row; /* NULL: a recorded sequence */
    struct assay_problem problem;
    unsigned n_views;
    size_t view_bytes[ASSAY_MAX_INPUTS + 1]; /* least size of each view */
};

/* One kernel with its arrays: the inputs in the op's order, then the output.
 * The kernel and the buffers outlive the sequence made of them. */
struct assay_step {
    struct assay_kernel *kernel;
    struct assay_view views[ASSAY_MAX_INPUTS + 1];
};

/* What kernel_create makes: one row for one problem, or, with row = NULL, a
 * recorded sequence of steps, each of which sees the results of those before
 * it. constants are host arrays in the op's order (NULL: absent), read during
 * the call only; packing, compilation and scratch happen here, never in run. */
struct assay_kernel_request {
    const struct assay_row *row;
    const struct assay_problem *problem;
    const void *const *constants;
    const struct assay_step *steps;
    size_t n_steps;
};

/* The wrappers fill the shared part of buffers (device, bytes), kernels (all)
 * and devices (backend, live, allocated_bytes, peak_bytes) after the backend
 * has created them; open itself fills info and threads. Output pointers are
 * set only with OK. open tells an index that is not enumerated, UNSUPPORTED;
 * everything else was checked before. */
struct assay_backend {
    const char *name;
    enum assay_api api;
    /* Fill at most `capacity` entries; *count is how many there are. No device
     * is OK with *count = 0 and the reason in assay_message(). */
    enum assay_status (*enumerate)(struct assay_device_info *infos,
                                   size_t capacity, size_t *count);
    enum assay_status (*open)(const struct assay_open *request,
                              struct assay_device **device);
    void (*close)(struct assay_device *device);
    enum assay_status (*buf_create)(struct assay_device *device, size_t bytes,
                                    struct assay_buffer **buffer);
    void (*buf_destroy)(struct assay_buffer *buffer);
    enum assay_status (*buf_write)(struct assay_buffer *buffer, size_t offset,
                                   const void *from, size_t bytes);
    enum assay_status (*buf_read)(struct assay_buffer *buffer, size_t offset,
                                  void *to, size_t bytes);
    enum assay_status (*kernel_create)(
        struct assay_device *device, const struct assay_kernel_request *request,
        struct assay_kernel **kernel);
    void (*kernel_destroy)(struct assay_kernel *kernel);
    enum assay_status (*run)(struct assay_kernel *kernel,
                             const struct assay_view *views);
    enum assay_status (*finish)(struct assay_device *device,
                                uint64_t timeout_ns);
    enum assay_status (*elapsed_ns)(struct assay_device *device,
                                    uint64_t *nanoseconds);
};

/* The backends of this build, ended by NULL. cpu and null are always there. */
extern const struct assay_backend *const assay_backends[];

/* The backend of that API, or NULL if it is not part of this build. */
const struct assay_backend *assay_backend_find(enum assay_api api);

enum assay_status assay_device_enumerate(const struct assay_backend *backend,
                                         struct assay_device_info *infos,
                                         size_t capacity, size_t *count);
enum assay_status assay_device_open(const struct assay_backend *backend,
                                    const struct assay_open *request,
                                    struct assay_device **device);
/* INVALID, and nothing closed, while buffers or kernels are alive. */
enum assay_status assay_device_close(struct assay_device **device);

/* bytes ≥ 1; the contents are undefined. NOMEM beyond the device's limits. */
enum assay_status assay_buffer_create(struct assay_device *device, size_t bytes,
                                      struct assay_buffer **buffer);
void assay_buffer_destroy(struct assay_buffer **buffer);

/* Copy to or from host memory at any byte offset, after all work enqueued
 * before (they imply finish). bytes = 0 does nothing. Out of bounds: INVALID.
 * A failed read leaves `to` unspecified but inside its bounds. */
enum assay_status assay_buffer_write(struct assay_buffer *buffer, size_t offset,
                                     const void *from, size_t bytes);
enum assay_status assay_buffer_read(struct assay_buffer *buffer, size_t offset,
                                    void *to, size_t bytes);

/* The only support query: UNSUPPORTED says that the row does not run on this
 * device. *kernel is set only on success. */
enum assay_status
assay_kernel_create(struct assay_device *device,
                    const struct assay_kernel_request *request,
                    struct assay_kernel **kernel);
void assay_kernel_destroy(struct assay_kernel **kernel);

/* Enqueue a kernel with its views (inputs, output), or a sequence with
 * views = NULL and n_views = 0. A CPU device computes at once. */
enum assay_status assay_kernel_run(struct assay_kernel *kernel,
                                   const struct assay_view *views,
                                   size_t n_views);

/* Wait until all that was enqueued is done. DEVICE when the timeout passes or
 * the device is lost; timeout_ns ≥ 1. After a timeout the work goes on, and
 * finish may be called again. */
enum assay_status assay_device_finish(struct assay_device *device,
                                      uint64_t timeout_ns);

/* Device time of the newest finished run, from the device's own clock.
 * UNSUPPORTED with the reason where the device has none. */
enum assay_status assay_device_elapsed_ns(struct assay_device *device,
                                          uint64_t *nanoseconds);

/* The instruction sets of this processor that the system lets us use. */
unsigned assay_cpu_isa(void);

#endif
