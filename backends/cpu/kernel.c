/* SPDX-License-Identifier: Apache-2.0 */
#include "backends/cpu/cpu.h"

#include <stdlib.h>

/* A step of less than this, in nanoseconds, runs on one thread. On two cores a
 * region cost 1.0 µs and a barrier inside one 0.3 µs; sums of 3 x 64 KiB, which
 * took 1.05 µs on one thread, took 0.92 µs on two, and smaller ones took longer
 * on two. */
enum { SMALL_NS = 1000 };

/* The time on one thread from what a core does in a nanosecond on data in its
 * caches, rated low, since a step shared for nothing loses less than one not
 * shared. An op that counts no flops is taken for an exponential. */
static bool is_small(const struct assay_row *row,
                     const struct assay_problem *problem)
{
    const struct assay_op_info *info = assay_op_info(problem->op);
    const unsigned output = assay_problem_output(problem);
    const double width = row->isa & ASSAY_ISA_AVX512 ? 16
                         : row->isa & ASSAY_ISA_AVX2 ? 8
                                                     : 4;
    double flops = info->flops(problem);
    if (flops == 0)
        flops = 16.0 * (double)info->elements(problem, output);
    return flops / (4 * width) + assay_problem_traffic(problem) / (8 * width) <
           SMALL_NS;
}

static enum assay_status out_of_memory(const char *symbol, size_t bytes)
{
    return assay_fail(ASSAY_NOMEM, "%s: no memory for %zu bytes", symbol,
                      bytes);
}

static enum assay_status prepare_row(struct assay_cpu_kernel *kernel,
                                     const void *const *constants,
                                     size_t threads)
{
    const struct assay_row *row = kernel->shared.row;
    const struct assay_problem *problem = &kernel->shared.problem;
    const struct assay_op_info *info = assay_op_info(row->op);
    if (row->is_peer)
        return row->peer->open(problem, constants, threads, &kernel->state);
    size_t bytes = assay_row_packed_bytes(row, problem);
    if (bytes) {
        kernel->packed = assay_cpu_alloc(bytes);
        if (!kernel->packed)
            return out_of_memory(row->symbol, bytes);
        info->pack(row, problem, constants, kernel->packed);
    }
    bytes = info->scratch_bytes ? info->scratch_bytes(row, problem) : 0;
    if (bytes) {
        kernel->scratch_stride = (bytes + 63) & ~(size_t)63;
        kernel->scratch = assay_cpu_alloc(kernel->scratch_stride * threads);
        if (!kernel->scratch)
            return out_of_memory(row->symbol, kernel->scratch_stride * threads);
    }
    kernel->small = is_small(row, problem);
    return ASSAY_OK;
}

static void resolve(struct assay_cpu_step *step, struct assay_kernel *kernel,
                    const struct assay_view *views)
{
    const unsigned inputs = kernel->n_views - 1;
    step->kernel = (struct assay_cpu_kernel *)kernel;
    for (unsigned i = 0; i < inputs; i++)
        step->inputs[i] = ((struct assay_cpu_buffer *)views[i].buffer)->bytes +
                          views[i].offset;
    step->output = ((struct assay_cpu_buffer *)views[inputs].buffer)->bytes +
                   views[inputs].offset;
    const struct assay_cpu_device *device =
        (const struct assay_cpu_device *)kernel->device;
    step->serial = kernel->device->threads == 1 ||
                   (step->kernel->small && !device->share_all);
}

static enum assay_status
record_steps(struct assay_cpu_kernel *kernel,
             const struct assay_kernel_request *request)
{
    kernel->steps = calloc(request->n_steps, sizeof *kernel->steps);
    if (!kernel->steps)
        return out_of_memory("sequence",
                             request->n_steps * sizeof *kernel->steps);
    kernel->n_steps = request->n_steps;
    for (size_t i = 0; i < kernel->n_steps; i++) {
        struct assay_cpu_step *step = &kernel->steps[i];
        resolve(step, request->steps[i].kernel, request->steps[i].views);
        /* Steps of thread 0 in a row follow each other by themselves, and a
         * region begins after everything before it. */
        step->wait = i && !kernel->steps[i - 1].kernel->shared.row->is_peer &&
                     !(step->serial && kernel->steps[i - 1].serial);
    }
    return ASSAY_OK;
}

enum assay_status
assay_cpu_kernel_create(struct assay_device *device,
                        const struct assay_kernel_request *request,
                        struct assay_kernel **kernel)
{
    struct assay_cpu_kernel *created = calloc(1, sizeof *created);
    if (!created)
        return out_of_memory("kernel", sizeof *created);
    enum assay_status status;
    created->shared.row = request->row;
    if (request->row) {
        created->shared.problem = *request->problem;
        status = prepare_row(created, request->constants, device->threads);
    } else {
        status = record_steps(created, request);
    }
    if (status != ASSAY_OK) {
        assay_cpu_kernel_destroy(&created->shared);
        return status;
    }
    *kernel = &created->shared;
    return ASSAY_OK;
}

void assay_cpu_kernel_destroy(struct assay_kernel *kernel)
{
    struct assay_cpu_kernel *k = (struct assay_cpu_kernel *)kernel;
    if (k->state)
        k->shared.row->peer->close(k->state);
    assay_cpu_free(k->packed);
    assay_cpu_free(k->scratch);
    free(k->steps);
    free(k);
}

/* A peer brings its own threads, so it runs between regions. */
static void run_peer(const struct assay_cpu_step *step)
{
    const struct assay_cpu_kernel *kernel = step->kernel;
    uint64_t mode = assay_cpu_denormals_flush();
    kernel->shared.row->run(&(struct assay_cpu_call){
        .problem = &kernel->shared.problem,
        .inputs = step->inputs,
        .output = step->output,
        .state = kernel->state,
        .threads = 1,
    });
    assay_cpu_denormals_restore(mode);
}

static void run_steps(struct assay_cpu_device *device,
                      const struct assay_cpu_step *steps, size_t n_steps)
{
    for (size_t i = 0; i < n_steps;) {
        if (steps[i].kernel->shared.row->is_peer) {
            run_peer(&steps[i++]);
            continue;
        }
        size_t n = 1;
        while (i + n < n_steps && !steps[i + n].kernel->shared.row->is_peer)
            n++;
        assay_cpu_region_run(device, steps + i, n);
        i += n;
    }
}

enum assay_status assay_cpu_run(struct assay_kernel *kernel,
                                const struct assay_view *views)
{
    struct assay_cpu_kernel *k = (struct assay_cpu_kernel *)kernel;
    struct assay_cpu_device *device = (struct assay_cpu_device *)kernel->device;
    if (!kernel->row) {
        run_steps(device, k->steps, k->n_steps);
        return ASSAY_OK;
    }
    struct assay_cpu_step step = {0};
    resolve(&step, kernel, views);
    run_steps(device, &step, 1);
    return ASSAY_OK;
}
