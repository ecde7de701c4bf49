/* SPDX-License-Identifier: Apache-2.0
 *
 * What only the OpenCL backend has: its cache of binaries, programs that do
 * not build, sub-buffers beyond the number that a buffer keeps. Exit 77 where
 * there is no OpenCL device.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backends/opencl/opencl.h"

static char home[] = "/tmp/assay-opencl-XXXXXX";
static struct assay_device *device;

/* A file in the cache; false if there is none. */
static bool cache_file(char *path, size_t size)
{
    char folder[64];
    bool found = false;
    snprintf(folder, sizeof folder, "%s/assay", home);
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        found = true;
        snprintf(path, size, "%s/%s", folder, entry->d_name);
    }
    if (dir)
        closedir(dir);
    return found;
}

static void clear_cache(void)
{
    char path[400];
    while (cache_file(path, sizeof path))
        assert_int_equal(unlink(path), 0);
}

static void binaries_come_back(void **state)
{
    struct assay_opencl_key key = {{0, 0}}, other = {{0, 0}};
    size_t size = 0;
    (void)state;
    clear_cache();
    assay_opencl_key_add(&key, "ab", 2);
    assay_opencl_key_add(&key, "c", 1);
    assay_opencl_key_add(&other, "a", 1);
    assay_opencl_key_add(&other, "bc", 2);
    assert_memory_not_equal(&key, &other, sizeof key);
    assert_null(assay_opencl_cache_load(&key, &size));
    assay_opencl_cache_store(&key, (const unsigned char *)"binary", 6);
    unsigned char *bytes = assay_opencl_cache_load(&key, &size);
    assert_non_null(bytes);
    assert_int_equal(size, 6);
    assert_memory_equal(bytes, "binary", 6);
    free(bytes);
    assert_null(assay_opencl_cache_load(&other, &size));
}

static void damaged_binaries_are_ignored(void **state)
{
    struct assay_opencl_key key = {{0, 0}};
    unsigned char whole[256];
    char path[400];
    size_t size;
    (void)state;
    clear_cache();
    assay_opencl_key_add(&key, "damage", 6);
    assay_opencl_cache_store(&key, (const unsigned char *)"binary", 6);
    assert_true(cache_file(path, sizeof path));
    FILE *file = fopen(path, "rb");
    const size_t length = fread(whole, 1, sizeof whole, file);
    fclose(file);
    assert_true(length > 6 && length < sizeof whole);
    for (size_t cut = 0; cut < length; cut++) {
        file = fopen(path, "wb");
        fwrite(whole, 1, cut, file);
        fclose(file);
        assert_null(assay_opencl_cache_load(&key, &size));
    }
    for (size_t at = 0; at < length; at++) {
        whole[at] ^= 0x10;
        file = fopen(path, "wb");
        fwrite(whole, 1, length, file);
        fclose(file);
        whole[at] ^= 0x10;
        unsigned char *bytes = assay_opencl_cache_load(&key, &size);
        if (bytes)
            fail_msg("byte %zu of %zu changed unseen", at, length);
    }
    file = fopen(path, "wb");
    fwrite(whole, 1, length, file);
    fputc(0, file);
    fclose(file);
    assert_null(assay_opencl_cache_load(&key, &size));
}

static struct assay_row row_of(const struct assay_code *code)
{
    struct assay_row row = *assay_row_find("assay_unary_f32_opencl_cpu");
    row.code = code;
    return row;
}

static enum assay_status create(const struct assay_row *row,
                                struct assay_kernel **kernel)
{
    struct assay_problem problem;
    assay_problem_init(&problem, ASSAY_OP_UNARY, ASSAY_F32);
    assert_int_equal(assay_problem_set(&problem, "n", "1000"), ASSAY_OK);
    assert_int_equal(assay_problem_set(&problem, "act", "relu"), ASSAY_OK);
    return assay_kernel_create(
        device, &(struct assay_kernel_request){.row = row, .problem = &problem},
        kernel);
}

static void a_fault_in_the_program_is_named(void **state)
{
    static const char text[] = "__kernel void broken(__global float *x)\n"
                               "{ no_such_thing = 1; }\n";
    const struct assay_code code = {(const unsigned char *)text,
                                    sizeof text - 1};
    const struct assay_row row = row_of(&code);
    struct assay_kernel *kernel = NULL;
    (void)state;
    assert_int_equal(create(&row, &kernel), ASSAY_DEVICE);
    assert_null(kernel);
    printf("%s\n", assay_message());
    assert_non_null(strstr(assay_message(), row.symbol));
    assert_non_null(strstr(assay_message(), "CL_BUILD_PROGRAM_FAILURE"));
}

static void a_missing_entry_point_is_named(void **state)
{
    static const char text[] = "__kernel void other(__global float *x) {}\n";
    const struct assay_code code = {(const unsigned char *)text,
                                    sizeof text - 1};
    const struct assay_row row = row_of(&code);
    struct assay_kernel *kernel = NULL;
    (void)state;
    assert_int_equal(create(&row, &kernel), ASSAY_DEVICE);
    assert_non_null(strstr(assay_message(), "CL_INVALID_KERNEL_NAME"));
}

