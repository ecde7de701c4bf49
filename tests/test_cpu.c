/* SPDX-License-Identifier: Apache-2.0
 *
 * The cpu device beyond the conformance suite: instruction sets, threads,
 * denormals, barriers, and what a row is handed. The rows are the test's own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "backends/cpu/cpu.h"
#include "kernels/random.h"

enum { MAX_THREADS = 8, ELEMENTS = 1 << 16 };

/* What the rows below saw, by thread. */
static struct seen {
    unsigned calls;
    size_t threads;
    pthread_t self;
    float tiny_result, tiny_input;
    void *scratch;
    const void *packed;
    void *state;
} seen[MAX_THREADS];

static volatile float tiny = 1e-38f;     /* normal */
static volatile float denormal = 1e-40f; /* not */

static void spy(const struct assay_cpu_call *call)
{
    struct seen *s = &seen[call->thread];
    s->calls++;
    s->threads = call->threads;
    s->self = pthread_self();
    s->tiny_result = tiny * 0.25f;
    s->tiny_input = denormal * 1e20f;
    s->scratch = call->scratch;
    s->packed = call->packed;
    s->state = call->state;
}

/* Adds 1 to every element of another thread's share of the input, so that a
 * step needs what all threads did in the step before it. */
static void neighbour(const struct assay_cpu_call *call)
{
    const float *x = call->inputs[0];
    float *y = call->output;
    const size_t share = ELEMENTS / call->threads;
    for (size_t i = call->thread * share;
         i < (call->thread + 1 == call->threads ? ELEMENTS
                                                : (call->thread + 1) * share);
         i++)
        y[i] = x[ELEMENTS - 1 - i] + 1;
}

static const struct assay_row spy_row = {.symbol = "assay_unary_f32_spy",
                                         .variant = "spy",
                                         .op = ASSAY_OP_UNARY,
                                         .run = spy};
static const struct assay_row neighbour_row = {.symbol =
                                                   "assay_unary_f32_neighbour",
                                               .variant = "neighbour",
                                               .op = ASSAY_OP_UNARY,
                                               .run = neighbour};

static int peers_open;

static enum assay_status peer_open(const struct assay_problem *problem,
                                   const void *const *constants, size_t threads,
                                   void **state)
{
    (void)problem;
    (void)constants;
    peers_open++;
    *state = (void *)(uintptr_t)(1000 + threads);
    return ASSAY_OK;
}

static void peer_close(void *state)
{
    (void)state;
    peers_open--;
}

static enum assay_status peer_refuse(const struct assay_problem *problem,
                                     const void *const *constants,
                                     size_t threads, void **state)
{
    (void)problem;
    (void)constants;
    (void)threads;
    (void)state;
    return assay_fail(ASSAY_UNSUPPORTED, "the library cannot do this");
}

static const struct assay_peer peer = {peer_open, peer_close, NULL};
static const struct assay_peer refusing = {peer_refuse, peer_close, NULL};
static const struct assay_row peer_row = {.symbol = "assay_unary_f32_peer",
                                          .variant = "peer",
                                          .op = ASSAY_OP_UNARY,
                                          .is_peer = true,
                                          .run = spy,
                                          .peer = &peer};
static const struct assay_row refusing_row = {.symbol =
                                                  "assay_unary_f32_refusing",
                                              .variant = "refusing",
                                              .op = ASSAY_OP_UNARY,
                                              .is_peer = true,
                                              .run = spy,
                                              .peer = &refusing};

/* A device with two arrays of `n` elements. */
struct bench {
    struct assay_device *device;
    struct assay_buffer *buffers[2];
    struct assay_problem problem;
};

static struct bench bench_make(size_t threads, int64_t n)
{
    struct bench bench = {0};
    if (assay_device_open(assay_backend_find(ASSAY_API_CPU),
                          &(struct assay_open){.threads = threads},
                          &bench.device))
        fail_msg("%s", assay_message());
    assay_problem_init(&bench.problem, ASSAY_OP_UNARY, ASSAY_F32);
    bench.problem.as.unary.n = n;
    bench.problem.as.unary.act = ASSAY_ACT_RELU;
    for (int i = 0; i < 2; i++)
        assert_int_equal(
            assay_buffer_create(bench.device, (size_t)n * 4, &bench.buffers[i]),
            ASSAY_OK);
    memset(seen, 0, sizeof seen);
    return bench;
}

static void bench_free(struct bench *bench)
{
    for (int i = 0; i < 2; i++)
        assay_buffer_destroy(&bench->buffers[i]);
    assert_int_equal(assay_device_close(&bench->device), ASSAY_OK);
}

