/* SPDX-License-Identifier: Apache-2.0
 *
 * harness/paired.c: McNemar's test and agreement between targets, from
 * predictions that went through a store; device_class of old records; stores of
 * schema 1, and damaged ones.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "harness/paired.h"
#include "harness/stats.h"

static char folder[] = "/tmp/assay-paired-XXXXXX";
static char path[128];
static char *machine; /* of the runs made here; JSON */

static int setup(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

/* A digit an image: the class; with ! after it, it is right. */
static struct assay_record *model(const char *name, const char *variant,
                                  const char *target, int batch,
                                  const char *answers)
{
    struct assay_record *r = assay_record_create();
    char text[100];
    uint16_t predictions[64];
    size_t n = 0;
    snprintf(text, sizeof text, "%s/%s/b%d/%s", name, variant, batch, target);
    assay_record_text(r, ASSAY_FIELD_case, text);
    assay_record_text(r, ASSAY_FIELD_kind, "model");
    assay_record_text(r, ASSAY_FIELD_status, "ok");
    assay_record_text(r, ASSAY_FIELD_model, name);
    assay_record_text(r, ASSAY_FIELD_variant, variant);
    assay_record_text(r, ASSAY_FIELD_target, target);
    assay_record_text(r, ASSAY_FIELD_dataset_crc32, "12345678");
    assay_record_int(r, ASSAY_FIELD_batch, batch);
    if (strcmp(target, "cpu") == 0)
        assay_record_int(r, ASSAY_FIELD_threads, 2);
    for (; *answers; answers++)
        if (*answers == '!')
            predictions[n - 1]++;
        else if (*answers != ' ')
            predictions[n++] = (uint16_t)(2 * (*answers - '0'));
    assay_record_predictions(r, predictions, n);
    return r;
}

/* Store the records, read them back. */
static struct assay_run_data *through(struct assay_record **records, size_t n)
{
    struct assay_store *store = NULL;
    struct assay_run run = {.suite = "paired", .machine = machine};
    struct assay_run_data *data = NULL;
    assert_int_equal(assay_store_open(path, true, &store), ASSAY_OK);
    assert_int_equal(assay_store_begin(store, &run), ASSAY_OK);
    for (size_t i = 0; i < n; i++) {
        if (assay_store_add(store, run.id, records[i]) != ASSAY_OK)
            fail_msg("%s", assay_message());
        assay_record_destroy(&records[i]);
    }
    if (assay_store_load(store, run.id, false, &data) != ASSAY_OK)
        fail_msg("%s", assay_message());
    assay_store_close(&store);
    free(run.started);
    assert_int_equal(data->n_records, n);
    return data;
}

static void has(const struct assay_record *r, enum assay_field field,
                double want)
{
    double value;
    if (!assay_record_number(r, field, &value))
        fail_msg("%s: %s is absent: %s", r->fields[ASSAY_FIELD_case].text,
                 assay_fields[field].name, r->fields[field].text);
    if (!(fabs(value - want) <= 1e-12))
        fail_msg("%s: %s is %.15g, not %.15g", r->fields[ASSAY_FIELD_case].text,
                 assay_fields[field].name, value, want);
}

static void lacks(const struct assay_record *r, enum assay_field field,
                  const char *why)
{
    const struct assay_value *value = &r->fields[field];
    assert_false(value->present);
    if (!value->text || !strstr(value->text, why))
        fail_msg("%s: '%s', not '%s'", assay_fields[field].name, value->text,
                 why);
}

static void variants_are_tested_against_fp32(void **state)
{
    (void)state;
    struct assay_record *records[] = {
        /* The base may come last, and at another batch size. */
        model("cnn", "int8", "cpu", 1, "0!1!2!3!4!0!1 2 3 4 "),
        model("cnn", "int8", "vulkan:0", 1, "0!1!2!3!4!0!1 2 3 0!"),
        model("cnn", "fp32", "vulkan:0", 64, "0!1!2!3!0 1 0 1 2 0!"),
        model("cnn", "int8", "opencl:0", 1, "0!1!"),
        model("cnn", "fp32", "cpu", 64, "1 1!2!3!4!1 2!3!4!0!"),
        model("own", "file", "cpu", 1, "0!1!"),
    };
    struct assay_run_data *data = through(records, 6);
    struct assay_record **r = data->records;
    has(r[0], ASSAY_FIELD_mcnemar_b, 2);
    has(r[0], ASSAY_FIELD_mcnemar_c, 4);
    has(r[0], ASSAY_FIELD_mcnemar_p, 0.6875);
    has(r[1], ASSAY_FIELD_mcnemar_b, 2);
    has(r[1], ASSAY_FIELD_mcnemar_c, 0);
    has(r[1], ASSAY_FIELD_mcnemar_p, 0.5);
    has(r[1], ASSAY_FIELD_agreement_targets, 0.9);
    has(r[2], ASSAY_FIELD_agreement_targets, 0.5);
    lacks(r[5], ASSAY_FIELD_mcnemar_p, "no variant of another model");
    lacks(r[4], ASSAY_FIELD_mcnemar_p, "what variants are compared with");
    lacks(r[4], ASSAY_FIELD_agreement_targets,
          "the target that others are compared with");
    lacks(r[3], ASSAY_FIELD_mcnemar_b,
          "cnn/fp32 was not scored on opencl:0 in this run");
    lacks(r[3], ASSAY_FIELD_mcnemar_p, "cnn/fp32 was not scored");
    has(r[3], ASSAY_FIELD_agreement_targets, 1);
    assay_run_data_free(&data);
}

static void a_base_may_be_quantized_already(void **state)
{
    (void)state;
    struct assay_record *records[] = {
        model("own", "p50", "cpu", 1, "0!1!4 5 "),
        model("own", "original", "cpu", 1, "0!7 2!3!"),
        model("own", "p50", "opencl:0", 1, "0!"),
    };
    struct assay_run_data *data = through(records, 3);
    has(data->records[0], ASSAY_FIELD_mcnemar_b, 1);
    has(data->records[0], ASSAY_FIELD_mcnemar_c, 2);
    lacks(data->records[1], ASSAY_FIELD_mcnemar_p,
          "what variants are compared with");
    lacks(data->records[2], ASSAY_FIELD_mcnemar_p,
          "own/original was not scored on opencl:0 in this run");
    assert_ptr_equal(assay_paired_base(data, data->records[0]),
                     data->records[1]);
    assay_run_data_free(&data);
}

/* 62 better, 31 worse: scipy's binomtest(31, 93) has p = 0.0017127644. */
static void counts_are_those_of_discordant_images(void **state)
{
    (void)state;
    enum { N = 400 };
    uint16_t base[N], variant[N];
    for (size_t i = 0; i < N; i++) {
        base[i] = i < 62 ? 2 : 7;     /* class 1 wrong; class 3 right */
        variant[i] = i < 62 ? 11 : 7; /* class 5 right */
        if (i >= 100 && i < 131)
            variant[i] = 8; /* class 4, wrong */
        if (i >= 200 && i < 210)
            base[i] = variant[i] = 4; /* both wrong */
    }
    struct assay_record *records[] = {model("mlp", "int8", "cpu", 1, "0"),
                                      model("mlp", "fp32", "cpu", 1, "0")};
    assay_record_predictions(records[0], variant, N);
    assay_record_predictions(records[1], base, N);
    struct assay_run_data *data = through(records, 2);
    has(data->records[0], ASSAY_FIELD_mcnemar_b, 62);
    has(data->records[0], ASSAY_FIELD_mcnemar_c, 31);
    has(data->records[0], ASSAY_FIELD_mcnemar_p, 0.0017127644224002386);
    assert_ptr_equal(assay_paired_base(data, data->records[0]),
                     data->records[1]);
    assert_null(assay_paired_base(data, data->records[1]));
    assay_run_data_free(&data);
}

static void fewer_images_are_compared_with_as_many(void **state)
{
    (void)state;
    struct assay_record *records[] = {
        model("cnn", "fp32", "cpu", 1, "0!1!2!3!4!5!6!7!8!9!"),
        model("cnn", "fp32", "vulkan:0", 1, "0!1!2!4"),
        model("cnn", "int8", "cpu", 1, "0!1!3 3!"),
    };
    struct assay_run_data *data = through(records, 3);
    has(data->records[1], ASSAY_FIELD_agreement_targets, 0.75);
    has(data->records[2], ASSAY_FIELD_mcnemar_b, 0);
    has(data->records[2], ASSAY_FIELD_mcnemar_c, 1);
    assay_run_data_free(&data);
}

/* What runs recorded before there was a device_class. */
static void a_class_is_taken_from_the_fingerprint(void **state)
{
    (void)state;
    static char devices[] =
        "{\"devices\": [{\"target\": \"cpu\"}, {\"target\": \"opencl:0\", "
        "\"class\": \"cpu\"}, {\"target\": \"vulkan:0\", \"class\": \"x\"}, "
        "{\"target\": \"opencl:1\", \"class\": \"cpu\"}, 7]}";
    struct assay_record *records[] = {
        model("cnn", "fp32", "cpu", 1, "0!"),
        model("cnn", "fp32", "opencl:0", 1, "0!"),
        model("cnn", "fp32", "vulkan:0", 1, "0!"),
        model("cnn", "fp32", "opencl:1", 1, "0!"),
    };
    assay_record_text(records[3], ASSAY_FIELD_device_class, "gpu");
    machine = devices;
    struct assay_run_data *data = through(records, 4);
    machine = NULL;
    lacks(data->records[0], ASSAY_FIELD_device_class, "not recorded");
    lacks(data->records[2], ASSAY_FIELD_device_class, "not recorded");
    assert_string_equal(
        assay_record_get_text(data->records[1], ASSAY_FIELD_device_class),
        "cpu");
    assert_string_equal(
        assay_record_get_text(data->records[3], ASSAY_FIELD_device_class),
        "gpu");
    assay_run_data_free(&data);
}

static void other_images_do_not_compare(void **state)
{
    (void)state;
    struct assay_record *records[] = {
        model("cnn", "fp32", "cpu", 1, "0!1!"),
        model("cnn", "int8", "cpu", 1, "0!1!"),
        model("cnn", "fp32", "opencl:0", 1, "0!2!"), /* another label */
        model("cnn", "fp32", "vulkan:0", 1, "0!1!"),
        model("mlp", "fp32", "vulkan:0", 1, "0!1!"),
        model("mlp", "int8", "vulkan:0", 1, "0!1!"),
        model("cnn", "fp32", "opencl:1", 1, "0!1"), /* another label */
    };
    assay_record_text(records[1], ASSAY_FIELD_dataset_crc32, "87654321");
    assay_record_text(records[3], ASSAY_FIELD_status, "wrong");
    assay_record_text(records[4], ASSAY_FIELD_status, "crashed");
    struct assay_run_data *data = through(records, 7);
    lacks(data->records[6], ASSAY_FIELD_agreement_targets, "different images");
    lacks(data->records[1], ASSAY_FIELD_mcnemar_p, "different images");
    lacks(data->records[2], ASSAY_FIELD_agreement_targets, "different images");
    lacks(data->records[3], ASSAY_FIELD_agreement_targets, "wrong");
    lacks(data->records[5], ASSAY_FIELD_mcnemar_p, "mlp/fp32 was not scored");
    lacks(data->records[5], ASSAY_FIELD_agreement_targets,
          "no case of this model was scored on cpu in this run");
    assay_run_data_free(&data);
}

/* scipy.stats.binomtest(min(b, c), b + c, 0.5).pvalue */
static void mcnemar_is_exact(void **state)
{
    (void)state;
    static const struct {
        int64_t b, c;
        double p;
    } rows[] = {
        {0, 0, 1},
        {1, 0, 1},
        {62, 31, 0.0017127644224002386},
        {1000, 1100, 0.03072070786424249},
        {500000, 501000, 0.3180365408403385},
        {499000, 500000, 0.317552599673747},
        {500000, 500000, 1},
        {1000000, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const double p = assay_mcnemar(rows[i].b, rows[i].c);
        if (!(fabs(p - rows[i].p) <= 1e-7 * rows[i].p) ||
            p != assay_mcnemar(rows[i].c, rows[i].b))
            fail_msg("%lld, %lld: %.15g, not %.15g", (long long)rows[i].b,
                     (long long)rows[i].c, p, rows[i].p);
    }
}

/* Through the store, so that old ones are explained too. */
static void every_absent_value_has_a_reason(void **state)
{
    (void)state;
    struct assay_record *records[] = {
        model("cnn", "fp32", "opencl:0", 1, "0!"),
        model("cnn", "int8", "cpu", 1, ""),
        model("cnn", "int8", "cpu", 16, "0!"),
        model("dense", "avx2", "cpu", 1, ""),
        assay_record_create(),
    };
    assay_record_absent(records[1], ASSAY_FIELD_accuracy, "no images");
    assay_record_text(records[2], ASSAY_FIELD_status, "crashed");
    assay_record_text(records[3], ASSAY_FIELD_kind, "kernel");
    struct assay_run_data *data = through(records, 5);
    struct assay_record **r = data->records;
    for (size_t i = 0; i < 5; i++)
        for (size_t f = 0; f < ASSAY_FIELDS; f++)
            if (!r[i]->fields[f].present && !r[i]->fields[f].text)
                fail_msg("record %zu: no reason for %s", i,
                         assay_fields[f].name);
    lacks(r[0], ASSAY_FIELD_threads, "of cpu targets only");
    lacks(r[0], ASSAY_FIELD_gbytes_per_s, "of kernels only: ");
    lacks(r[0], ASSAY_FIELD_gflops_executed, "of kernels only: ");
    lacks(r[0], ASSAY_FIELD_choices, "no layer with zeros");
    lacks(r[0], ASSAY_FIELD_reason, "the case is ok");
    lacks(r[1], ASSAY_FIELD_mcnemar_b, "no images");
    lacks(r[2], ASSAY_FIELD_latency_ns_median, "crashed");
    lacks(r[3], ASSAY_FIELD_accuracy, "of models only");
    lacks(r[3], ASSAY_FIELD_mcnemar_p, "of models only");
    lacks(r[3], ASSAY_FIELD_gbytes_per_s, "not recorded");
    lacks(r[4], ASSAY_FIELD_status, "not recorded");
    assay_run_data_free(&data);
}

static void sql(const char *text)
{
    sqlite3 *db;
    char *error = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, text, NULL, NULL, &error))
        fail_msg("%s: %s", text, error);
    sqlite3_close(db);
}

