/* SPDX-License-Identifier: Apache-2.0
 *
 * What every backend must do: test_backend NAME runs the same suite on each of
 * its devices, a cpu device with 1, 2 and 3 threads, a Vulkan device under the
 * validation layer, of which any finding is a failure. Exit 77 if the backend
 * is not in the build or has no device.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "tests/backend_chain.h"
#include "tests/backend_suite.h"

static const struct assay_backend *backend;
static struct assay_open request = {.debug = true};
static const uint64_t WAIT_NS = UINT64_C(60000000000);

struct assay_device *suite_open(void)
{
    struct assay_device *device = NULL;
    enum assay_status status = assay_device_open(backend, &request, &device);
    if (status != ASSAY_OK)
        fail_msg("open: %s", assay_message());
    assert_non_null(device);
    assert_ptr_equal(device->backend, backend);
    assert_int_equal(device->live, 0);
    return device;
}

static int setup(void **state)
{
    *state = suite_open();
    return 0;
}

/* Every test leaves a device without objects. */
static int teardown(void **state)
{
    struct assay_device *device = *state;
    assert_int_equal(device->live, 0);
    assert_int_equal(device->allocated_bytes, 0);
    assert_int_equal(assay_device_close(&device), ASSAY_OK);
    assert_null(device);
    return 0;
}

struct assay_buffer *suite_buffer(struct assay_device *device, size_t bytes)
{
    struct assay_buffer *buffer = NULL;
    if (assay_buffer_create(device, bytes, &buffer) != ASSAY_OK)
        fail_msg("buffer of %zu bytes: %s", bytes, assay_message());
    assert_int_equal(buffer->bytes, bytes);
    assert_ptr_equal(buffer->device, device);
    return buffer;
}

void suite_refused(enum assay_status got, enum assay_status wanted)
{
    if (got != wanted)
        fail_msg("%s instead of %s: %s", assay_status_name(got),
                 assay_status_name(wanted), assay_message());
    assert_true(strlen(assay_message()) > 0);
}

static void devices_are_listed(void **state)
{
    (void)state;
    struct assay_device_info infos[16];
    size_t count = 0, again = 0;
    assert_int_equal(assay_device_enumerate(backend, infos, 16, &count),
                     ASSAY_OK);
    assert_true(count > request.index);
    assert_int_equal(assay_device_enumerate(backend, NULL, 0, &again),
                     ASSAY_OK);
    assert_int_equal(again, count);
    suite_refused(assay_device_enumerate(backend, infos, 16, NULL),
                  ASSAY_INVALID);
    suite_refused(assay_device_enumerate(backend, NULL, 16, &again),
                  ASSAY_INVALID);
    suite_refused(assay_device_enumerate(NULL, infos, 16, &again),
                  ASSAY_INVALID);
    const struct assay_device_info *info = &infos[request.index];
    assert_int_equal(
        strncmp(info->target, backend->name, strlen(backend->name)), 0);
    assert_int_equal(info->api, backend->api);
    assert_true(strlen(info->name) > 0 && strlen(info->driver) > 0);
    assert_true(strlen(info->type) > 0);
    assert_true(info->view_align > 0 &&
                (info->view_align & (info->view_align - 1)) == 0);
    assert_true(info->max_buffer_bytes > 0);
    assert_true(info->max_buffer_bytes <= info->memory_bytes);
    printf("%s: %s; %s; %s; %llu MiB; align %zu\n", info->target, info->name,
           info->driver, info->type,
           (unsigned long long)(info->memory_bytes >> 20), info->view_align);
}

