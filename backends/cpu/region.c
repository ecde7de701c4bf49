/* SPDX-License-Identifier: Apache-2.0 */
#include "backends/cpu/cpu.h"
#include "backends/cpu/fault.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#if defined(__SSE__)
#include <xmmintrin.h>
#endif

static void pause_briefly(void)
{
#if defined(__SSE__)
    _mm_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

void assay_cpu_barrier_wait(struct assay_cpu_barrier *barrier, unsigned threads)
{
    unsigned now =
        atomic_load_explicit(&barrier->generation, memory_order_acquire);
    if (atomic_fetch_add_explicit(&barrier->arrived, 1, memory_order_acq_rel) +
            1 ==
        threads) {
        atomic_store_explicit(&barrier->arrived, 0, memory_order_relaxed);
        /* Sequentially consistent, with the sleepers' increment and their
         * futex's own load: a sleeper is seen here, or sees this. */
        atomic_fetch_add(&barrier->generation, 1);
        if (atomic_load(&barrier->sleepers))
            syscall(SYS_futex, &barrier->generation, FUTEX_WAKE_PRIVATE,
                    INT32_MAX, NULL, NULL, 0);
        return;
    }
    for (unsigned i = 0; i < barrier->spins; i++) {
        if (atomic_load_explicit(&barrier->generation, memory_order_acquire) !=
            now)
            return;
        pause_briefly();
    }
    atomic_fetch_add(&barrier->sleepers, 1);
    while (atomic_load(&barrier->generation) == now)
        syscall(SYS_futex, &barrier->generation, FUTEX_WAIT_PRIVATE, now, NULL,
                NULL, 0);
    atomic_fetch_sub(&barrier->sleepers, 1);
}

uint64_t assay_cpu_denormals_flush(void)
{
    uint64_t mode = 0;
#if defined(__SSE__)
    mode = _mm_getcsr();
    _mm_setcsr((unsigned)mode | 0x8040); /* FTZ and DAZ */
#elif defined(__aarch64__)
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
    __asm__ volatile("msr fpcr, %0" : : "r"(mode | UINT64_C(1) << 24));
#endif
    return mode;
}

void assay_cpu_denormals_restore(uint64_t mode)
{
#if defined(__SSE__)
    _mm_setcsr((unsigned)mode);
#elif defined(__aarch64__)
    __asm__ volatile("msr fpcr, %0" : : "r"(mode));
#endif
    (void)mode;
}

static void compute(const struct assay_cpu_step *step, size_t thread,
                    size_t threads)
{
    const struct assay_cpu_kernel *kernel = step->kernel;
    const uint64_t start = assay_cpu_fault_begin(kernel->shared.row);
    kernel->shared.row->run(&(struct assay_cpu_call){
        .problem = &kernel->shared.problem,
        .inputs = step->inputs,
        .packed = kernel->packed,
        .output = step->output,
        .scratch = kernel->scratch
                       ? kernel->scratch + thread * kernel->scratch_stride
                       : NULL,
        .thread = thread,
        .threads = threads,
    });
    assay_cpu_fault_end(kernel->shared.row, start, step->output, thread);
}

struct region {
    struct assay_cpu_device *device;
    const struct assay_cpu_step *steps;
    size_t n_steps;
};

/* One item a thread. No two items of a region with a barrier share a thread,
 * since none of them ends before all have begun. */
static void walk(void *context, size_t thread)
{
    const struct region *region = context;
    const size_t threads = region->device->shared.threads;
    for (size_t i = 0; i < region->n_steps; i++) {
        const struct assay_cpu_step *step = &region->steps[i];
        if (step->wait)
            assay_cpu_barrier_wait(&region->device->barrier, (unsigned)threads);
        if (!step->serial)
            compute(step, thread, threads);
        else if (thread == 0)
            compute(step, 0, 1);
    }
}

void assay_cpu_region_run(struct assay_cpu_device *device,
                          const struct assay_cpu_step *steps, size_t n_steps)
{
    bool serial = true;
    for (size_t i = 0; i < n_steps; i++)
        serial &= steps[i].serial;
    if (serial) {
        uint64_t mode = assay_cpu_denormals_flush();
        for (size_t i = 0; i < n_steps; i++)
            compute(&steps[i], 0, 1);
        assay_cpu_denormals_restore(mode);
        return;
    }
    struct region region = {device, steps, n_steps};
    /* Idle threads spin for the next region, unless there are more of them than
     * processors: then each would take one from a thread that has work. */
    uint32_t flags = PTHREADPOOL_FLAG_DISABLE_DENORMALS;
    if (device->shared.threads > device->shared.info.units)
        flags |= PTHREADPOOL_FLAG_YIELD_WORKERS;
    pthreadpool_parallelize_1d(device->pool, walk, &region,
                               device->shared.threads, flags);
}
