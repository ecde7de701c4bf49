/* SPDX-License-Identifier: Apache-2.0
 *
 * Faults of a zoo's manifest and predictions, in a folder that $ASSAY_DATA
 * points to.
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

#include "suites/assets.h"
#include "suites/suite.h"
#include "suites/zoo.h"

static char folder[] = "/tmp/assay-zoo-XXXXXX";

static int make_folder(void **state)
{
    char zoo[64];
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(zoo, sizeof zoo, "%s/zoo", folder);
    return mkdir(zoo, 0700) || setenv("ASSAY_DATA", folder, 1);
}

static void put(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/zoo/%s", folder, name);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

static int remove_folder(void **state)
{
    char path[128];
    (void)state;
    static const char *const names[] = {"zoo/manifest.json",
                                        "zoo/m.predictions"};
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/zoo", folder);
    rmdir(path);
    return rmdir(folder);
}

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define GOOD                                                                   \
    "\"file\": \"m.onnx\", \"sha256\": \"" HASH "\", \"parameters\": 5, "      \
    "\"macs\": 6, \"recipe\": {}, \"validation_accuracy\": 0.5, "              \
    "\"test_accuracy\": 0.25"

static void test_good(void **state)
{
    (void)state;
    struct assay_zoo *zoo = NULL;
    put("manifest.json", "{\"m\": {" GOOD "}, \"m-int8\": {" GOOD
                         ", \"base\": \"m\", \"variant\": \"int8\", "
                         "\"batch\": 250}}");
    assert_int_equal(assay_zoo_load(&zoo), ASSAY_OK);
    assert_string_equal(assay_suites_folder(), folder);
    assert_int_equal(zoo->n_models, 2);
    const struct assay_zoo_model *m = assay_zoo_find(zoo, "m-int8");
    assert_string_equal(m->base, "m");
    assert_string_equal(m->variant, "int8");
    assert_int_equal(m->batch, 250);
    m = assay_zoo_find(zoo, "m");
    assert_string_equal(m->base, "m");
    assert_string_equal(m->sha256, HASH);
    assert_int_equal(m->parameters, 5);
    assert_int_equal(m->macs, 6);
    assert_int_equal(m->batch, 0);
    assert_true(m->test_accuracy == 0.25 && m->validation_accuracy == 0.5);
    uint8_t *classes = NULL;
    put("m.predictions", "01\n29\n");
    assert_int_equal(assay_zoo_predictions(m, 4, &classes), ASSAY_OK);
    assert_memory_equal(classes, "\0\1\2\11", 4);
    free(classes);
    put("m.predictions", "01\n2a\n");
    assert_int_equal(assay_zoo_predictions(m, 4, &classes), ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "m.predictions: byte 4"));
    put("m.predictions", "");
    assert_int_equal(assay_zoo_predictions(m, 4, &classes), ASSAY_INVALID);
    assay_zoo_free(&zoo);
}

static void test_faults(void **state)
{
    (void)state;
    static const char *const members[] = {"file",         "sha256",
                                          "parameters",   "macs",
                                          "recipe",       "validation_accuracy",
                                          "test_accuracy"};
    static const char *const values[] = {
        "null",          "\"\"",  "-1",
        "2.5",           "true",  "[]",
        "\"../m.onnx\"", "\"m\"", "\".onnx\"",
        "\"a\\u0000b\"", "1e999", "99999999999999999999"};
    struct assay_zoo *zoo = NULL;
    char text[1000], good[600];
    size_t refused = 0;
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        for (size_t j = 0; j < sizeof values / sizeof *values; j++) {
            /* The good value is renamed and another put in its place. */
            strcpy(good, GOOD);
            char *at = strstr(good, members[i]);
            at[0] = 'X';
            snprintf(text, sizeof text, "{\"m\": {%s, \"%s\": %s}}", good,
                     members[i], values[j]);
            put("manifest.json", text);
            if (strcmp(members[i], "recipe") == 0 && values[j][0] == '"')
                continue;
            assert_int_equal(assay_zoo_load(&zoo), ASSAY_INVALID);
            assert_non_null(strstr(assay_message(), "manifest.json"));
            assert_true(strstr(assay_message(), members[i]) ||
                        strstr(assay_message(), "not JSON"));
            refused++;
        }
    }
    print_message("%zu faulty members refused by name\n", refused);
    static const char *const batches[] = {"0",   "-8",   "1048577",
                                          "2.5", "null", "\"8\""};
    for (size_t i = 0; i < sizeof batches / sizeof *batches; i++) {
        snprintf(text, sizeof text, "{\"m\": {" GOOD ", \"batch\": %s}}",
                 batches[i]);
        put("manifest.json", text);
        assert_int_equal(assay_zoo_load(&zoo), ASSAY_INVALID);
        assert_non_null(strstr(assay_message(), "'batch' must be"));
    }
    static const char *const whole[] = {"",
                                        "[]",
                                        "{\"m\": 1}",
                                        "{\"m\": {" GOOD "}, \"m\": {" GOOD
                                        "}}",
                                        "{",
                                        "{\"\\u001b[31m\": {" GOOD "}}",
                                        "{\"\": {" GOOD "}}"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        put("manifest.json", whole[i]);
        assert_int_equal(assay_zoo_load(&zoo), ASSAY_INVALID);
    }
    assert_null(zoo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