static void fill(void)
{
    struct assay_record *records[] = {model("cnn", "fp32", "cpu", 1, "0!1!2!"),
                                      model("cnn", "int8", "cpu", 1, "0!1!4")};
    struct assay_run_data *data = through(records, 2);
    has(data->records[1], ASSAY_FIELD_mcnemar_c, 1);
    assay_run_data_free(&data);
}

/* What the first schema lacked is taken away, as an older assay left it. */
static void schema_1_is_read_and_written(void **state)
{
    (void)state;
    fill();
    sql("DROP TABLE predictions; PRAGMA user_version = 1;"
        "ALTER TABLE records DROP COLUMN mcnemar_b;"
        "ALTER TABLE records DROP COLUMN confusion");
    for (int write = 0; write < 3; write++) {
        struct assay_store *store = NULL;
        struct assay_run_data *data = NULL;
        if (assay_store_open(path, write == 1, &store) != ASSAY_OK ||
            assay_store_load(store, 1, true, &data) != ASSAY_OK)
            fail_msg("%s", assay_message());
        assert_int_equal(data->n_records, 2);
        assert_int_equal(data->records[1]->n_predictions, 0);
        lacks(data->records[1], ASSAY_FIELD_mcnemar_b, "not recorded");
        lacks(data->records[1], ASSAY_FIELD_confusion, "not recorded");
        lacks(data->records[1], ASSAY_FIELD_mcnemar_p, "not recorded");
        assay_run_data_free(&data);
        assay_store_close(&store);
    }
    fill();
    /* A schema of today without the table is not one of then. */
    sql("DROP TABLE predictions");
    struct assay_store *store = NULL;
    assert_int_equal(assay_store_open(path, true, &store), ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "is damaged"));
}