static struct assay_kernel *kernel_of(struct bench *bench,
                                      const struct assay_row *row)
{
    struct assay_kernel *kernel = NULL;
    if (assay_kernel_create(bench->device,
                            &(struct assay_kernel_request){
                                .row = row, .problem = &bench->problem},
                            &kernel))
        fail_msg("%s", assay_message());
    return kernel;
}

/* n steps of these kernels, from buffer 0 to 1, back, and so on. */
static struct assay_kernel *sequence_of(struct bench *bench, size_t n,
                                        struct assay_kernel *const *kernels)
{
    struct assay_step *steps = calloc(n, sizeof *steps);
    struct assay_kernel *sequence = NULL;
    assert_non_null(steps);
    for (size_t i = 0; i < n; i++) {
        steps[i].kernel = kernels[i];
        for (size_t v = 0; v < 2; v++)
            steps[i].views[v] = (struct assay_view){
                bench->buffers[(i + v) % 2], 0, bench->buffers[0]->bytes};
    }
    if (assay_kernel_create(
            bench->device,
            &(struct assay_kernel_request){.steps = steps, .n_steps = n},
            &sequence))
        fail_msg("%s", assay_message());
    free(steps);
    return sequence;
}

static void capped_levels_choose_capped_rows(void **state)
{
    (void)state;
    const unsigned has = assay_cpu_isa();
    const unsigned levels[] = {0, ASSAY_ISA_AVX2,
                               ASSAY_ISA_AVX2 | ASSAY_ISA_AVX512, ~0u};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        struct assay_device *device = NULL;
        assert_int_equal(
            assay_device_open(
                assay_backend_find(ASSAY_API_CPU),
                &(struct assay_open){.isa_off = ~levels[i], .threads = 1},
                &device),
            ASSAY_OK);
        assert_int_equal(device->info.isa, has & levels[i]);
        struct assay_problem problem;
        assay_problem_init(&problem, ASSAY_OP_UNARY, ASSAY_F32);
        problem.as.unary.n = 64;
        problem.as.unary.act = ASSAY_ACT_RELU;
        for (size_t r = 0; r < assay_row_count; r++) {
            const struct assay_row *row = &assay_rows[r];
            struct assay_kernel *kernel = NULL;
            if (row->op != ASSAY_OP_UNARY || row->dtype != ASSAY_F32 ||
                row->api != ASSAY_API_CPU || row->is_peer)
                continue;
            enum assay_status status = assay_kernel_create(
                device,
                &(struct assay_kernel_request){.row = row, .problem = &problem},
                &kernel);
            bool fits = row->run && !(row->isa & ~(has & levels[i]));
            assert_int_equal(status, fits ? ASSAY_OK : ASSAY_UNSUPPORTED);
            if (!fits)
                assert_non_null(strstr(assay_message(), row->symbol));
            assay_kernel_destroy(&kernel);
        }
        assert_int_equal(assay_device_close(&device), ASSAY_OK);
    }
    printf("levels of this machine: %x\n", has);
}

static void threads_are_as_asked(void **state)
{
    (void)state;
    struct bench bench = bench_make(0, ELEMENTS);
    assert_int_equal(bench.device->threads, bench.device->info.units);
    bench_free(&bench);
    for (size_t threads = 1; threads <= 4; threads++) {
        bench = bench_make(threads, ELEMENTS);
        assert_int_equal(bench.device->threads, threads);
        struct assay_kernel *kernel = kernel_of(&bench, &spy_row);
        struct assay_view views[2] = {{bench.buffers[0], 0, ELEMENTS * 4},
                                      {bench.buffers[1], 0, ELEMENTS * 4}};
        assert_int_equal(assay_kernel_run(kernel, views, 2), ASSAY_OK);
        for (size_t t = 0; t < threads; t++) {
            assert_int_equal(seen[t].calls, 1);
            assert_int_equal(seen[t].threads, threads);
        }
        assert_int_equal(seen[threads].calls, 0);
        assay_kernel_destroy(&kernel);
        bench_free(&bench);
    }
    struct assay_device *device = NULL;
    assert_int_equal(assay_device_open(assay_backend_find(ASSAY_API_CPU),
                                       &(struct assay_open){.threads = 100000},
                                       &device),
                     ASSAY_INVALID);
}