static void a_stored_binary_is_used(void **state)
{
    const struct assay_row *row = assay_row_find("assay_unary_f32_opencl_cpu");
    struct assay_kernel *kernel = NULL;
    char path[400];
    (void)state;
    clear_cache();
    for (int round = 0; round < 3; round++) {
        /* Another device has no program yet, and so asks the cache. */
        const struct assay_open request = {.index = 0};
        struct assay_device *kept = device;
        assert_int_equal(
            assay_device_open(&assay_backend_opencl, &request, &device),
            ASSAY_OK);
        assert_int_equal(create(row, &kernel), ASSAY_OK);
        assay_kernel_destroy(&kernel);
        assert_int_equal(assay_device_close(&device), ASSAY_OK);
        device = kept;
        assert_true(cache_file(path, sizeof path));
        if (round == 1) /* the third round finds it unusable, and builds */
            assert_int_equal(truncate(path, 100), 0);
    }
    clear_cache();
}

static void many_views_of_a_buffer_work(void **state)
{
    const struct assay_row *row = assay_row_find("assay_unary_f32_opencl_cpu");
    enum { N = 1000, VIEWS = 3 * ASSAY_OPENCL_VIEWS };
    const size_t align = device->info.view_align;
    const size_t step = (N * sizeof(float) + align - 1) / align * align;
    struct assay_kernel *kernel = NULL;
    struct assay_buffer *x = NULL, *y = NULL;
    static float values[N];
    (void)state;
    assert_int_equal(create(row, &kernel), ASSAY_OK);
    assert_int_equal(assay_buffer_create(device, step * VIEWS, &x), ASSAY_OK);
    assert_int_equal(assay_buffer_create(device, step * VIEWS, &y), ASSAY_OK);
    for (size_t i = 0; i < VIEWS; i++) {
        for (size_t j = 0; j < N; j++)
            values[j] = (float)(i + j);
        assert_int_equal(assay_buffer_write(x, i * step, values, sizeof values),
                         ASSAY_OK);
    }
    for (size_t i = 0; i < VIEWS; i++) {
        const struct assay_view views[] = {
            {x, i * step, sizeof values},
            {y, (VIEWS - 1 - i) * step, sizeof values},
        };
        assert_int_equal(assay_kernel_run(kernel, views, 2), ASSAY_OK);
    }
    assert_int_equal(assay_device_finish(device, 10000000000), ASSAY_OK);
    for (size_t i = 0; i < VIEWS; i++) {
        assert_int_equal(
            assay_buffer_read(y, (VIEWS - 1 - i) * step, values, sizeof values),
            ASSAY_OK);
        for (size_t j = 0; j < N; j++)
            assert_true(values[j] == (float)(i + j));
    }
    assay_kernel_destroy(&kernel);
    assay_buffer_destroy(&x);
    assay_buffer_destroy(&y);
}

static void errors_have_names(void **state)
{
    (void)state;
    assert_string_equal(assay_opencl_error_name(CL_OUT_OF_RESOURCES),
                        "CL_OUT_OF_RESOURCES");
    assert_string_equal(assay_opencl_error_name(-12345), "CL error");
    assert_int_equal(assay_opencl_fail(CL_OUT_OF_RESOURCES, "x"), ASSAY_DEVICE);
    assert_int_equal(assay_opencl_fail(CL_MEM_OBJECT_ALLOCATION_FAILURE, "x"),
                     ASSAY_NOMEM);
}

int main(void)
{
    static const struct assay_open request = {.index = 0};
    size_t count = 0;
    if (assay_device_enumerate(&assay_backend_opencl, NULL, 0, &count) ||
        count == 0) {
        printf("skipped: %s\n", assay_message());
        return 77;
    }
    if (!mkdtemp(home) || setenv("XDG_CACHE_HOME", home, 1) ||
        setenv("ASSAY_OPENCL_CACHE", "1", 1))
        return 1;
    if (assay_device_open(&assay_backend_opencl, &request, &device)) {
        printf("%s\n", assay_message());
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(binaries_come_back),
        cmocka_unit_test(damaged_binaries_are_ignored),
        cmocka_unit_test(a_fault_in_the_program_is_named),
        cmocka_unit_test(a_missing_entry_point_is_named),
        cmocka_unit_test(a_stored_binary_is_used),
        cmocka_unit_test(many_views_of_a_buffer_work),
        cmocka_unit_test(errors_have_names),
    };
    int failed = cmocka_run_group_tests_name("opencl", tests, NULL, NULL);
    char folder[64];
    snprintf(folder, sizeof folder, "%s/assay", home);
    rmdir(folder);
    rmdir(home);
    failed += assay_device_close(&device) != ASSAY_OK;
    return failed;
}
