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

/* A file in the folder; of another width it is another file. */
static void write_model(const char *name, int width, char path[64])
{
    struct build b;
    size_t size;
    build_init(&b, 13);
    model_rows(&b, 784);
    build_random(&b, "w", LIST(784, width));
    build_node(&b, "MatMul", "x w", "v");
    build_node(&b, "Relu", "v", "y");
    const uint8_t *bytes = build_pack(&b, &size);
    snprintf(path, 64, "%s/%s", folder, name);
    build_write(path, bytes, size);
    build_free(&b);
}

/* The names of the cases, or the message. */
static void expect_files(const char *base, const char *const *models, size_t n,
                         const char *expected)
{
    struct assay_device_info cpu = {.api = ASSAY_API_CPU, .target = "cpu"};
    const struct assay_targets targets = {.infos = &cpu, .n = 1};
    static const int64_t threads = 1;
    char text[800] = "";
    struct assay_plan *plan = NULL;
    const struct assay_plan_request request = {.models = (const char **)models,
                                               .n_models = n,
                                               .base = base,
                                               .targets = &targets,
                                               .threads = &threads,
                                               .n_threads = 1,
                                               .timeout = 1};
    if (assay_plan_make(&request, &plan)) {
        snprintf(text, sizeof text, "%s", assay_message());
    } else {
        for (size_t i = 0; i < plan->n; i++)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s/%s",
                     i ? " " : "", plan->cases[i].model,
                     plan->cases[i].variant);
        assay_plan_free(&plan);
    }
    if (!strstr(text, expected))
        fail_msg("'%s' instead of '%s'", text, expected);
}

static void test_bases(void **state)
{
    char f[64], thin[64], other[64], odd[64], any[64];
    (void)state;
    write_model("f.onnx", 11, f);
    write_model("f-thin.onnx", 10, thin);
    write_model("other.onnx", 8, other);
    write_model("f-fp32.onnx", 7, odd);
    write_model("any.onnx", 6, any);
    const char *const models[] = {thin, other, f};
    expect_files(NULL, models, 3, "f-thin/file other/file f/file");
    expect_files(f, models, 3, "f/thin f/other f/fp32");
    expect_files(f, models, 2, "f/fp32 f/thin f/other");
    expect_files(other, models, 1, "other/fp32 other/f-thin");
    expect_files(f, (const char *const[]){odd}, 1, "f/fp32 f/f-fp32");
    expect_files("any", models, 1, "any/fp32 any/f-thin");
    expect_files("/nowhere.onnx", models, 1, "/nowhere.onnx: ");
    expect_files(any, (const char *const[]){"any", f}, 2, "rename the file");
    char path[64], copied[80];
    snprintf(path, sizeof path, "%s/zoo/f.onnx", folder);
    write_model("zoo/f.onnx", 5, copied);
    expect_files(NULL, (const char *const[]){f, path}, 2, "rename one");
    for (const char *const *p =
             (const char *const[]){f, thin, other, odd, any, path, NULL};
         *p; p++)
        unlink(*p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bases),
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