static void small_steps_stay_on_one_thread(void **state)
{
    (void)state;
    struct bench bench = bench_make(3, 64);
    struct assay_kernel *kernel = kernel_of(&bench, &spy_row);
    struct assay_kernel *kernels[3] = {kernel, kernel, kernel};
    struct assay_kernel *sequence = sequence_of(&bench, 3, kernels);
    assert_int_equal(assay_kernel_run(sequence, NULL, 0), ASSAY_OK);
    assert_int_equal(seen[0].calls, 3);
    assert_int_equal(seen[0].threads, 1);
    assert_int_equal(seen[1].calls + seen[2].calls, 0);
    assert_true(pthread_equal(seen[0].self, pthread_self()));
    assay_kernel_destroy(&sequence);
    assay_kernel_destroy(&kernel);
    bench_free(&bench);
}

/* On every thread of a region, the caller's own among them, while it lasts; two
 * steps, since threads share the items of one as they like. */
static void denormals_are_flushed_on_every_thread(void **state)
{
    (void)state;
    assert_true(tiny * 0.25f > 0);
    assert_true(denormal * 1e20f > 0);
    for (size_t threads = 1; threads <= 4; threads++) {
        struct bench bench = bench_make(threads, ELEMENTS);
        struct assay_kernel *kernel = kernel_of(&bench, &spy_row);
        struct assay_kernel *kernels[2] = {kernel, kernel};
        struct assay_kernel *sequence = sequence_of(&bench, 2, kernels);
        for (int run = 0; run < 3; run++) {
            memset(seen, 0, sizeof seen);
            assert_int_equal(assay_kernel_run(sequence, NULL, 0), ASSAY_OK);
            for (size_t t = 0; t < threads; t++) {
                assert_int_equal(seen[t].calls, 2);
                assert_true(seen[t].tiny_result == 0);
                assert_true(seen[t].tiny_input == 0);
                for (size_t other = 0; other < t; other++)
                    assert_false(pthread_equal(seen[t].self, seen[other].self));
            }
            assert_true(tiny * 0.25f > 0);
            assert_true(denormal * 1e20f > 0);
        }
        assay_kernel_destroy(&sequence);
        assay_kernel_destroy(&kernel);
        bench_free(&bench);
    }
}

static void steps_wait_for_the_whole_step_before(void **state)
{
    (void)state;
    enum { STEPS = 50, REPLAYS = 20 };
    for (size_t threads = 1; threads <= 4; threads++) {
        struct bench bench = bench_make(threads, ELEMENTS);
        struct assay_kernel *kernel = kernel_of(&bench, &neighbour_row);
        struct assay_kernel *kernels[STEPS];
        for (size_t i = 0; i < STEPS; i++)
            kernels[i] = kernel;
        struct assay_kernel *sequence = sequence_of(&bench, STEPS, kernels);
        float *x = calloc(ELEMENTS, sizeof *x);
        assert_non_null(x);
        assert_int_equal(
            assay_buffer_write(bench.buffers[0], 0, x, ELEMENTS * 4), ASSAY_OK);
        for (int i = 0; i < REPLAYS; i++)
            assert_int_equal(assay_kernel_run(sequence, NULL, 0), ASSAY_OK);
        assert_int_equal(
            assay_buffer_read(bench.buffers[0], 0, x, ELEMENTS * 4), ASSAY_OK);
        for (size_t i = 0; i < ELEMENTS; i++)
            assert_true(x[i] == STEPS * REPLAYS);
        free(x);
        assay_kernel_destroy(&sequence);
        assay_kernel_destroy(&kernel);
        bench_free(&bench);
    }
}

/* A peer is called once, on the caller's thread, with its state; the steps
 * around it keep their threads. */
static void peers_run_between_regions(void **state)
{
    (void)state;
    struct bench bench = bench_make(2, ELEMENTS);
    struct assay_kernel *own = kernel_of(&bench, &neighbour_row);
    struct assay_kernel *theirs = kernel_of(&bench, &peer_row);
    struct assay_kernel *kernels[] = {theirs, own, own,   theirs,
                                      theirs, own, theirs};
    struct assay_kernel *sequence = sequence_of(&bench, 7, kernels);
    assert_int_equal(peers_open, 1);
    assert_int_equal(assay_kernel_run(sequence, NULL, 0), ASSAY_OK);
    assert_int_equal(seen[0].calls, 4);
    assert_int_equal(seen[0].threads, 1);
    assert_true(seen[0].state == (void *)(uintptr_t)1002);
    assert_null(seen[0].packed);
    assert_true(pthread_equal(seen[0].self, pthread_self()));
    assert_true(seen[0].tiny_result == 0);
    assert_int_equal(seen[1].calls, 0);
    assay_kernel_destroy(&sequence);
    assay_kernel_destroy(&theirs);
    assert_int_equal(peers_open, 0);
    assay_kernel_destroy(&own);
    struct assay_kernel *none = NULL;
    assert_int_equal(assay_kernel_create(
                         bench.device,
                         &(struct assay_kernel_request){
                             .row = &refusing_row, .problem = &bench.problem},
                         &none),
                     ASSAY_UNSUPPORTED);
    assert_null(none);
    assert_string_equal(assay_message(), "the library cannot do this");
    bench_free(&bench);
}

