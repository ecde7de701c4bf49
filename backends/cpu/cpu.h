/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside the cpu backend: its objects, and the work of one parallel region.
 *
 * A device owns a pool of `threads` threads, the caller's among them; with one
 * thread there is no pool. A run, or a whole recorded sequence, is one parallel
 * region: every thread walks through all steps, computes its share, and meets
 * the others at a barrier where a step needs what another thread computed.
 * Denormals are flushed to zero on every thread of a region and the former mode
 * comes back after it.
 */
#ifndef ASSAY_BACKENDS_CPU_H
#define ASSAY_BACKENDS_CPU_H

#include <pthreadpool.h>
#include <stdatomic.h>

#include "backends/backend.h"

/* Where the threads of a region meet. A waiting thread spins for a while and
 * then sleeps in the kernel, so that it leaves the processor to the threads it
 * waits for when there are more threads than processors. */
struct assay_cpu_barrier {
    unsigned spins; /* looks before it sleeps, some 10 ns each */
    _Alignas(64) atomic_uint arrived;
    _Alignas(64) atomic_uint generation; /* counts the meetings; a futex */
    atomic_uint sleepers;
};

/* Wait until `threads` threads have called this. All that each wrote before is
 * visible to all of them after. */
void assay_cpu_barrier_wait(struct assay_cpu_barrier *barrier,
                            unsigned threads);

struct assay_cpu_device {
    struct assay_device shared;
    pthreadpool_t pool; /* NULL with one thread */
    bool share_all;     /* no step counts as small */
    struct assay_cpu_barrier barrier;
};

struct assay_cpu_buffer {
    struct assay_buffer shared;
    unsigned char *bytes; /* 64-byte aligned */
};

/* One kernel with its arrays resolved. */
struct assay_cpu_step {
    struct assay_cpu_kernel *kernel;
    const void *inputs[ASSAY_MAX_INPUTS];
    void *output;
    bool serial; /* thread 0 alone computes it */
    bool wait;   /* a barrier comes before it */
};

struct assay_cpu_kernel {
    struct assay_kernel shared;
    /* One row. */
    void *packed;           /* 64-byte aligned, or NULL */
    unsigned char *scratch; /* `threads` pieces, or NULL */
    size_t scratch_stride;  /* a multiple of 64 */
    void *state;            /* of a peer */
    bool small;             /* not worth waking other threads */
    /* A sequence. */
    struct assay_cpu_step *steps;
    size_t n_steps;
};

enum assay_status assay_cpu_buf_create(struct assay_device *device,
                                       size_t bytes,
                                       struct assay_buffer **buffer);
void assay_cpu_buf_destroy(struct assay_buffer *buffer);
enum assay_status assay_cpu_buf_write(struct assay_buffer *buffer,
                                      size_t offset, const void *from,
                                      size_t bytes);
enum assay_status assay_cpu_buf_read(struct assay_buffer *buffer, size_t offset,
                                     void *to, size_t bytes);

enum assay_status
assay_cpu_kernel_create(struct assay_device *device,
                        const struct assay_kernel_request *request,
                        struct assay_kernel **kernel);
void assay_cpu_kernel_destroy(struct assay_kernel *kernel);
enum assay_status assay_cpu_run(struct assay_kernel *kernel,
                                const struct assay_view *views);

/* Compute the steps, in order, as described above; none of them is a peer's.
 * Returns when all are done. */
void assay_cpu_region_run(struct assay_cpu_device *device,
                          const struct assay_cpu_step *steps, size_t n_steps);

/* Flush denormals on this thread; the returned mode goes to _restore. */
uint64_t assay_cpu_denormals_flush(void);
void assay_cpu_denormals_restore(uint64_t mode);

/* Bytes (at least one) rounded up to whole cache lines, in memory aligned to
 * one, where the system has them in huge pages; NULL when there is none.
 * assay_cpu_free gives it back (NULL: nothing). Thread-safe. */
void *assay_cpu_alloc(size_t bytes);
void assay_cpu_free(void *block);

#endif