static void wrong_opens_are_refused(void **state)
{
    (void)state;
    struct assay_device *device = NULL;
    struct assay_open wrong = request;
    wrong.index = 1000;
    suite_refused(assay_device_open(backend, &wrong, &device),
                  ASSAY_UNSUPPORTED);
    assert_null(device);
    suite_refused(assay_device_open(NULL, &request, &device), ASSAY_INVALID);
    suite_refused(assay_device_open(backend, NULL, &device), ASSAY_INVALID);
    suite_refused(assay_device_open(backend, &request, NULL), ASSAY_INVALID);
    suite_refused(assay_device_close(NULL), ASSAY_INVALID);
    assert_int_equal(assay_device_close(&device), ASSAY_OK);
}

static void a_device_with_objects_stays_open(void **state)
{
    (void)state;
    struct assay_device *device = suite_open();
    struct assay_buffer *first = suite_buffer(device, 64);
    struct assay_buffer *second = suite_buffer(device, 1);
    assert_int_equal(device->allocated_bytes, 65);
    assay_buffer_destroy(&first);
    assert_null(first);
    suite_refused(assay_device_close(&device), ASSAY_INVALID);
    assert_non_null(device);
    assert_int_equal(assay_buffer_write(second, 0, "x", 1), ASSAY_OK);
    assay_buffer_destroy(&second);
    assay_buffer_destroy(&second);
    assay_buffer_destroy(NULL);
    assay_kernel_destroy(NULL);
    assert_int_equal(device->peak_bytes, 65);
    assert_int_equal(assay_device_close(&device), ASSAY_OK);
    assert_null(device);
}

static void devices_can_be_opened_again(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct assay_device *one = suite_open(), *two = suite_open();
        assert_int_equal(assay_device_close(&one), ASSAY_OK);
        struct assay_buffer *buffer = suite_buffer(two, 16);
        assay_buffer_destroy(&buffer);
        assert_int_equal(assay_device_close(&two), ASSAY_OK);
    }
}

static void copies_stay_in_bounds(void **state)
{
    struct assay_device *device = *state;
    struct assay_buffer *buffer = NULL;
    unsigned char bytes[16] = {0};
    suite_refused(assay_buffer_create(device, 0, &buffer), ASSAY_INVALID);
    suite_refused(assay_buffer_create(NULL, 1, &buffer), ASSAY_INVALID);
    suite_refused(assay_buffer_create(device, 1, NULL), ASSAY_INVALID);
    assert_null(buffer);
    buffer = suite_buffer(device, 13);
    const size_t wrong[][2] = {
        {0, 14},
        {13, 1},
        {14, 0},
        {12, 2},
        {SIZE_MAX, 1},
        {1, SIZE_MAX},
        {SIZE_MAX, SIZE_MAX},
        {14, SIZE_MAX - 13},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        suite_refused(
            assay_buffer_write(buffer, wrong[i][0], bytes, wrong[i][1]),
            ASSAY_INVALID);
        suite_refused(
            assay_buffer_read(buffer, wrong[i][0], bytes, wrong[i][1]),
            ASSAY_INVALID);
    }
    suite_refused(assay_buffer_write(buffer, 0, NULL, 1), ASSAY_INVALID);
    suite_refused(assay_buffer_read(buffer, 0, NULL, 1), ASSAY_INVALID);
    suite_refused(assay_buffer_write(NULL, 0, bytes, 1), ASSAY_INVALID);
    suite_refused(assay_buffer_read(NULL, 0, bytes, 1), ASSAY_INVALID);
    assert_int_equal(assay_buffer_write(buffer, 13, bytes, 0), ASSAY_OK);
    assert_int_equal(assay_buffer_read(buffer, 13, NULL, 0), ASSAY_OK);
    assert_int_equal(assay_buffer_write(buffer, 0, bytes, 13), ASSAY_OK);
    assay_buffer_destroy(&buffer);
}