struct meeting {
    struct assay_cpu_barrier barrier;
    atomic_uint entered;
    unsigned threads, rounds;
    atomic_uint early;
};

static void *meet(void *argument)
{
    struct meeting *m = argument;
    for (unsigned round = 1; round <= m->rounds; round++) {
        atomic_fetch_add(&m->entered, 1);
        if (round % 64 == 0)
            usleep(1); /* let the others fall asleep */
        assay_cpu_barrier_wait(&m->barrier, m->threads);
        if (atomic_load(&m->entered) < round * m->threads)
            atomic_fetch_add(&m->early, 1);
        assay_cpu_barrier_wait(&m->barrier, m->threads);
    }
    return NULL;
}

/* Four threads on fewer processors, with spins and without. */
static void nobody_passes_a_barrier_early(void **state)
{
    (void)state;
    for (unsigned spins = 0; spins <= 1000; spins += 1000) {
        struct meeting *m = aligned_alloc(64, sizeof *m);
        pthread_t threads[4];
        assert_non_null(m);
        memset(m, 0, sizeof *m);
        m->barrier.spins = spins;
        m->threads = 4;
        m->rounds = 2000;
        for (int i = 0; i < 4; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, meet, m), 0);
        for (int i = 0; i < 4; i++)
            pthread_join(threads[i], NULL);
        assert_int_equal(m->early, 0);
        assert_int_equal(m->entered, 4 * m->rounds);
        assert_int_equal(m->barrier.sleepers, 0);
        free(m);
    }
}

/* Each thread's scratch starts on a cache line of its own, and packed constants
 * on one too; asked of whichever row of ours wants both. */
static void memory_is_aligned(void **state)
{
    (void)state;
    struct assay_random random;
    assay_random_seed(&random, 9);
    size_t scratches = 0, blobs = 0;
    for (size_t r = 0; r < assay_row_count; r++) {
        struct assay_row row = assay_rows[r];
        const struct assay_op_info *info = assay_op_info(row.op);
        if (row.api != ASSAY_API_CPU || row.is_peer || !row.run ||
            (row.isa & ~assay_cpu_isa()))
            continue;
        row.run = spy;
        struct bench bench = bench_make(3, 64);
        info->random(&random, ASSAY_F32, &bench.problem);
        float *constants[ASSAY_MAX_CONSTANTS] = {0};
        for (unsigned i = 0; i < info->constants; i++)
            if (info->elements(&bench.problem, info->inputs + i))
                constants[i] =
                    calloc(info->elements(&bench.problem, info->inputs + i), 4);
        struct assay_kernel *kernel = NULL;
        if (assay_kernel_create(
                bench.device,
                &(struct assay_kernel_request){
                    .row = &row,
                    .problem = &bench.problem,
                    .constants = (const void *const *)constants},
                &kernel) == ASSAY_OK) {
            const struct assay_cpu_kernel *k =
                (struct assay_cpu_kernel *)kernel;
            assert_int_equal((uintptr_t)k->packed % 64, 0);
            assert_int_equal((uintptr_t)k->scratch % 64, 0);
            assert_int_equal(k->scratch_stride % 64, 0);
            if (info->scratch_bytes &&
                info->scratch_bytes(&row, &bench.problem))
                assert_true(k->scratch_stride >=
                            info->scratch_bytes(&row, &bench.problem));
            scratches += k->scratch != NULL;
            blobs += k->packed != NULL;
        }
        assay_kernel_destroy(&kernel);
        for (unsigned i = 0; i < ASSAY_MAX_CONSTANTS; i++)
            free(constants[i]);
        bench_free(&bench);
    }
    printf("%zu blobs and %zu scratches\n", blobs, scratches);
    assert_true(blobs > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(capped_levels_choose_capped_rows),
        cmocka_unit_test(threads_are_as_asked),
        cmocka_unit_test(small_steps_stay_on_one_thread),
        cmocka_unit_test(denormals_are_flushed_on_every_thread),
        cmocka_unit_test(steps_wait_for_the_whole_step_before),
        cmocka_unit_test(peers_run_between_regions),
        cmocka_unit_test(nobody_passes_a_barrier_early),
        cmocka_unit_test(memory_is_aligned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