static void damaged_predictions_are_named(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "UPDATE predictions SET n = n + 1",
        "UPDATE predictions SET n = n - 1",
        "UPDATE predictions SET n = -1",
        "UPDATE predictions SET n = 9223372036854775807",
        "UPDATE predictions SET classes = x'', n = 0",
        "UPDATE predictions SET classes = x'ffffff', n = 3",
        "UPDATE predictions SET classes = x'd00f', n = 1", /* 2000 */
        "UPDATE records SET confusion = '[1'",
        "UPDATE records SET confusion = '1'",
        "UPDATE records SET per_class = '{\"a\":1,\"a\":2}'",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct assay_store *store = NULL;
        struct assay_run_data *data = NULL;
        unlink(path);
        fill();
        sql(bad[i]);
        assert_int_equal(assay_store_open(path, false, &store), ASSAY_OK);
        if (assay_store_load(store, 0, false, &data) != ASSAY_INVALID ||
            !strstr(assay_message(), "is damaged"))
            fail_msg("%s: %s", bad[i], assay_message());
        assay_store_close(&store);
    }
    printf("%zu damaged values named\n", sizeof bad / sizeof *bad);
}

static int remove_folder(void **state)
{
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

int main(void)
{
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof path, "%s/x.db", folder);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(variants_are_tested_against_fp32, setup),
        cmocka_unit_test_setup(a_base_may_be_quantized_already, setup),
        cmocka_unit_test_setup(counts_are_those_of_discordant_images, setup),
        cmocka_unit_test_setup(fewer_images_are_compared_with_as_many, setup),
        cmocka_unit_test_setup(a_class_is_taken_from_the_fingerprint, setup),
        cmocka_unit_test_setup(other_images_do_not_compare, setup),
        cmocka_unit_test(mcnemar_is_exact),
        cmocka_unit_test_setup(every_absent_value_has_a_reason, setup),
        cmocka_unit_test_setup(schema_1_is_read_and_written, setup),
        cmocka_unit_test_setup(damaged_predictions_are_named, setup),
    };
    return cmocka_run_group_tests(tests, NULL, remove_folder);
}
