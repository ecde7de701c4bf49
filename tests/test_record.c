/* SPDX-License-Identifier: Apache-2.0
 *
 * harness/record.c and utf8.c: values, absence, the way to JSON and back.
 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/record.h"
#include "harness/utf8.h"

static struct assay_record *back(const struct assay_record *record,
                                 bool with_samples)
{
    json_t *json = assay_record_to_json(record, with_samples);
    assert_non_null(json);
    char *text = json_dumps(json, 0);
    json_decref(json);
    json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    free(text);
    assert_non_null(json);
    struct assay_record *copy = NULL;
    assert_int_equal(assay_record_from_json(json, &copy), ASSAY_OK);
    json_decref(json);
    return copy;
}

static void assert_same(const struct assay_record *a,
                        const struct assay_record *b)
{
    for (size_t i = 0; i < ASSAY_FIELDS; i++) {
        const struct assay_value *x = &a->fields[i], *y = &b->fields[i];
        assert_int_equal(x->present, y->present);
        assert_true(x->integer == y->integer);
        assert_memory_equal(&x->real, &y->real, sizeof x->real);
        assert_int_equal(!x->text, !y->text);
        if (x->text)
            assert_string_equal(x->text, y->text);
    }
}

static void set_json(struct assay_record *record, enum assay_field field)
{
    json_t *json = json_pack("[[i, n], {s:f, s:s}]", 3, "a", 0.1, "b", "\"<");
    assay_record_json(record, field, json);
    json_decref(json);
}

static void every_field_survives(void **state)
{
    (void)state;
    static const double reals[] = {0.1, 1.0 / 3, DBL_MAX, DBL_MIN, 5e-324,
                                   0.0, -0.0,    1e22,    -1.5e-9, 12345.0};
    static const int64_t integers[] = {0, -1, INT64_MAX, INT64_MIN, 1 << 20};
    static const char *const texts[] = {"", "a", "\"\\\n\t</script>",
                                        "\u00e9\u2028", "=1+1"};
    struct assay_record *record = assay_record_create();
    for (int i = 0; i < ASSAY_FIELDS; i++) {
        enum assay_field f = (enum assay_field)i;
        if (i % 11 == 3)
            assay_record_absent(record, f, "no such counter: \"x\"");
        else if (i % 11 == 7)
            continue;
        else if (assay_fields[i].kind == ASSAY_KIND_TEXT)
            assay_record_text(record, f, texts[i % 5]);
        else if (assay_fields[i].kind == ASSAY_KIND_INT)
            assay_record_int(record, f, integers[i % 5]);
        else if (assay_fields[i].kind == ASSAY_KIND_JSON)
            set_json(record, f);
        else
            assay_record_real(record, f, reals[i % 10]);
    }
    uint64_t samples[] = {0, 1, 127, 128, 1000000000000};
    assay_record_samples(record, samples, 5);
    const uint16_t predictions[] = {0, 1, 1999, 64};
    assay_record_predictions(record, predictions, 4);
    struct assay_record *copy = back(record, true);
    assert_same(record, copy);
    assert_int_equal(copy->n_samples, 5);
    assert_memory_equal(copy->samples, samples, sizeof samples);
    assert_int_equal(copy->n_predictions, 4);
    assert_memory_equal(copy->predictions, predictions, sizeof predictions);
    assay_record_destroy(&copy);
    copy = back(record, false);
    assert_same(record, copy);
    assert_int_equal(copy->n_samples, 0);
    assert_int_equal(copy->n_predictions, 0);
    assay_record_destroy(&copy);
    assay_record_destroy(&record);
    assert_null(record);
    printf("%d fields there and back\n", ASSAY_FIELDS);
}

static void what_is_not_finite_is_absent(void **state)
{
    (void)state;
    struct assay_record *record = assay_record_create();
    double x = 1;
    assay_record_real(record, ASSAY_FIELD_gflops, NAN);
    assert_false(assay_record_number(record, ASSAY_FIELD_gflops, &x));
    assert_string_equal(record->fields[ASSAY_FIELD_gflops].text,
                        "not a number was found");
    assay_record_real(record, ASSAY_FIELD_gflops, -INFINITY);
    assert_false(assay_record_number(record, ASSAY_FIELD_gflops, &x));
    assay_record_real(record, ASSAY_FIELD_gflops, 2.5);
    assert_true(assay_record_number(record, ASSAY_FIELD_gflops, &x));
    assert_true(x == 2.5);
    assert_null(record->fields[ASSAY_FIELD_gflops].text);
    assert_false(assay_record_number(record, ASSAY_FIELD_op, &x));
    assert_null(assay_record_get_text(record, ASSAY_FIELD_op));
    assay_record_destroy(&record);
}

static void a_value_replaces_the_one_before(void **state)
{
    (void)state;
    struct assay_record *record = assay_record_create();
    assay_record_text(record, ASSAY_FIELD_op, "dense");
    assay_record_text(record, ASSAY_FIELD_op,
                      assay_record_get_text(record, ASSAY_FIELD_op));
    assert_string_equal(assay_record_get_text(record, ASSAY_FIELD_op), "dense");
    assay_record_absent(record, ASSAY_FIELD_op,
                        record->fields[ASSAY_FIELD_op].text);
    assert_null(assay_record_get_text(record, ASSAY_FIELD_op));
    assert_string_equal(record->fields[ASSAY_FIELD_op].text, "dense");
    assay_record_text(record, ASSAY_FIELD_op, NULL);
    assert_null(record->fields[ASSAY_FIELD_op].text);
    assay_record_destroy(&record);
}

static void json_of_a_wrong_type_is_refused(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"[]", "not a JSON object"},
        {"{\"threads\": 1.0}", "\"threads\" is not an integer"},
        {"{\"threads\": \"1\"}", "\"threads\" is not an integer"},
        {"{\"op\": 3}", "\"op\" is not a text"},
        {"{\"op\": \"a\\u0000b\"}", "\"op\" is not a text"},
        {"{\"gflops\": true}", "\"gflops\" is not a number"},
        {"{\"absent\": []}", "\"absent\" is not an object"},
        {"{\"absent\": {\"op\": 1}}", "\"absent\" is not an object of texts"},
        {"{\"samples_ns\": {}}", "\"samples_ns\" is not an array"},
        {"{\"samples_ns\": [1, -1]}", "\"samples_ns\" is not an array of"},
        {"{\"samples_ns\": [1, 0.5]}", "\"samples_ns\" is not an array of"},
        {"{\"confusion\": \"[]\"}", "\"confusion\" is not an array or"},
        {"{\"predictions\": 1}", "\"predictions\" is not an array"},
        {"{\"predictions\": [0, -1]}", "\"predictions\" is not an array of"},
        {"{\"predictions\": [2000]}", "\"predictions\" is not an array of"},
        {"{\"predictions\": [1.0]}", "\"predictions\" is not an array of"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        json_t *json = json_loads(bad[i][0], JSON_ALLOW_NUL, NULL);
        assert_non_null(json);
        struct assay_record *record = NULL;
        assert_int_equal(assay_record_from_json(json, &record), ASSAY_INVALID);
        assert_null(record);
        if (!strstr(assay_message(), bad[i][1]))
            fail_msg("%s: %s", bad[i][0], assay_message());
        json_decref(json);
    }
    json_t *json = json_pack("{s:i, s:i}", "gflops", 3, "of_tomorrow", 1);
    struct assay_record *record = NULL;
    assert_int_equal(assay_record_from_json(json, &record), ASSAY_OK);
    double x = 0;
    assert_true(assay_record_number(record, ASSAY_FIELD_gflops, &x) && x == 3);
    assay_record_destroy(&record);
    json_decref(json);
}

static void bytes_become_utf8(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"plain", "plain"},
        {"\xC3\xA9", "\xC3\xA9"},
        {"\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80"},
        {"\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF"},
        {"a\xFFz", "a\uFFFDz"},
        {"\xC3", "\uFFFD"},                     /* cut off */
        {"\xC0\x80", "\uFFFD\uFFFD"},           /* overlong */
        {"\xE0\x80\x80", "\uFFFD\uFFFD\uFFFD"}, /* overlong */
        {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"}, /* surrogate */
        {"\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
        {"\xE2\x82", "\uFFFD\uFFFD"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char *text = assay_utf8(pairs[i][0]);
        assert_string_equal(text, pairs[i][1]);
        json_t *json = json_string(text);
        assert_non_null(json);
        json_decref(json);
        free(text);
    }
    struct assay_record *record = assay_record_create();
    assay_record_text(record, ASSAY_FIELD_device, "GPU\xAE");
    assert_string_equal(assay_record_get_text(record, ASSAY_FIELD_device),
                        "GPU\uFFFD");
    assay_record_destroy(&record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_survives),
        cmocka_unit_test(what_is_not_finite_is_absent),
        cmocka_unit_test(a_value_replaces_the_one_before),
        cmocka_unit_test(json_of_a_wrong_type_is_refused),
        cmocka_unit_test(bytes_become_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