static void too_much_memory_is_refused(void **state)
{
    struct assay_device *device = *state;
    const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 63, SIZE_MAX / 2,
                            (size_t)1 << 50, device->info.max_buffer_bytes + 1};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct assay_buffer *buffer = NULL;
        suite_refused(assay_buffer_create(device, sizes[i], &buffer),
                      ASSAY_NOMEM);
        assert_null(buffer);
        assert_int_equal(device->live, 0);
        assert_int_equal(device->allocated_bytes, 0);
    }
    struct assay_buffer *buffer = suite_buffer(device, 4096);
    unsigned char byte = 7;
    assert_int_equal(assay_buffer_write(buffer, 4095, &byte, 1), ASSAY_OK);
    assay_buffer_destroy(&buffer);
}

/* The host's memory is promised beyond what there is, so the sum is refused; of
 * a small memory here, since what is promised may also be written to. */
static void the_sum_of_memory_is_limited(void **state)
{
    struct assay_device *device = *state;
    struct assay_buffer *buffers[5] = {0};
    enum assay_status status = ASSAY_OK;
    int granted = 0;
    if (backend->api != ASSAY_API_CPU && backend->api != ASSAY_API_NULL)
        skip();
    device->info.memory_bytes = device->info.max_buffer_bytes = 1 << 20;
    while (granted < 5 && status == ASSAY_OK) {
        status = assay_buffer_create(device, 1 << 18, &buffers[granted]);
        granted += status == ASSAY_OK;
    }
    suite_refused(status, ASSAY_NOMEM);
    assert_int_equal(granted, 4);
    for (int i = 0; i < 5; i++)
        assay_buffer_destroy(&buffers[i]);
}

static void odd_copies_come_back(void **state)
{
    struct assay_device *device = *state;
    enum { SIZE = 4099 };
    static unsigned char mirror[SIZE], back[SIZE], piece[SIZE];
    struct assay_buffer *buffer = suite_buffer(device, SIZE);
    struct assay_random random;
    assay_random_seed(&random, 3);
    memset(mirror, 0x5a, SIZE);
    assert_int_equal(assay_buffer_write(buffer, 0, mirror, SIZE), ASSAY_OK);
    for (int i = 0; i < 200; i++) {
        size_t offset = (size_t)assay_random_range(&random, 0, SIZE - 1);
        size_t bytes = (size_t)assay_random_range(
            &random, 1, i % 2 ? 9 : SIZE - (int64_t)offset);
        bytes = bytes < SIZE - offset ? bytes : SIZE - offset;
        for (size_t b = 0; b < bytes; b++)
            piece[b] = (unsigned char)assay_random_next(&random);
        assert_int_equal(assay_buffer_write(buffer, offset, piece, bytes),
                         ASSAY_OK);
        memcpy(mirror + offset, piece, bytes);
        memset(back, 0, SIZE);
        assert_int_equal(assay_buffer_read(buffer, 0, back, SIZE), ASSAY_OK);
        assert_memory_equal(back, mirror, SIZE);
        memset(back, 0xee, SIZE);
        assert_int_equal(assay_buffer_read(buffer, offset, back + 1, bytes),
                         ASSAY_OK);
        assert_memory_equal(back + 1, mirror + offset, bytes);
        assert_int_equal(back[0], 0xee);
        if (bytes + 1 < SIZE)
            assert_int_equal(back[bytes + 1], 0xee);
    }
    assay_buffer_destroy(&buffer);
}

static void large_copies_come_back(void **state)
{
    struct assay_device *device = *state;
    const size_t bytes = ((size_t)9 << 20) + 7;
    unsigned char *from = malloc(bytes), *to = malloc(bytes);
    assert_non_null(from);
    assert_non_null(to);
    for (size_t i = 0; i < bytes; i++)
        from[i] = (unsigned char)(i * 2654435761u >> 13);
    struct assay_buffer *buffer = suite_buffer(device, bytes);
    assert_int_equal(assay_buffer_write(buffer, 0, from, bytes), ASSAY_OK);
    assert_int_equal(assay_buffer_read(buffer, 0, to, bytes), ASSAY_OK);
    assert_memory_equal(from, to, bytes);
    assert_int_equal(assay_buffer_read(buffer, 3, to, bytes - 3), ASSAY_OK);
    assert_memory_equal(from + 3, to, bytes - 3);
    assay_buffer_destroy(&buffer);
    free(from);
    free(to);
}

