/* SPDX-License-Identifier: Apache-2.0
 *
 * Which models of the zoo a name stands for, and the batch at which they are
 * scored, with a zoo in a folder that $ASSAY_DATA points to. Exit 77: no data
 * set.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/plan.h"
#include "suites/data/dataset.h"
#include "tests/model_cases.h"

static char folder[] = "/tmp/assay-plan-XXXXXX";
static const char *const files[] = {"zoo/manifest.json", "zoo/m.onnx",
                                    "own.yaml"};
enum { FILES = sizeof files / sizeof *files };

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define GOOD                                                                   \
    "\"file\": \"m.onnx\", \"sha256\": \"" HASH "\", \"parameters\": 5, "      \
    "\"macs\": 6, \"recipe\": {}, \"validation_accuracy\": 0.5, "              \
    "\"test_accuracy\": 0.25"

static int make_folder(void **state)
{
    char path[64];
    struct build b;
    size_t size;
    (void)state;
    if (!mkdtemp(folder) || setenv("ASSAY_DATA", folder, 1))
        return -1;
    snprintf(path, sizeof path, "%s/zoo", folder);
    if (mkdir(path, 0700))
        return -1;
    build_init(&b, 13);
    model_rows(&b, 784);
    build_random(&b, "w", LIST(784, 10));
    build_node(&b, "MatMul", "x w", "y");
    const uint8_t *bytes = build_pack(&b, &size);
    snprintf(path, sizeof path, "%s/%s", folder, files[1]);
    build_write(path, bytes, size);
    build_free(&b);
    snprintf(path, sizeof path, "%s/%s", folder, files[0]);
    FILE *out = fopen(path, "w");
    if (!out)
        return -1;
    fputs("{\"any\": {" GOOD "}, \"own\": {" GOOD ", \"batch\": 250}}", out);
    return fclose(out);
}

static int remove_folder(void **state)
{
    char path[64];
    (void)state;
    for (size_t i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/zoo", folder);
    rmdir(path);
    return rmdir(folder);
}

static const int64_t batches[] = {1, 64};

static enum assay_status make(const char *name, struct assay_plan **plan)
{
    struct assay_device_info cpu = {.api = ASSAY_API_CPU, .target = "cpu"};
    const struct assay_targets targets = {.infos = &cpu, .n = 1};
    static const int64_t threads = 1;
    const struct assay_plan_request request = {
        .models = &name,
        .n_models = 1,
        .targets = &targets,
        .threads = &threads,
        .n_threads = 1,
        .batches = batches,
        .n_batches = 2,
        .timeout = 1,
    };
    *plan = NULL;
    return assay_plan_make(&request, plan);
}

static void try_model(const char *name, int64_t accuracy_batch)
{
    struct assay_plan *plan;
    if (make(name, &plan))
        fail_msg("%s", assay_message());
    assert_int_equal(plan->n, 2);
    for (size_t i = 0; i < plan->n; i++) {
        assert_int_equal(plan->cases[i].batch, batches[i]);
        assert_int_equal(plan->cases[i].accuracy_batch, accuracy_batch);
    }
    assay_plan_free(&plan);
}

static void test_accuracy_batch(void **state)
{
    (void)state;
    try_model("any", 64);
    try_model("own", 250);
}

static void test_patterns(void **state)
{
    struct assay_plan *plan;
    (void)state;
    try_model("a*", 64);
    try_model("?wn", 250);
    if (make("*", &plan))
        fail_msg("%s", assay_message());
    assert_int_equal(plan->n, 4);
    assert_string_equal(plan->cases[3].name, "own/fp32/b64/cpu/t1");
    assay_plan_free(&plan);
    assert_int_equal(make("x*", &plan), ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "matches 'x*'"));
    assert_null(plan);
}

/* The folder of the command line goes before the suite's; neither exists, and
 * the one that was looked for is named. */
static void test_data(void **state)
{
    static const char *const given[] = {NULL, "/elsewhere"};
    static const char *const says[] = {"/nowhere", "/elsewhere"};
    struct assay_device_info cpu = {.api = ASSAY_API_CPU, .target = "cpu"};
    const struct assay_targets targets = {.infos = &cpu, .n = 1};
    static const int64_t threads = 1;
    char path[64];
    (void)state;
    snprintf(path, sizeof path, "%s/%s", folder, files[2]);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs("name: own\nmodels:\n  - model: any\n    batch: 1\n"
          "    data: /nowhere\n    images: 10\n",
          out);
    assert_int_equal(fclose(out), 0);
    for (int i = 0; i < 2; i++) {
        const char *name = path;
        struct assay_plan *plan;
        const struct assay_plan_request request = {.suites = &name,
                                                   .n_suites = 1,
                                                   .targets = &targets,
                                                   .threads = &threads,
                                                   .n_threads = 1,
                                                   .data = given[i],
                                                   .timeout = 1};
        assert_int_not_equal(assay_plan_make(&request, &plan), ASSAY_OK);
        if (!strstr(assay_message(), says[i]))
            fail_msg("'%s' does not say '%s'", assay_message(), says[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accuracy_batch),
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_data),
    };
    struct assay_dataset *dataset = NULL;
    if (assay_dataset_load(NULL, ASSAY_SPLIT_TEST, &dataset)) {
        printf("%s\n", assay_message());
        return 77;
    }
    assay_dataset_free(&dataset);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