static void single_runs_agree_with_the_reference(void **state)
{
    struct assay_device *device = *state;
    struct chain chain;
    chain_make(&chain, device);
    for (uint64_t seed = 1; seed <= 3; seed++) {
        chain_write(&chain, seed);
        chain_run_steps(&chain);
        /* Reading implies finish. */
        chain_compare_reference(&chain);
    }
    chain_free(&chain);
}

static void a_replay_equals_single_runs(void **state)
{
    struct assay_device *device = *state;
    struct chain chain;
    chain_make(&chain, device);
    struct assay_kernel *sequence = chain_record(&chain);
    for (uint64_t seed = 1; seed <= 20; seed++) {
        chain_write(&chain, seed);
        chain_run_steps(&chain);
        chain_keep(&chain);
        chain_write(&chain, seed);
        assert_int_equal(assay_kernel_run(sequence, NULL, 0), ASSAY_OK);
        if (seed % 2)
            assert_int_equal(assay_device_finish(device, WAIT_NS), ASSAY_OK);
        chain_compare_kept(&chain);
    }
    /* Many replays without a wait between them end like one. */
    for (int i = 0; i < 100; i++)
        assert_int_equal(assay_kernel_run(sequence, NULL, 0), ASSAY_OK);
    chain_compare_kept(&chain);
    assay_kernel_destroy(&sequence);
    chain_free(&chain);
}

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void device_time_is_plausible(void **state)
{
    struct assay_device *device = *state;
    struct chain chain;
    uint64_t elapsed = 0;
    chain_make(&chain, device);
    chain_write(&chain, 1);
    struct assay_kernel *sequence = chain_record(&chain);
    suite_refused(assay_device_elapsed_ns(device, NULL), ASSAY_INVALID);
    suite_refused(assay_device_elapsed_ns(NULL, &elapsed), ASSAY_INVALID);
    for (int i = 0; i < 5; i++) {
        struct assay_kernel *kernel = i % 2 ? sequence : chain.steps[0].kernel;
        const uint64_t before = now_ns();
        assert_int_equal(assay_kernel_run(kernel,
                                          i % 2 ? NULL : chain.steps[0].views,
                                          kernel->n_views),
                         ASSAY_OK);
        assert_int_equal(assay_device_finish(device, WAIT_NS), ASSAY_OK);
        const uint64_t wall = now_ns() - before;
        enum assay_status status = assay_device_elapsed_ns(device, &elapsed);
        if (!device->info.device_time) {
            suite_refused(status, ASSAY_UNSUPPORTED);
            continue;
        }
        if (status != ASSAY_OK)
            fail_msg("elapsed_ns: %s", assay_message());
        assert_true(elapsed > 0);
        /* Two clocks: allow them a tenth and the coarsest tick seen. */
        if (elapsed > wall + wall / 10 + 100000)
            fail_msg("%llu ns on the device, %llu ns around it",
                     (unsigned long long)elapsed, (unsigned long long)wall);
        printf("%s: %llu ns of %llu\n", i % 2 ? "sequence" : "kernel",
               (unsigned long long)elapsed, (unsigned long long)wall);
    }
    assay_kernel_destroy(&sequence);
    chain_free(&chain);
}

static void finish_waits_no_longer_than_asked(void **state)
{
    struct assay_device *device = *state;
    struct chain chain;
    suite_refused(assay_device_finish(device, 0), ASSAY_INVALID);
    suite_refused(assay_device_finish(NULL, 1), ASSAY_INVALID);
    assert_int_equal(assay_device_finish(device, WAIT_NS), ASSAY_OK);
    chain_make(&chain, device);
    chain_write(&chain, 1);
    chain_run_steps(&chain);
    chain_keep(&chain);
    struct assay_kernel *sequence = chain_record(&chain);
    for (int i = 0; i < 200; i++)
        assert_int_equal(assay_kernel_run(sequence, NULL, 0), ASSAY_OK);
    /* Too short for any device that works behind our back: a timeout, or done
     * already. Either way a second finish ends well. */
    const uint64_t before = now_ns();
    enum assay_status status = assay_device_finish(device, 1);
    const uint64_t waited = now_ns() - before;
    if (status != ASSAY_OK) {
        suite_refused(status, ASSAY_DEVICE);
        assert_true(waited < UINT64_C(1000000000));
        printf("timeout after %llu ns\n", (unsigned long long)waited);
    }
    assert_int_equal(assay_device_finish(device, UINT64_MAX), ASSAY_OK);
    chain_compare_kept(&chain);
    assay_kernel_destroy(&sequence);
    chain_free(&chain);
}

static void objects_come_and_go(void **state)
{
    struct assay_device *device = *state;
    size_t peak = 0;
    for (int i = 0; i < 8; i++) {
        struct chain chain;
        chain_make(&chain, device);
        struct assay_kernel *sequence = chain_record(&chain);
        chain_write(&chain, 1);
        assert_int_equal(assay_kernel_run(sequence, NULL, 0), ASSAY_OK);
        assert_true(device->live >= chain.n_steps + 1);
        assert_true(device->allocated_bytes > 0);
        assert_true(device->peak_bytes >= device->allocated_bytes);
        assay_kernel_destroy(&sequence);
        chain_free(&chain);
        assert_int_equal(device->live, 0);
        assert_int_equal(device->allocated_bytes, 0);
        assert_true(i == 0 || device->peak_bytes == peak);
        peak = device->peak_bytes;
    }
}

static int run_device(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(devices_are_listed),
        cmocka_unit_test(wrong_opens_are_refused),
        cmocka_unit_test(a_device_with_objects_stays_open),
        cmocka_unit_test(devices_can_be_opened_again),
        cmocka_unit_test_setup_teardown(copies_stay_in_bounds, setup, teardown),
        cmocka_unit_test_setup_teardown(too_much_memory_is_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_sum_of_memory_is_limited, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(odd_copies_come_back, setup, teardown),
        cmocka_unit_test_setup_teardown(large_copies_come_back, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(wrong_kernels_are_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(wrong_views_are_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(outputs_overlap_only_in_place, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(wrong_sequences_are_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(single_runs_agree_with_the_reference,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(a_replay_equals_single_runs, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(device_time_is_plausible, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(finish_waits_no_longer_than_asked,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(objects_come_and_go, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    size_t count = 0;
    int failed = 0;
    for (size_t i = 0; argc == 2 && assay_backends[i]; i++)
        if (strcmp(assay_backends[i]->name, argv[1]) == 0)
            backend = assay_backends[i];
    if (!backend) {
        printf("no such backend in this build\n");
        return 77;
    }
    enum assay_status status = assay_device_enumerate(backend, NULL, 0, &count);
    if (status != ASSAY_OK || count == 0) {
        printf("%s: %s\n", backend->name, assay_message());
        return status == ASSAY_OK || status == ASSAY_UNSUPPORTED ? 77 : 1;
    }
    for (request.index = 0; request.index < count; request.index++) {
        const bool cpu = backend->api == ASSAY_API_CPU;
        for (request.threads = 1; request.threads <= (cpu ? 3 : 1);
             request.threads++) {
            for (int share = 0; share <= (cpu && request.threads > 1);
                 share++) {
                request.share_all = share;
                printf("%s device %u, %zu threads%s\n", backend->name,
                       request.index, request.threads,
                       share ? ", all steps shared" : "");
                failed += run_device();
            }
        }
    }
    if (chain_driver_findings())
        printf("the validation layer complained %llu times\n",
               (unsigned long long)chain_driver_findings());
    return failed || chain_driver_findings();
}
